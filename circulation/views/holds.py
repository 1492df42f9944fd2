"""Holds at the desk: what to fetch, what stands ready, the queue of a book, and a slip to print."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from accounts.forms.keyed import KeyedForm
from accounts.models import Member
from accounts.paging import page_of
from accounts.permissions import ISSUE, USE_DESK, needs
from accounts.queries import current_members, desk_branch, member_with_card, search_members
from catalog.models import Book
from circulation.exceptions import CirculationRefused
from circulation.forms.holds import DeskHoldForm, MoveForm, SuspendForm
from circulation.models import Hold
from circulation.queries.hold_lists import pull_list, queues_of, rows_of, shelf
from circulation.queries.problems import may_set_aside
from circulation.queries.rules import rule_book
from circulation.services.holds import cancel_hold, expire_holds, move_hold, place_hold, resume_hold, suspend_hold
from circulation.views.my_holds import act_on

LISTS = {
    "pull": gettext_lazy("To fetch"), "ready": gettext_lazy("On the hold shelf"),
    "missed": gettext_lazy("Not picked up"),
}  # fmt: skip
MOST_CHOICES = 12


@needs(USE_DESK)
def holds(request: HttpRequest) -> HttpResponse:
    today = timezone.localdate()
    to_pull, standing = pull_list(today), shelf()
    parts = {
        "pull": to_pull, "ready": standing.filter(pickup_by__gte=today), "missed": standing.filter(pickup_by__lt=today),
    }  # fmt: skip
    counts = {"pull": len(to_pull), "ready": parts["ready"].count(), "missed": parts["missed"].count()}
    show = request.GET.get("show", "pull")
    show = show if show in LISTS else "pull"
    page = page_of(request, parts[show], count=counts[show])
    rows = [] if show == "pull" else rows_of(page, today, rule_book(request.library))
    context = {"show": show, "lists": LISTS, "counts": counts, "page": page, "rows": rows}
    return render(request, "circulation/holds.html", context)


@needs(ISSUE)
@require_POST
def let_go(request: HttpRequest) -> HttpResponse:
    count = expire_holds(by=request.user, now=timezone.now())
    text = ngettext("%(count)d hold has expired.", "%(count)d holds have expired.", count) % {"count": count}
    messages.success(
        request, f"{text} {_('Here is what stands ready for somebody else now; the rest goes back to the shelves.')}"
    )
    return redirect(f"{reverse('circulation:holds')}?show=ready")


@needs(USE_DESK)
def slip(request: HttpRequest, pk: int) -> HttpResponse:
    hold = get_object_or_404(shelf(), pk=pk)
    return render(request, "circulation/hold_slip.html", {"hold": hold})


@needs(USE_DESK)
def book_holds(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=pk)
    form = DeskHoldForm(request.POST or None, book=book, initial=_initial(request))
    if request.method != "POST":
        return _book_page(request, book, form)
    if not request.user.has_perm(ISSUE) or not form.may_be_tried():
        return _book_page(request, book, form, status=200 if request.user.has_perm(ISSUE) else 403)
    people = _people(form.cleaned_data["scan"])
    if len(people) != 1:
        if not people:
            form.add_error("scan", _("No member has this card or name."))
        return _book_page(request, book, form, choose_member=people)
    return _place(request, book, form, people[0])


def _place(request: HttpRequest, book: Book, form: DeskHoldForm, member: Member) -> HttpResponse:
    values = form.cleaned_data
    try:
        place_hold(
            member, book=book, copy=values["copy"], branch=values.get("branch") or desk_branch(request.session),
            starts_on=values["starts_on"], not_after=values["not_after"], by=request.user, key=values["key"],
            overrides=form.override_codes, reason=form.reason,
        )  # fmt: skip
    except CirculationRefused as refused:
        may = may_set_aside(refused.problems, request.user)
        return _book_page(request, book, form, status=409, refused=refused, may_override=may, member=member)
    messages.success(request, _("%(name)s waits for “%(title)s”.") % {"name": member.name, "title": book.title})
    return redirect("circulation:book_holds", book.pk)


def _book_page(request: HttpRequest, book: Book, form: DeskHoldForm, *, status: int = 200, **more: Any) -> HttpResponse:
    today = timezone.localdate()
    ready = list(shelf().filter(book=book))
    queues = queues_of([book.pk], today)
    waiting = queues.get(book.pk, [])
    context = {
        "book": book, "form": form, "rows": rows_of([*ready, *waiting], today, rule_book(request.library), queues),
        "waiting": len(waiting), "suspend_form": SuspendForm(auto_id=False), "move_form": MoveForm(auto_id=False),
        **more,
    }  # fmt: skip
    if refused := more.get("refused"):
        context["codes"] = " ".join(refused.codes)
    return render(request, "circulation/book_holds.html", context, status=status)


def _initial(request: HttpRequest) -> dict[str, Any]:
    """A member who was chosen on another page is filled in; it is picked up here, unless the desk says otherwise."""
    return {"scan": request.GET.get("member", "")[:60], "branch": lambda: desk_branch(request.session)}


def _people(text: str) -> list[Member]:
    member = member_with_card(text)
    if member:
        return [member]
    return list(search_members(text).filter(pk__in=current_members())[:MOST_CHOICES])


@needs(ISSUE)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, cancel_hold, _("Cancelled: “%(title)s”."), KeyedForm)


@needs(ISSUE)
@require_POST
def suspend(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, suspend_hold, _("Suspended: “%(title)s”."), SuspendForm)


@needs(ISSUE)
@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, resume_hold, _("Resumed: “%(title)s”."), KeyedForm)


@needs(ISSUE)
@require_POST
def move(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, move_hold, _("Moved: “%(title)s”."), MoveForm)


def _act(request: HttpRequest, pk: int, service: Any, done: str, form_class: type[KeyedForm]) -> HttpResponse:
    hold = get_object_or_404(Hold.objects.select_related("book"), pk=pk)
    return act_on(request, hold, service, done, form_class)
