"""Files to be imported, sent as they are: tables, MARC, MARCXML, JSON lines, lists of ISBNs."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers
from rest_framework.parsers import BaseParser
from rest_framework.request import Request

from accounts.api.bodies import Asked, Body
from accounts.api.fields import AskedWhole, Text
from accounts.api.permissions import MANAGE, READ
from accounts.api.problems import Problem
from accounts.api.resources import Resource, operation
from accounts.exceptions import Refused
from accounts.models import Branch
from accounts.permissions import MANAGE_BOOKS
from accounts.queries import default_branch
from catalog.api.imports import ImportShown
from catalog.files import PIECE, FileRefused, StoredFile, forget, opened, store, stored_path
from catalog.models import CopyType, ImportBatch, ImportRow
from catalog.queries import default_copy_type
from catalog.services.batches import name_columns
from catalog.services.mappings import remember_mapping
from catalog.tables.looking import Look
from circulation.services.readers import look_at_table
from circulation.services.uploading import start_stored


class SentFile:
    """A file that was sent, kept until an import is made of it. Two that hold the same are the same to look at."""

    def __init__(self, stored: StoredFile) -> None:
        self.stored = stored

    def __repr__(self) -> str:
        return self.stored.digest


class FileParser(BaseParser):
    """Keeps the body piece by piece; it need not fit into memory."""

    media_type = "application/octet-stream"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> SentFile:
        return SentFile(store(iter(lambda: stream.read(PIECE), b"")))


class FileAsked(Asked):
    name = serializers.CharField(max_length=200, help_text="What its owner calls the file, such as books.csv.")
    columns = serializers.ChoiceField(["ask", "guess"], default="ask", help_text="Of a table.")
    if_known = serializers.ChoiceField(["nothing", "copy"], default="nothing")
    members = serializers.ChoiceField(["nothing", "update"], default="nothing")
    make_copies = AskedWhole(default=1, max_value=100)
    branch = serializers.SlugRelatedField(slug_field="code", queryset=Branch.objects.all(), required=False)
    copy_type = serializers.SlugRelatedField(slug_field="code", queryset=CopyType.objects.all(), required=False)


class ImportFiles(Resource):
    permission = MANAGE_BOOKS
    scope = {"POST": MANAGE}
    parser_classes = [FileParser]

    @operation(
        "import_file", "Import a file (the body, as it is)", takes_type=OpenApiTypes.BINARY, gives=ImportShown,
        asks=FileAsked, status=201, made_at="api:import", problems=("wrong_content_type",),
    )  # fmt: skip
    def post(self, request: Request) -> ImportBatch:
        asked, sent = self.asked, request.data
        branch, copy_type = asked.get("branch") or default_branch(), asked.get("copy_type") or default_copy_type()
        options = {name: asked[name] for name in ("if_known", "members", "make_copies")}
        options |= {"branch": branch.code, "copy_type": copy_type.code}
        if not isinstance(sent, SentFile):
            raise FileRefused("empty", _("The file is empty."))
        return start_stored(
            sent.stored, name=asked["name"], options=options, by=request.user, key=self.action_key,
            trusts_columns=asked["columns"] == "guess",
        )  # fmt: skip

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:
        """Of a file of which nothing was made nothing stays."""
        sent = getattr(request, "_full_data", None)
        if isinstance(sent, SentFile) and not ImportBatch.objects.filter(file=sent.stored.name).exists():
            forget(sent.stored.name)
        return super().finalize_response(request, response, *args, **kwargs)


class FieldShown(serializers.Serializer):
    field = serializers.CharField()
    label = serializers.CharField()


class ColumnsShown(serializers.Serializer):
    what = serializers.ChoiceField(ImportRow.What.values)
    columns = serializers.DictField(child=serializers.CharField(), help_text="Column -> field, as far as is known.")
    fields_ = FieldShown(many=True)
    lacks = serializers.ListField(child=serializers.CharField(), help_text="Fields that some column must be.")
    rows = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))

    def get_fields(self) -> dict[str, Any]:
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class ColumnsAsked(Asked):
    what = serializers.ChoiceField(ImportRow.What.values, required=False)


class ColumnsBody(Body):
    what = serializers.ChoiceField(ImportRow.What.values, required=False)
    columns = serializers.DictField(child=Text(allow_blank=True, max_length=60), allow_empty=False)


class ImportColumns(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "POST": MANAGE}

    @operation(
        "get_import_columns",
        "What the columns of a table seem to be",
        gives=ColumnsShown,
        asks=ColumnsAsked,
        problems=("refused",),
    )
    def get(self, request: Request, pk: int) -> dict[str, Any]:
        look = _look_at(get_object_or_404(ImportBatch, pk=pk), self.asked.get("what"))
        return {
            "what": look.spec.what, "columns": look.columns, "rows": look.rows[:10],
            "fields": [{"field": column.field, "label": str(column.label)} for column in look.spec.columns],
            "lacks": [column.field for column in look.lacks],
        }  # fmt: skip

    @operation("name_import_columns", "Say what the columns are: then it is read", takes=ColumnsBody, gives=ImportShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        batch = get_object_or_404(ImportBatch, pk=pk)
        look = _look_at(batch, self.given.get("what"))
        columns = {name: self.given["columns"].get(name, "") for name in look.dialect.names}
        _check_columns(self.given["columns"], columns, look)
        moved = name_columns(batch, columns, what=look.spec.what, by=request.user, key=self.action_key)
        if look.dialect.has_header:
            remember_mapping(look.dialect.names, columns, what=look.spec.what, by=request.user)
        return moved


def _look_at(batch: ImportBatch, what: str | None) -> Look:
    if batch.phase != ImportBatch.Phase.MAPPING or batch.is_finished:
        raise Refused("changed_since", _("The import has gone on meanwhile."))
    try:
        with opened(stored_path(batch.file), batch.name, "csv") as file:
            return look_at_table(file, batch.options | ({"what": what} if what else {}))
    except FileNotFoundError as error:
        raise Refused("file_gone", _("Upload the file again.")) from error


def _check_columns(given: dict[str, str], columns: dict[str, str], look: Look) -> None:
    known = {column.field for column in look.spec.columns} | {""}
    errors = {f"columns.{name}": [_("There is no such column.")] for name in given if name not in columns}
    errors |= {
        f"columns.{name}": [_("There is no such field.")] for name, field in columns.items() if field not in known
    }  # fmt: skip
    if lacks := look.spec.lacks(columns):
        errors["columns"] = [_("Say which column is: %(name)s.") % {"name": column.label} for column in lacks]
    if errors:
        raise Problem("invalid", errors=errors)
