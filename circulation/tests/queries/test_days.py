"""Moments by the days of the library, the ends included, also on a day of 25 hours."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.utils import timezone

from circulation.models import Loan
from circulation.queries.days import day_begins, on_days
from circulation.tests.factories import make_loan, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
CLOCKS_GO_BACK, NEXT = date(2026, 10, 25), date(2026, 10, 26)


@pytest.fixture(autouse=True)
def _page_of_the_library() -> Iterator[None]:
    """Each request is answered in the zone of the library."""
    with timezone.override("Europe/Zurich"):
        yield


def test_day_begins_at_midnight_where_the_library_is() -> None:
    assert day_begins(CLOCKS_GO_BACK) == zurich("2026-10-25T00:00")


def test_first_and_last_moment_of_a_day_are_on_it() -> None:
    before, first, last, after = (
        make_loan(now=zurich(f"2026-10-{at}")) for at in ("24T23:59:59", "25T00:00", "25T23:59:59", "26T00:00")
    )
    found = {
        days: set(Loan.objects.filter(on_days("issued_at", *days)))
        for days in ((CLOCKS_GO_BACK, CLOCKS_GO_BACK), (NEXT, None), (None, date(2026, 10, 24)), (None, None))
    }
    assert list(found.values()) == [{first, last}, {after}, {before}, {before, first, last, after}]
