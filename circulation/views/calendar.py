"""The calendar: a year to look at, the opening week, single days, and closing days after the fact."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm, contents_of
from accounts.forms.sent import was_sent_before
from accounts.models import Action, Branch
from accounts.permissions import MANAGE_RULES, USE_DESK, needs
from circulation.exceptions import CirculationRefused
from circulation.forms.calendar import CloseDaysForm, EntryForm, WeekForm
from circulation.models import Closure
from circulation.queries.closing import preview
from circulation.queries.rules import rule_book
from circulation.queries.year import closed_lately, entries_of, months_of, week_of
from circulation.services.calendars import close_days
from circulation.services.opening import remove_closure, save_closure, set_opening_week
from circulation.services.undo import undo
from circulation.views.branch import shown_branch

FIRST_YEAR, LAST_YEAR = 1900, 2999


@needs(USE_DESK)
def year(request: HttpRequest) -> HttpResponse:
    today, branches = timezone.localdate(), list(Branch.objects.all())
    branch, shown = shown_branch(request, branches), _year(request, today)
    entries = list(entries_of(branch, shown))
    calendar = rule_book(request.library).calendar(branch.pk)
    context = {
        "today": today, "branch": branch, "branches": branches, "year": shown, "entries": entries,
        "before": shown - 1 if shown > FIRST_YEAR else None, "after": shown + 1 if shown < LAST_YEAR else None,
        "months": months_of(shown, calendar, entries), "week": week_of(calendar),
        "closings": closed_lately(timezone.now()), "weekdays": [date(2024, 1, n) for n in range(1, 8)],
    }  # fmt: skip
    return render(request, "circulation/calendar.html", context)


@needs(MANAGE_RULES)
def week(request: HttpRequest) -> HttpResponse:
    branch = shown_branch(request, list(Branch.objects.all()))
    held = rule_book(request.library).calendar(branch.pk).week or {}
    form = WeekForm(request.POST or None, week=held)
    if request.method == "POST" and form.is_valid():
        try:
            set_opening_week(branch, form.week, by=request.user, key=form.cleaned_data["key"])
        except CirculationRefused as refused:
            form.refuse(refused.problems)
        else:
            messages.success(request, _("The opening week is kept."))
            return redirect(_address(branch))
    context = {"form": form, "branch": branch, "has_week": bool(held)}
    return render(request, "circulation/calendar_week.html", context)


@needs(MANAGE_RULES)
def entry(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A new entry, or one that is there. Due dates stay; ``close`` moves them."""
    held = get_object_or_404(Closure, pk=pk) if pk else None
    form = EntryForm(request.POST or None, instance=held)
    if request.method == "POST" and not held and was_sent_before(request, "save_closure"):
        return redirect("circulation:calendar")
    if request.method == "POST" and form.is_valid():
        try:
            kept = save_closure(
                form.instance, sent=contents_of(request.POST), by=request.user, key=form.cleaned_data["key"]
            )
        except CirculationRefused as refused:
            for problem in refused.problems:
                form.add_error(None, problem.message)
        else:
            messages.success(request, _("The entry is kept."))
            return redirect(_address(kept.branch, kept.from_on.year))
    return render(request, "circulation/calendar_entry.html", {"form": form, "entry": held})


@needs(MANAGE_RULES)
@require_POST
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    if was_sent_before(request, "remove_closure"):
        return redirect("circulation:calendar")
    held = get_object_or_404(Closure, pk=pk)
    form = KeyedForm(request.POST)
    form.is_valid()
    try:
        remove_closure(held, by=request.user, key=form.cleaned_data["key"])
    except CirculationRefused as refused:
        for problem in refused.problems:
            messages.error(request, problem.message)
    else:
        messages.success(request, _("The entry is removed."))
    return redirect(_address(held.branch, held.from_on.year))


@needs(MANAGE_RULES)
def close(request: HttpRequest) -> HttpResponse:
    """Which days; what that would change; done."""
    form = CloseDaysForm(request.POST or None)
    if "apply" in request.POST and was_sent_before(request, "close_days"):
        return redirect("circulation:calendar")
    context: dict[str, Any] = {"form": form}
    if request.method != "POST" or not form.is_valid() or "again" in request.POST:
        return render(request, "circulation/calendar_close.html", context)
    if "apply" in request.POST:
        try:
            done = close_days(
                **form.values, sent=contents_of(request.POST), by=request.user, key=form.cleaned_data["key"]
            )
        except CirculationRefused as refused:
            for problem in refused.problems:
                form.add_error(None, problem.message)
            return render(request, "circulation/calendar_close.html", context)
        text = _(
            "Closed. Due dates moved: %(loans_moved)d, pickup deadlines: %(holds_moved)d, fines: %(fines_voided)d."
        )
        messages.success(request, text % done)
        return redirect(_address(form.values["branch"], form.values["from_on"].year))
    closure = form.closure
    context |= {"closure": closure, "preview": preview(closure, rule_book(request.library, also=[closure]))}
    return render(request, "circulation/calendar_preview.html", context)


@needs(MANAGE_RULES)
@require_POST
def open_again(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(Action, pk=pk, verb="close_days")
    try:
        undo(action, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.warning(request, _("Taken back."))
    return redirect("circulation:calendar")


def _year(request: HttpRequest, today: date) -> int:
    text = request.GET.get("year", "")
    if not text:
        return today.year
    if not (text.isascii() and text.isdigit() and len(text) == 4 and FIRST_YEAR <= int(text) <= LAST_YEAR):
        raise Http404
    return int(text)


def _address(branch: Branch | None, shown: int | None = None) -> str:
    parts = [f"branch={branch.pk}" if branch else "", f"year={shown}" if shown else ""]
    return f"{reverse('circulation:calendar')}?{'&'.join(part for part in parts if part)}".removesuffix("?")
