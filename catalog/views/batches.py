"""Lists that the worker goes through: paste one, watch it, pause it, go on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.paging import page_of
from accounts.permissions import MANAGE_BOOKS, needs
from accounts.services.work import worker_is_running
from catalog import queries
from catalog.forms.copies import LabelsForm
from catalog.forms.importing import PasteForm
from catalog.models import ImportBatch, ImportRow
from catalog.services.batches import pause_import, resume_import, start_import
from catalog.views.importing import import_page

PER_PAGE = 100
UNSOLVED = (ImportRow.Outcome.NOT_FOUND, ImportRow.Outcome.FAILED)


@needs(MANAGE_BOOKS)
@require_POST
def paste(request: HttpRequest) -> HttpResponse:
    form = PasteForm(request.POST)
    if not form.is_valid():
        return import_page(request, paste_form=form)
    values = form.cleaned_data
    try:
        batch = start_import(
            values["lines"].splitlines(), by=request.user, key=values["key"],
            if_known="copy" if values["add_copies"] else "nothing",
        )  # fmt: skip
    except Refused as refusal:
        form.add_error("lines", refusal.message)
        return import_page(request, paste_form=form)
    return redirect("catalog:batch", batch.pk)


@needs(MANAGE_BOOKS)
def batch(request: HttpRequest, pk: int) -> HttpResponse:
    batch = get_object_or_404(ImportBatch, pk=pk)
    counts = queries.outcomes(batch)
    rows = queries.rows_of(batch)
    is_unsolved = request.GET.get("show") == "unsolved"
    page = page_of(request, rows.filter(outcome__in=UNSOLVED) if is_unsolved else rows, PER_PAGE)
    context = {
        "batch": batch, "page": page, "is_unsolved": is_unsolved, "worker": worker_is_running(),
        "outcomes": [(outcome.label, counts[outcome]) for outcome in ImportRow.Outcome if outcome in counts],
        "unsolved": sum(counts.get(outcome, 0) for outcome in UNSOLVED),
        "is_waiting": batch.state in (ImportBatch.State.QUEUED, ImportBatch.State.RUNNING),
        "labels_form": LabelsForm(initial={"batch": batch}) if queries.copies_of(batch).exists() else None,
    }  # fmt: skip
    response = render(request, "catalog/batch.html", context)
    if context["is_waiting"] and context["worker"]:
        response.headers["Refresh"] = "4"  # the bar moves without JavaScript too
    return response


@needs(MANAGE_BOOKS)
@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, pause_import)


@needs(MANAGE_BOOKS)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _change(request, pk, resume_import)


def _change(request: HttpRequest, pk: int, service) -> HttpResponse:
    try:
        service(get_object_or_404(ImportBatch, pk=pk), by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("catalog:batch", pk)
