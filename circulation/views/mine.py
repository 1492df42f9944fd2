"""A member's own loans, fines and renewals. Everything starts from the member who is signed in."""

from collections import Counter
from collections.abc import Iterable

from django.contrib import messages
from django.db.models import F, OuterRef
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from accounts.forms.keyed import KeyedForm
from accounts.models import Member
from accounts.paging import page_of
from accounts.services.actions import TakenBackSince
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
from circulation.queries.ledger import account, balance_minor, fines_of, outstanding_minor
from circulation.queries.loans import SHOWN, members_loans, shown, shown_counts, with_books
from circulation.queries.rules import rule_book
from circulation.queries.standing import own_estimates, with_open_fines
from circulation.services.loans import renew_loan

FILTERS = dict(
    zip(
        SHOWN,
        (gettext_lazy("All"), gettext_lazy("Active"), gettext_lazy("Overdue"), gettext_lazy("Returned")),
        strict=True,
    )
)


def my_loans(request: HttpRequest) -> HttpResponse:
    member = me(request)
    now, loans = timezone.now(), members_loans(member)
    show = request.GET.get("show", "all")
    show = show if show in FILTERS else "all"
    open_loans = list(with_open_fines(loans.open()).order_by("due_at"))
    running = own_estimates(member, open_loans, rule_book(request.library), now)
    outstanding = outstanding_minor(member)
    newest = shown(loans, show, now).order_by(F("closed_at").desc(nulls_first=True), "due_at", "pk")
    counts = shown_counts(loans, now)
    newest = with_books(newest).annotate(fines_minor=fines_of(OuterRef("pk")))
    page = page_of(request, newest, count=counts[show])
    costs = Counter({pk: fine.amount_minor for pk, fine in running.items()})
    costs.update({loan.pk: loan.fines_minor for loan in page})
    context = {
        "member": member, "now": now, "show": show, "filters": FILTERS, "page": page,
        "counts": counts,
        "active": len(open_loans), "overdue": sum(1 for loan in open_loans if loan.is_overdue(now)),
        "outstanding": outstanding, "running": sum(fine.amount_minor for fine in running.values()),
        "total": outstanding + sum(fine.amount_minor for fine in running.values()),
        "costs": costs, "running_by_loan": running, "key_form": KeyedForm(auto_id=False),
    }  # fmt: skip
    return render(request, "circulation/my_loans.html", context)


def my_fines(request: HttpRequest) -> HttpResponse:
    member = me(request)
    context = {"member": member, "page": page_of(request, account(member)), "balance": balance_minor(member)}
    return render(request, "circulation/my_fines.html", context)


@require_POST
def renew_mine(request: HttpRequest, pk: int) -> HttpResponse:
    loan = get_object_or_404(me(request).loans.open().select_related("copy__book"), pk=pk)
    _renew(request, [loan])
    return redirect("circulation:my_loans")


@require_POST
def renew_all_mine(request: HttpRequest) -> HttpResponse:
    _renew(request, me(request).loans.open().select_related("copy__book").order_by("due_at"))
    return redirect("circulation:my_loans")


def _renew(request: HttpRequest, loans: Iterable[Loan]) -> None:
    form = KeyedForm(request.POST)
    form.full_clean()
    for loan in loans:
        title = loan.copy.book.title
        try:
            renewed = renew_loan(loan, by=request.user, key=form.key_for(str(loan.pk)))
        except CirculationRefused as refused:
            reasons = " ".join(problem.in_full for problem in refused.problems)
            messages.error(
                request, _("“%(title)s” was not renewed. %(reasons)s") % {"title": title, "reasons": reasons}
            )
        except TakenBackSince as refusal:
            messages.error(request, f"“{title}”: {refusal.message}")
        else:
            due = date_format(timezone.localtime(renewed.due_at), "DATE_FORMAT")
            messages.success(request, _("“%(title)s” is now due on %(due)s.") % {"title": title, "due": due})


def me(request: HttpRequest) -> Member:
    """The member who is signed in; for whoever is none there is nothing here (404)."""
    member = getattr(request.user, "member", None)
    if member is None:
        raise Http404
    return member
