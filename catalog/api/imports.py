"""Imports: many books from a list; how far they have come; looked through, brought in, stopped, taken back."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Asked, Body
from accounts.api.fields import Text, Whole, Yes
from accounts.api.permissions import MANAGE, READ
from accounts.api.resources import Resource, operation
from accounts.permissions import MANAGE_BOOKS, MANAGE_MEMBERS
from catalog import queries
from catalog.models import ImportBatch, ImportRow
from catalog.services import batches
from circulation.services.undoing import undo_import

ORDERS = {"-id": ("-pk",), "id": ("pk",)}
LONGEST_RAW = 2_000  # characters of a line that are shown
UNREAD, AUTO = "unread", "auto"  # what is empty in our tables has a name here
VERDICTS = [value or UNREAD for value in ImportRow.Verdict.values]
DECISIONS = [value for value in ImportRow.Decision.values if value]


class ImportShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    source = serializers.CharField()
    name = serializers.CharField()
    phase = serializers.ChoiceField(ImportBatch.Phase.values)
    state = serializers.ChoiceField(ImportBatch.State.values)
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    percent = serializers.IntegerField()
    problem = serializers.CharField()
    by = serializers.IntegerField(source="by_id", allow_null=True)
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ImportCountedShown(ImportShown):
    verdicts = serializers.SerializerMethodField()
    outcomes = serializers.SerializerMethodField()

    def get_verdicts(self, batch: ImportBatch) -> dict[str, int]:
        return {verdict or UNREAD: count for verdict, count in queries.verdicts(batch).items()}

    def get_outcomes(self, batch: ImportBatch) -> dict[str, int]:
        return queries.outcomes(batch)


class LineShown(serializers.Serializer):
    n = serializers.IntegerField()
    what = serializers.ChoiceField(ImportRow.What.values)
    raw = serializers.SerializerMethodField()
    title = serializers.SerializerMethodField()
    verdict = serializers.SerializerMethodField()
    matched_book = serializers.IntegerField(source="matched_book_id", allow_null=True)
    decision = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(ImportRow.Outcome.values)
    reason = serializers.CharField()
    created_book = serializers.IntegerField(source="created_book_id", allow_null=True)

    @extend_schema_field(serializers.ChoiceField(VERDICTS))
    def get_verdict(self, row: ImportRow) -> str:
        return row.verdict or UNREAD

    @extend_schema_field(serializers.ChoiceField([AUTO, *DECISIONS]))
    def get_decision(self, row: ImportRow) -> str:
        return row.decision or AUTO

    def get_raw(self, row: ImportRow) -> str:
        return row.raw[:LONGEST_RAW]

    def get_title(self, row: ImportRow) -> str:
        return str(row.draft.get("title") or row.draft.get("name") or "")


class NewImport(Body):
    lines = serializers.ListField(child=Text(max_length=300), min_length=1, max_length=batches.MOST_LINES)
    if_known = serializers.ChoiceField(["nothing", "copy"], default="nothing")
    auto_apply = Yes(default=True)


class LinesAsked(Asked):
    verdict = serializers.ChoiceField(VERDICTS, required=False)
    outcome = serializers.ChoiceField(ImportRow.Outcome.values, required=False)


class LineDecision(Body):
    n = Whole(min_value=1, max_value=2**31 - 1)
    decision = serializers.ChoiceField(DECISIONS)


class Decisions(Body):
    """For single lines, or for all doubtful ones that wait."""

    lines = LineDecision(many=True, required=False, max_length=1_000)
    all_doubtful = serializers.ChoiceField(DECISIONS, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("lines" in attrs) == ("all_doubtful" in attrs):
            raise serializers.ValidationError(_("Say it of single lines or of all."))
        return attrs


class Imports(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "POST": MANAGE}

    @operation("list_imports", "List imports", gives=ImportShown, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[ImportBatch]:
        return ImportBatch.objects.all()

    @operation(
        "start_import", "Import a list of ISBNs or keys of Open Library", takes=NewImport, gives=ImportShown,
        status=201, made_at="api:import",
    )  # fmt: skip
    def post(self, request: Request) -> ImportBatch:
        return batches.start_import(**self.given, by=request.user, key=self.action_key)


class OneImport(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "DELETE": MANAGE}
    shows = ImportCountedShown

    @operation("get_import", "How far an import has come", gives=ImportCountedShown)
    def get(self, request: Request, pk: int) -> ImportBatch:
        return self.held(ImportBatch.objects.all(), pk)

    @operation("discard_import", "Throw away an import of which nothing was brought in")
    def delete(self, request: Request, pk: int) -> None:
        batches.discard_import(self.held(ImportBatch.objects.all(), pk), by=request.user)


class ImportLines(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "POST": MANAGE}

    @operation(
        "list_import_lines", "The lines of an import, what they were taken for and what became of them",
        gives=LineShown, asks=LinesAsked, orders={"n": ("n",), "-n": ("-n",)}, list=True,
    )  # fmt: skip
    def get(self, request: Request, pk: int) -> QuerySet[ImportRow]:
        rows = get_object_or_404(ImportBatch, pk=pk).rows.all()
        if "verdict" in self.asked:
            rows = rows.filter(verdict=self.asked["verdict"].replace(UNREAD, ""))
        return rows.filter(outcome=self.asked["outcome"]) if "outcome" in self.asked else rows

    @operation("decide_import", "Decide about doubtful lines", takes=Decisions, gives=ImportCountedShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        batch, how = get_object_or_404(ImportBatch, pk=pk), {"by": request.user, "key": self.action_key}
        if "all_doubtful" in self.given:
            return batches.decide_all(batch, self.given["all_doubtful"], **how)
        return batches.decide(batch, {each["n"]: each["decision"] for each in self.given["lines"]}, **how)


class ImportStep(Resource):
    """Something the worker is told to do with an import."""

    permission = MANAGE_BOOKS
    scope = {"POST": MANAGE}

    def done(self, service: Callable[..., ImportBatch], pk: int) -> ImportBatch:
        return service(get_object_or_404(ImportBatch, pk=pk), by=self.request.user, key=self.action_key)


class ApplyImport(ImportStep):
    @operation("apply_import", "Bring in the lines that wait", gives=ImportCountedShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        if ImportRow.objects.filter(batch=pk).exclude(what=ImportRow.What.BOOK).exists():
            self.needs(MANAGE_MEMBERS)
        return self.done(batches.apply_import, pk)


class PauseImport(ImportStep):
    @operation("pause_import", "Stop after the lines in hand", gives=ImportCountedShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        return self.done(batches.pause_import, pk)


class ResumeImport(ImportStep):
    @operation("resume_import", "Go on where it stopped", gives=ImportCountedShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        return self.done(batches.resume_import, pk)


class UndoImport(ImportStep):
    @operation("undo_import", "Take back everything that it brought in", gives=ImportCountedShown)
    def post(self, request: Request, pk: int) -> ImportBatch:
        return self.done(undo_import, pk)
