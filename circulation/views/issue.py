"""Issuing: a card, then barcodes; a card among the barcodes switches the member."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import Member
from accounts.permissions import ISSUE, SET_DUE_DATE, needs
from accounts.queries import current_members, desk_branch, restrictions_on, search_members
from accounts.services.actions import TakenBackSince
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.forms.desk import IssueForm
from circulation.queries.copies import available_copies
from circulation.queries.desk import this_sitting
from circulation.queries.ledger import outstanding_minor
from circulation.queries.loans import members_loans
from circulation.queries.problems import may_set_aside
from circulation.queries.scans import Scan, read_scan
from circulation.services.loans import issue_copy

MOST_CHOICES = 12


@needs(ISSUE)
def issue(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, IssueForm(initial=_sticky(request)), _member(request.GET.get("member")))
    form = IssueForm(request.POST)
    member = _member(request.POST.get("member"))
    if not form.may_be_tried():
        return _page(request, form, member)
    form.empty_box()
    return _act(request, form, member, read_scan(form.cleaned_data["scan"]))


def _act(request: HttpRequest, form: IssueForm, member: Member | None, scan: Scan) -> HttpResponse:
    read_as = form.cleaned_data["read_as"]
    if scan.is_ambiguous and not read_as:
        return _page(request, form, member, ambiguous=scan)
    if scan.member and read_as != "copy":
        return _switch(request, form, scan.member, member)
    copies = [scan.copy] if scan.copy else _copies_that_fit(scan)
    if copies and member is None:
        messages.warning(
            request, _("That is “%(title)s”. Scan the member's card first.") % {"title": copies[0].book.title}
        )
        return _page(request, form, None)
    if len(copies) == 1:
        return _issue(request, form, member, copies[0])
    if copies:
        return _page(request, form, member, choose_copy=copies[:MOST_CHOICES])
    return _nothing_found(request, form, member, scan)


def _issue(request: HttpRequest, form: IssueForm, member: Member, copy: Copy) -> HttpResponse:
    due_on = _due_by_hand(request, form)
    try:
        loan = issue_copy(
            copy, member=member, branch=desk_branch(request.session), by=request.user,
            key=form.key_for(str(copy.pk)),
            due_on=due_on, overrides=form.override_codes, reason=form.reason,
        )  # fmt: skip
    except CirculationRefused as refused:
        _tell_at_the_field(form, refused, due_on)
        return _page(request, form, member, refused=refused, copy=copy)
    except TakenBackSince as refusal:
        messages.error(request, f"“{copy.book.title}” ({copy.barcode}): {refusal.message}")
        return redirect(_address(member, due_on))
    text = _("Issued to %(name)s: “%(title)s”. Due on %(due)s.")
    due = date_format(timezone.localtime(loan.due_at), "DATE_FORMAT")
    messages.success(request, text % {"name": member.name, "title": copy.book.title, "due": due})
    return redirect(_address(member, due_on))


def _tell_at_the_field(form: IssueForm, refused: CirculationRefused, due_on: date | None) -> None:
    """A due date by hand that is refused says so where it was typed."""
    for problem in refused.problems:
        if problem.code == "due_in_past" and due_on:
            form.add_error("due_on", problem.message)


def _switch(request: HttpRequest, form: IssueForm, to: Member, current: Member | None) -> HttpResponse:
    if current and current.pk != to.pk:
        messages.warning(request, _("Now issuing to %(name)s.") % {"name": to.name})
    return redirect(_address(to, _due_by_hand(request, form)))


def _due_by_hand(request: HttpRequest, form: IssueForm) -> date | None:
    return form.cleaned_data["due_on"] if request.user.has_perm(SET_DUE_DATE) else None


def _copies_that_fit(scan: Scan) -> list[Copy]:
    return [copy for book in scan.books for copy in available_copies(book).select_related("book", "copy_type")]


def _nothing_found(request: HttpRequest, form: IssueForm, member: Member | None, scan: Scan) -> HttpResponse:
    if scan.books:
        text = _("No copy of “%(title)s” is in. Scan the barcode of the copy in your hand.")
        messages.error(request, text % {"title": scan.books[0].title})
        return _page(request, form, member)
    if scan.mistyped:
        messages.error(request, _("%(text)s is mistyped: its last character does not fit.") % {"text": scan.text})
        return _page(request, form, member)
    people = list(search_members(scan.text)[:MOST_CHOICES]) if not scan.text.strip().isdigit() else []
    if len(people) == 1 and member is None:
        return _switch(request, form, people[0], member)
    if people:
        return _page(request, form, member, choose_member=people)
    messages.error(request, _("Nothing here has the card, name, barcode or ISBN %(text)s.") % {"text": scan.text})
    return _page(request, form, member, unknown=scan.text)


def _page(request: HttpRequest, form: IssueForm, member: Member | None, **more: Any) -> HttpResponse:
    now = timezone.now()
    context: dict[str, Any] = {"form": form, "member": member, "now": now, **more}
    if member:
        open_loans = members_loans(member).open().order_by("-issued_at")
        context |= {
            "loans": open_loans, "overdue": open_loans.filter(due_at__lt=now).count(),
            "owed": outstanding_minor(member), "restrictions": restrictions_on(member, timezone.localdate(now)),
            "just_issued": this_sitting(request.user, ("issue",), now, member),
        }  # fmt: skip
    if refused := more.get("refused"):
        may = may_set_aside(refused.problems, request.user)
        held = "already_yours" in refused.codes
        context |= {"may_override": may and not held, "codes": " ".join(refused.codes), "already_held": held}
    return render(request, "circulation/issue.html", context, status=409 if refused else 200)


def _member(pk: str | None) -> Member | None:
    if not pk or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    return current_members().select_related("category").filter(pk=pk).first()


def _sticky(request: HttpRequest) -> dict[str, str]:
    """A due date set by hand stays until it is taken away."""
    return {"due_on": request.GET.get("due_on", ""), "member": request.GET.get("member", "")}


def _address(member: Member, due_on: date | None) -> str:
    address = f"{reverse('circulation:issue')}?member={member.pk}"
    return f"{address}&due_on={due_on.isoformat()}" if due_on else address
