"""A member's own holds. Everything starts from the member who is signed in."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.forms.keyed import KeyedForm
from accounts.permissions import USE_DESK
from accounts.queries import default_branch
from catalog.models import Book
from catalog.queries import public_books
from circulation.exceptions import CirculationRefused
from circulation.forms.holds import HoldForm, SuspendForm
from circulation.models import Hold
from circulation.queries.hold_lists import queues_of, rows_of
from circulation.queries.hold_problems import hold_problems
from circulation.queries.holds import active_holds, position
from circulation.queries.rules import rule_book
from circulation.queries.standing import Standing
from circulation.services.holds import cancel_hold, place_hold, resume_hold, suspend_hold
from circulation.views.mine import me


def my_holds(request: HttpRequest) -> HttpResponse:
    member, today = me(request), timezone.localdate()
    rows = rows_of(active_holds(member, today), today, rule_book(request.library))
    return render(request, "circulation/my_holds.html", {"rows": rows, "suspend_form": SuspendForm(auto_id=False)})


def place_mine(request: HttpRequest, pk: int) -> HttpResponse:
    if getattr(request.user, "member", None) is None and request.user.has_perm(USE_DESK):
        return redirect("circulation:book_holds", pk)  # for somebody else
    member, book = me(request), get_object_or_404(public_books(), pk=pk)
    form = HoldForm(request.POST or None, initial={"branch": default_branch()})
    if request.method == "POST" and form.is_valid():
        values = {"branch": default_branch(), **form.values}
        try:
            hold = place_hold(member, book=book, by=request.user, key=form.cleaned_data["key"], **values)
        except CirculationRefused as refused:
            return _place_page(request, form, book, problems=refused.problems, status=409)
        place = position(hold, timezone.localdate())
        messages.success(
            request, _("You wait for “%(title)s”, in place %(place)s.") % {"title": book.title, "place": place or "–"}
        )
        return redirect("circulation:my_holds")
    standing = Standing(member, rule_book(request.library), timezone.now())
    return _place_page(request, form, book, problems=hold_problems(standing, book, branch=default_branch()))


def _place_page(request: HttpRequest, form: HoldForm, book: Book, *, status: int = 200, **more: Any) -> HttpResponse:
    waiting = len(queues_of([book.pk], timezone.localdate()).get(book.pk, []))
    context = {
        "form": form, "book": book, "waiting": waiting, "place": waiting + 1,
        "may_try_again": form.is_bound or "branch" in form.fields, **more,
    }  # fmt: skip
    return render(request, "circulation/place_hold.html", context, status=status)


@require_POST
def cancel_mine(request: HttpRequest, pk: int) -> HttpResponse:
    return act_on(request, _mine(request, pk), cancel_hold, _("Cancelled: “%(title)s”."), KeyedForm)


@require_POST
def suspend_mine(request: HttpRequest, pk: int) -> HttpResponse:
    return act_on(request, _mine(request, pk), suspend_hold, _("Suspended: “%(title)s”."), SuspendForm)


@require_POST
def resume_mine(request: HttpRequest, pk: int) -> HttpResponse:
    return act_on(request, _mine(request, pk), resume_hold, _("Resumed: “%(title)s”."), KeyedForm)


def act_on(request: HttpRequest, hold: Hold, service: Any, done: str, form_class: type[KeyedForm]) -> HttpResponse:
    """Do ``service`` to ``hold`` with what the form says, tell it, and go back: to the queue at the desk, or mine."""
    form, title = form_class(request.POST), hold.book.title
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, f"“{title}”: {errors[0]}")
    else:
        try:
            service(hold, by=request.user, key=form.cleaned_data["key"], **form.values)
        except CirculationRefused as refused:
            for problem in refused.problems:
                messages.error(request, f"“{title}”: {problem.in_full}")
        else:
            messages.success(request, done % {"title": title})
    if request.path.startswith("/desk/"):
        return redirect("circulation:book_holds", hold.book_id)
    return redirect("circulation:my_holds")


def _mine(request: HttpRequest, pk: int) -> Hold:
    return get_object_or_404(me(request).holds.select_related("book"), pk=pk)
