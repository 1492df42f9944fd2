"""Taking back, by barcode or by member and ISBN, and renewing by barcode."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from accounts import money
from accounts.permissions import BACKDATE, ISSUE, RETURN, needs
from accounts.queries import desk_branch, member_with_card
from accounts.services.actions import TakenBackSince
from catalog.models import Copy
from catalog.queries import books_with_isbn
from circulation.exceptions import CirculationRefused
from circulation.forms.desk import RenewForm, ReturnByMemberForm, ReturnForm
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.desk import returned_before, this_sitting
from circulation.queries.hold_lists import shelf
from circulation.queries.loans import loan_due_first, open_loan_of
from circulation.queries.problems import may_set_aside
from circulation.queries.scans import Scan, read_scan
from circulation.services.loans import renew_loan
from circulation.services.returning import TakenIn, take_in
from circulation.views.shelf_words import tell_of_trap


@needs(RETURN)
def return_(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _return_page(request, ReturnForm(initial={"returned_on": request.GET.get("returned_on", "")}))
    if "isbn" in request.POST:
        return _return_by_member(request, ReturnByMemberForm(request.POST))
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return _return_page(request, form)
    form.empty_box()
    scan = read_scan(form.cleaned_data["scan"])
    copy = scan.copy or _only_copy_out(scan)
    if copy is None:
        messages.error(request, _not_a_copy(scan))
        return _return_page(request, form)
    return _take_back(request, form, copy, suffix=str(copy.pk))


def _take_back(request: HttpRequest, form: Any, copy: Copy, *, suffix: str) -> HttpResponse:
    returned_on = form.cleaned_data.get("returned_on")
    if not request.user.has_perm(BACKDATE):
        returned_on = None
    query: dict[str, Any] = {"returned_on": returned_on.isoformat()} if returned_on else {}
    try:
        taken = take_in(
            copy, branch=desk_branch(request.session), by=request.user, returned_on=returned_on,
            key=form.key_for(suffix),
        )  # fmt: skip
    except CirculationRefused as refused:
        for problem in refused.problems:
            messages.error(request, f"“{copy.book.title}” ({copy.barcode}): {problem.message}")
        return _return_page(request, form, status=409)
    except TakenBackSince as refusal:
        messages.error(request, f"“{copy.book.title}” ({copy.barcode}): {refusal.message}")
    else:
        _tell(request, copy, taken)
        query |= {"hold": taken.hold.pk} if taken.hold else {}
    return redirect(f"{request.path}?{urlencode(query)}" if query else request.path)


def _tell(request: HttpRequest, copy: Copy, taken: TakenIn) -> None:
    if taken.was_lost:
        _tell_found(request, copy, taken)
    elif taken.loan:
        _tell_returned(request, taken.loan, taken.fine)
    if taken.hold:
        tell_of_trap(request, copy, taken.hold)


def _tell_found(request: HttpRequest, copy: Copy, taken: TakenIn) -> None:
    facts = {"title": copy.book.title, "name": taken.loan.member if taken.loan else ""}
    if taken.credited_minor:
        facts["sum"] = money.formatted(taken.credited_minor, request.library.currency, request.LANGUAGE_CODE)
        messages.warning(request, _("Found: “%(title)s”, which was lost. %(sum)s are given back to %(name)s.") % facts)
    else:
        messages.warning(request, _("Found: “%(title)s”, which was lost.") % facts)


def _tell_returned(request: HttpRequest, loan: Loan, fine: LedgerEntry | None) -> None:
    facts = {"title": loan.copy.book.title, "name": loan.member}
    if fine:
        facts["fine"] = money.formatted(fine.amount_minor, request.library.currency, request.LANGUAGE_CODE)
        messages.warning(request, _("Returned: “%(title)s” from %(name)s. Late: a fine of %(fine)s.") % facts)
    elif loan.claimed_returned_at:
        messages.warning(request, _("Returned: “%(title)s” from %(name)s, who had said so.") % facts)
    elif loan.returned_at and loan.returned_at > loan.due_at:
        messages.warning(request, _("Returned: “%(title)s” from %(name)s. Late, without a fine.") % facts)
    else:
        messages.success(request, _("Returned: “%(title)s” from %(name)s.") % facts)


def _return_by_member(request: HttpRequest, form: ReturnByMemberForm) -> HttpResponse:
    if form.is_valid():
        member = member_with_card(form.cleaned_data["member"])
        if member is None:
            form.add_error("member", _("No member has this card."))
        else:
            books = list(books_with_isbn(form.cleaned_data["isbn"]))
            suffix = f"{member.pk}-{books[0].pk}" if books else ""
            loan = returned_before(request.user, form.key_for(suffix)) or loan_due_first(member, books)
            if loan:  # one copy for one form, also where the member has two of them
                return _take_back(request, form, loan.copy, suffix=suffix)
            form.add_error("isbn", _("%(name)s has no book with this ISBN on loan.") % {"name": member.name})
    return _return_page(request, ReturnForm(), by_member=form)


def _return_page(
    request: HttpRequest, form: Any, *, by_member: ReturnByMemberForm | None = None, status: int = 200
) -> HttpResponse:
    if isinstance(form, ReturnByMemberForm):
        form, by_member = ReturnForm(), form
    now = timezone.now()
    done = this_sitting(request.user, ("return", "mark_found", "trap_copy"), now)
    context = {
        "form": form, "by_member": by_member or ReturnByMemberForm(), "done": done, "now": now,
        "hold": _hold_just_trapped(request), "fines": sum(each.action.after.get("fine_minor", 0) for each in done),
    }  # fmt: skip
    return render(request, "circulation/return.html", context, status=status)


def _hold_just_trapped(request: HttpRequest) -> Hold | None:
    """The hold that the last scan made ready, as long as it is."""
    pk = request.GET.get("hold", "")
    return shelf().filter(pk=pk).first() if pk.isascii() and pk.isdigit() and len(pk) <= 18 else None


@needs(ISSUE)
def renew(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _renew_page(request, RenewForm())
    form = RenewForm(request.POST)
    if not form.may_be_tried():
        return _renew_page(request, form)
    form.empty_box()
    scan = read_scan(form.cleaned_data["scan"])
    copy = scan.copy or _only_copy_out(scan)
    loan = open_loan_of(copy) if copy else None
    if loan is None:
        messages.error(
            request, _("“%(title)s” is not on loan.") % {"title": copy.book.title} if copy else _not_a_copy(scan)
        )
        return _renew_page(request, form)
    try:
        loan = renew_loan(
            loan, by=request.user, key=form.key_for(str(loan.pk)),
            overrides=form.override_codes, reason=form.reason,
        )  # fmt: skip
    except CirculationRefused as refused:
        return _renew_page(request, form, refused=refused, loan=loan)
    except TakenBackSince as refusal:
        messages.error(request, f"“{loan.copy.book.title}” ({loan.copy.barcode}): {refusal.message}")
    else:
        due, title = date_format(timezone.localtime(loan.due_at), "DATE_FORMAT"), loan.copy.book.title
        messages.success(request, _("Renewed: “%(title)s”. Due on %(due)s.") % {"title": title, "due": due})
    return redirect("circulation:renew")


def _renew_page(request: HttpRequest, form: RenewForm, **more: Any) -> HttpResponse:
    now = timezone.now()
    context = {"form": form, "now": now, "done": this_sitting(request.user, ("renew",), now), **more}
    if refused := more.get("refused"):
        may = may_set_aside(refused.problems, request.user)
        context |= {"may_override": may, "codes": " ".join(refused.codes)}
    return render(request, "circulation/renew.html", context, status=409 if refused else 200)


def _only_copy_out(scan: Scan) -> Copy | None:
    """The lent copy with the scanned ISBN, if there is exactly one."""
    out = Copy.objects.filter(book__in=scan.books, loans__closed_at=None, loans__isnull=False).distinct()
    copies = list(out.select_related("book", "copy_type")[:2]) if scan.books else []
    return copies[0] if len(copies) == 1 else None


def _not_a_copy(scan: Scan) -> str:
    if scan.member and not scan.books:
        return _("That is the card of %(name)s. Scan the barcode of the copy.") % {"name": scan.member.name}
    if scan.books:
        return _("Several copies of “%(title)s” may be out, or none. Scan the barcode.") % {
            "title": scan.books[0].title
        }
    if scan.mistyped:
        return _("%(text)s is mistyped: its last character does not fit.") % {"text": scan.text}
    return _("No copy has the barcode %(text)s.") % {"text": scan.text}
