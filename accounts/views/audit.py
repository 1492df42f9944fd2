"""The record of actions for Admins: who did what to whom, before and after, as a page and as a file."""

import csv
import json
from collections.abc import Iterator

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.forms.record import RecordFilterForm
from accounts.models import Action, LibrarySettings
from accounts.paging import stretch_of
from accounts.permissions import SEE_AUDIT, needs
from accounts.verbs import words_of
from catalog.tables.cells import harmless
from catalog.tables.echo import Echo
from circulation.queries.record import Thing, actions_found, changes_of, things

AT_ONCE = 500


@needs(SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    return _page(request, RecordFilterForm(request.GET))


def _page(request: HttpRequest, form: RecordFilterForm, status: int = 200) -> HttpResponse:
    stretch = stretch_of(request, _asked(form).select_related("by"))
    targets = things(stretch.rows)
    rows = [(action, targets.get(action.pk), changes_of(action)) for action in stretch.rows]
    return render(request, "accounts/audit.html", {"form": form, "stretch": stretch, "rows": rows}, status=status)


@needs(SEE_AUDIT)
def audit_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    form = RecordFilterForm(request.GET)
    if not form.is_valid():  # a file of everything would be taken for what was asked
        return _page(request, form, status=400)
    # The lines are made after this request has ended: its language is needed now.
    columns = [_("Number"), _("When"), _("Done by"), _("Signs in as"), _("Action"), _("Action in words"),
               _("Kind of thing"), _("Its number"), _("What it is today"), _("Before"), _("After"), _("Reason"),
               _("Set aside"), _("Taken back by")]  # fmt: skip
    lines = _lines(_asked(form).select_related("by"), columns, request.library)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="record-of-actions.csv"'
    return response


def _asked(form: RecordFilterForm) -> QuerySet[Action]:
    """The actions that ``form`` asks for; none where it makes no sense."""
    return actions_found(**form.cleaned_data) if form.is_valid() else Action.objects.none()


def _lines(found: QuerySet[Action], columns: list[str], library: LibrarySettings) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff"  # spreadsheets then read it as UTF-8
    yield writer.writerow(columns)
    for actions in _pieces(found):
        targets = things(actions)
        for action in actions:
            yield writer.writerow([harmless(cell) for cell in _cells(action, targets.get(action.pk), library)])


def _pieces(found: QuerySet[Action]) -> Iterator[list[Action]]:
    """The actions ``found``, newest first, each once, whatever is recorded meanwhile."""
    piece = list(found.order_by("-pk")[:AT_ONCE])
    while piece:
        yield piece
        piece = list(found.filter(pk__lt=piece[-1].pk).order_by("-pk")[:AT_ONCE])


def _cells(action: Action, thing: Thing | None, library: LibrarySettings) -> list[str]:
    return [
        str(action.pk),
        action.at.astimezone(library.zone).strftime("%Y-%m-%d %H:%M:%S"),
        str(action.by or ""), action.by.username if action.by else "",
        action.verb, words_of(action.verb),
        action.target_type, str(action.target_id or ""), thing.words if thing else "",
        *(json.dumps(said, ensure_ascii=False) if said else "" for said in (action.before, action.after)),
        action.reason, ", ".join(map(str, action.overrides)), str(action.undone_by_id or ""),
    ]  # fmt: skip
