"""Imports that the worker goes through: paste a list, watch any import, pause it, go on."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import new_key
from accounts.paging import page_of
from accounts.permissions import MANAGE_BOOKS, needs
from accounts.services.work import worker_is_running
from catalog import queries
from catalog.forms.copies import LabelsForm
from catalog.forms.importing import PasteForm
from catalog.forms.uploading import DECISIONS, DecideAllForm, OptionsForm
from catalog.models import ImportBatch, ImportRow
from catalog.services.batches import pause_import, resume_import, start_import
from catalog.views.importing import import_page

PER_PAGE = 100
Phase = ImportBatch.Phase
REVIEWED = (Phase.REVIEW,)
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
    if batch.phase == Phase.MAPPING and not batch.is_finished:
        return redirect("catalog:import_columns", pk)
    if batch.phase == Phase.COLLECTING and batch.by == request.user and not batch.is_finished:
        return redirect("catalog:scan")
    return batch_page(request, batch)


def batch_page(request: HttpRequest, batch: ImportBatch, **more: Any) -> HttpResponse:
    """The page of an import in whatever phase it is; ``more``: forms that came back with something wrong."""
    is_waiting = batch.state in (ImportBatch.State.QUEUED, ImportBatch.State.RUNNING)
    context = {
        "batch": batch, "worker": worker_is_running(), "is_waiting": is_waiting, "key": new_key,
        "is_review": batch.phase in REVIEWED and batch.state == ImportBatch.State.PAUSED,
        "is_mapping": "columns_form" in more, "may_resume": _may_resume(batch),
        "may_discard": batch.phase in (*REVIEWED, Phase.MAPPING, Phase.STAGING) and not batch.is_finished
        and batch.state != ImportBatch.State.RUNNING,
        "may_undo": _may_undo(batch),
    }  # fmt: skip
    if not context["is_mapping"]:
        context |= _lines(request, batch, is_review=context["is_review"])
    if context["is_review"] and "options_form" not in more:
        context["options_form"] = OptionsForm(initial=batch.options)
    response = render(request, "catalog/batch.html", context | more)
    if is_waiting and context["worker"]:
        response.headers["Refresh"] = "4"  # the bar moves without JavaScript too
    return response


def _lines(request: HttpRequest, batch: ImportBatch, *, is_review: bool) -> dict[str, Any]:
    """The lines that are shown, and how many there are of each kind."""
    show, column = request.GET.get("show", ""), "verdict" if is_review else "outcome"
    names = ImportRow.Verdict if is_review else ImportRow.Outcome
    counts = queries.verdicts(batch) if is_review else queries.outcomes(batch)
    rows = queries.rows_of(batch)
    if show == "unsolved":
        rows = rows.filter(outcome__in=UNSOLVED)
    elif show in names.values and show:
        rows = rows.filter(**{column: show})
    elif show == "doubtful":
        rows = rows.filter(verdict=show, outcome=ImportRow.Outcome.WAITING)
    is_filtered = show in ("unsolved", "doubtful", *names.values) and bool(show)
    known = None if is_filtered else sum(counts.values())
    page = page_of(request, queries.beside_ours(rows) if is_review else rows, PER_PAGE, count=known)
    unsolved = sum(counts.get(outcome, 0) for outcome in UNSOLVED)
    return {
        "page": page, "show": show if is_filtered else "", "is_unsolved": show == "unsolved",
        "counts": [(name, name.label, counts[name]) for name in names if name in counts],
        "unsolved": unsolved or (counts.get(ImportRow.Verdict.WRONG, 0) if is_review else 0),
        "doubtful": counts.get(ImportRow.Verdict.DOUBTFUL, 0), "decisions": DECISIONS,
        "decide_form": DecideAllForm(), "waiting": counts.get(ImportRow.Outcome.WAITING, 0),
        "labels_form": LabelsForm(initial={"batch": batch})
        if not is_review and queries.copies_of(batch).exists() else None,
    }  # fmt: skip


def _may_resume(batch: ImportBatch) -> bool:
    stopped = (ImportBatch.State.PAUSED, ImportBatch.State.FAILED)
    return batch.state in stopped and batch.phase not in (*REVIEWED, Phase.MAPPING, Phase.COLLECTING)


def _may_undo(batch: ImportBatch) -> bool:
    stopped = batch.phase == Phase.APPLYING and batch.state in (ImportBatch.State.PAUSED, ImportBatch.State.FAILED)
    return stopped or (batch.phase == Phase.APPLIED and batch.state == ImportBatch.State.DONE)


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
