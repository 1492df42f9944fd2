"""The borrow records: a list with filters, and the same as a file."""

import csv
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import money
from accounts.models import LibrarySettings
from accounts.paging import page_of
from accounts.permissions import USE_DESK, needs
from catalog.queries import isbns_of
from catalog.tables.cells import harmless
from catalog.tables.echo import Echo
from circulation.forms.loans import LoanFilterForm
from circulation.models import Loan
from circulation.queries.days import on_days
from circulation.queries.finding_loans import find_loans
from circulation.queries.ledger import fines_by_loan
from circulation.queries.loans import all_loans, shown, state_of
from circulation.queries.rules import RuleBook, rule_book
from circulation.queries.standing import running_fines

AT_ONCE = 500


@needs(USE_DESK)
def loans(request: HttpRequest) -> HttpResponse:
    return _page(request, LoanFilterForm(request.GET))


def _page(request: HttpRequest, form: LoanFilterForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    found = _filtered(form, now)
    page = page_of(request, found)
    context = {
        "form": form, "page": page, "now": now, "total": page.paginator.count,
        "costs": _costs(page, rule_book(request.library), now),
        "isbns": isbns_of([loan.copy.book_id for loan in page]),
    }  # fmt: skip
    return render(request, "circulation/loans.html", context, status=status)


def _costs(loans: Iterable[Loan], book: RuleBook, now: datetime) -> dict[int, int]:
    """What each loan cost, and would cost if it came back now."""
    costs = Counter(fines_by_loan([loan.pk for loan in loans]))
    costs.update({pk: fine.amount_minor for pk, fine in running_fines(loans, book, now).items()})
    return costs


@needs(USE_DESK)
def loans_csv(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    form = LoanFilterForm(request.GET)
    if not form.is_valid():  # a file of everything would be taken for what was asked
        return _page(request, form, status=400)
    found = _filtered(form, timezone.now())
    # The lines are made after this request has ended: its language is needed now.
    columns = [_("Member ID"), _("Name"), _("ISBN"), _("Title"), _("Barcode"), _("Borrowed"), _("Return by"),
               _("Returned on"), _("Fine"), _("Status")]  # fmt: skip
    words = {"lost": _("LOST"), "returned": _("RETURNED"), "overdue": _("OVERDUE"), "active": _("ACTIVE")}
    lines = _lines(found, columns, words, request.library)
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = 'attachment; filename="loans.csv"'
    return response


def _filtered(form: LoanFilterForm, now: datetime) -> QuerySet[Loan]:
    if not form.is_valid():
        return all_loans().none()
    values = form.cleaned_data
    found = shown(find_loans(all_loans(), values["q"]), values["show"], now)
    return found.filter(on_days("issued_at", values["from_on"], values["to_on"])).order_by("-issued_at", "-pk")


def _lines(found: QuerySet[Loan], columns: list[str], words: dict[str, str], library: LibrarySettings) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff"  # spreadsheets then read it as UTF-8
    yield writer.writerow(columns)
    book, now = rule_book(library), timezone.now()
    for batch in _batches(found):
        costs, isbns = _costs(batch, book, now), isbns_of([loan.copy.book_id for loan in batch])
        for loan in batch:
            cells = [*_row(loan, costs, isbns, library), words[state_of(loan, now)]]
            yield writer.writerow([harmless(cell) for cell in cells])


def _batches(found: QuerySet[Loan]) -> Iterator[list[Loan]]:
    """The loans ``found`` in their order, each once, whatever is issued and taken back meanwhile."""
    keys = list(found.values_list("pk", flat=True))
    for start in range(0, len(keys), AT_ONCE):
        batch = keys[start : start + AT_ONCE]
        loans = all_loans().in_bulk(batch)
        yield [loans[pk] for pk in batch if pk in loans]


def _row(loan: Loan, costs: dict, isbns: dict, library: LibrarySettings) -> list[str]:
    return [
        loan.member.card_number if loan.member else "",
        loan.member.name if loan.member else "",
        isbns.get(loan.copy.book_id, ""),
        loan.copy.book.title,
        loan.copy.barcode,
        *(_stamp(at, library) for at in (loan.issued_at, loan.due_at, _back(loan))),
        money.plain(costs.get(loan.pk, 0), library.currency),
    ]


def _back(loan: Loan) -> datetime | None:
    """When it came back; a lost copy did not."""
    return None if loan.outcome == Loan.Outcome.LOST else loan.returned_at


def _stamp(at: datetime | None, library: LibrarySettings) -> str:
    return at.astimezone(library.zone).strftime("%Y-%m-%d %H:%M") if at else ""
