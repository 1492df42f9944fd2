"""Bringing in a file: send it, say what its columns are, look through what it would become, decide, bring in, undo."""

from collections.abc import Callable

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyField
from accounts.permissions import MANAGE_BOOKS, MANAGE_MEMBERS, needs
from catalog.files import FileRefused, opened, stored_path
from catalog.forms.uploading import ColumnsForm, DecideAllForm, OptionsForm, UploadForm
from catalog.models import ImportBatch, ImportRow
from catalog.services import batches
from catalog.services.mappings import remember_mapping
from catalog.services.rejects import file_name, rejects_of
from catalog.tables.looking import Look
from catalog.views.batches import batch_page
from catalog.views.importing import import_page
from circulation.services.readers import look_at_table
from circulation.services.undoing import undo_import
from circulation.services.uploading import start_upload


@needs(MANAGE_BOOKS)
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            return redirect("catalog:batch", _started(request, form).pk)
        except Refused as refusal:
            form.add_error("file", refusal.message)
    return import_page(request, upload_form=form)


def _started(request: HttpRequest, form: UploadForm) -> ImportBatch:
    file: UploadedFile = form.cleaned_data["file"]
    return start_upload(
        file.chunks(), name=file.name or "", options=form.options, by=request.user, key=form.cleaned_data["key"]
    )


@needs(MANAGE_BOOKS)
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Another kind of table is looked at again (GET ``what``); what the columns are is sent."""
    batch = get_object_or_404(ImportBatch, pk=pk)
    if batch.phase != ImportBatch.Phase.MAPPING or batch.is_finished:
        return redirect("catalog:batch", pk)
    what = (request.POST or request.GET).get("what", "")
    options = batch.options | ({"what": what} if what in ImportRow.What.values else {})
    try:
        with opened(stored_path(batch.file), batch.name, "csv") as file:
            look = look_at_table(file, options)
    except (FileRefused, FileNotFoundError) as error:
        messages.error(request, error.message if isinstance(error, FileRefused) else _("Upload the file again."))
        return redirect("catalog:import")
    form = ColumnsForm(request.POST or None, spec=look.spec, names=look.dialect.names, columns=look.columns)
    if request.method == "POST" and form.is_valid():
        return _name_columns(request, batch, form, look)
    return batch_page(request, batch, look=look, columns_form=form, kinds=ImportRow.What.choices)


def _name_columns(request: HttpRequest, batch: ImportBatch, form: ColumnsForm, look: Look) -> HttpResponse:
    try:
        batches.name_columns(
            batch, form.columns, what=look.spec.what, by=request.user, key=form.cleaned_data["key"]
        )  # fmt: skip
        if look.dialect.has_header:
            remember_mapping(look.dialect.names, form.columns, what=look.spec.what, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:batch", batch.pk)


@needs(MANAGE_BOOKS)
@require_POST
def options(request: HttpRequest, pk: int) -> HttpResponse:
    form = OptionsForm(request.POST)
    if not form.is_valid():
        return batch_page(request, get_object_or_404(ImportBatch, pk=pk), options_form=form)
    return _change(request, pk, lambda batch, **how: batches.set_options(batch, form.options, **how))


@needs(MANAGE_BOOKS)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Words about single lines ("line-12": "new"), or about all doubtful ones."""
    if "all" in request.POST:
        form = DecideAllForm(request.POST)
        said = form.cleaned_data["decision"] if form.is_valid() else ""
        return _change(request, pk, lambda batch, **how: batches.decide_all(batch, said, **how))
    lines = {
        int(name.removeprefix("line-")): said
        for name, said in request.POST.items()
        if name.startswith("line-") and name[5:].isascii() and name[5:].isdigit() and len(name) < 15
    }
    lines = {n: said for n, said in lines.items() if said in ImportRow.Decision.values}
    return _change(request, pk, lambda batch, **how: batches.decide(batch, lines, **how))


@needs(MANAGE_BOOKS)
@require_POST
def apply(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch, pk=pk)
    if batch.rows.exclude(what=ImportRow.What.BOOK).exists() and not request.user.has_perm(MANAGE_MEMBERS):
        messages.error(request, _("Members and loans may only be brought in by somebody who may manage members."))
        return redirect("catalog:batch", pk)
    return _change(request, pk, batches.apply_import)


@needs(MANAGE_BOOKS)
@require_POST
def discard(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, batches.discard_import)


@needs(MANAGE_BOOKS)
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, undo_import)


@needs(MANAGE_BOOKS)
def wrong(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch, pk=pk)
    response = StreamingHttpResponse(rejects_of(batch), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{file_name(batch)}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _change(request: HttpRequest, pk: int, service: Callable[..., ImportBatch]) -> HttpResponse:
    try:
        service(
            get_object_or_404(ImportBatch, pk=pk), by=request.user, key=KeyField().clean(request.POST.get("key"))
        )  # fmt: skip
    except Refused as refusal:
        for line in refusal.message.splitlines():
            messages.error(request, line)
    return redirect("catalog:batch", pk)
