"""How tests look at holds: what is stored now, what is true on the day of the tests."""

from accounts.models import Branch
from catalog.models import Book, Copy
from circulation.models import Hold, Loan
from circulation.queries.copies import with_availability
from circulation.queries.holds import queue, state
from circulation.services.loans import return_copy
from circulation.tests.factories import zurich

NOW = zurich("2026-03-02T10:00")
TODAY, MISSED = NOW.date(), zurich("2026-03-10T10:00")  # ready on 2 March: pick up by the 9th


def fresh(hold: Hold) -> Hold:
    return Hold.objects.get(pk=hold.pk)


def states(*holds: Hold) -> list[str]:
    return [state(fresh(hold), TODAY) for hold in holds]


def in_line(book: Book) -> list[Hold]:
    return queue(book, TODAY)


def status_of(copy: Copy) -> str:
    return with_availability(Copy.objects.filter(pk=copy.pk)).get().status


def back(loan: Loan, branch: Branch, **how) -> None:
    return_copy(loan.copy, **({"branch": branch, "by": None, "now": NOW} | how))
