"""Many desks and many members at one queue at the same moment. With the locks off the race is lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.db import connection
from django.utils import timezone

from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog.models import Copy
from catalog.tests.factories import BookFactory, CopyFactory
from circulation import invariants
from circulation.models import Hold, Loan
from circulation.queries.holds import positions
from circulation.services import holds as holds_service
from circulation.services.holds import cancel_hold, expire_holds, move_hold, place_hold, suspend_hold, trap_copy
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.tests.factories import make_hold, make_loan, make_ready_hold
from circulation.tests.racing import outcomes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """Threads see only what is really saved."""


@pytest.fixture(autouse=True)
def _left_whole() -> Iterator[None]:
    """Whatever happened, nothing is broken after it."""
    yield
    assert list(invariants.broken()) == []


def place(copy: Copy, members: list) -> Counter[str]:
    how = {"book": copy.book, "branch": default_branch(), "by": None}
    return outcomes(at_once(len(members), lambda n: place_hold(members[n], **how)))


def test_thirty_members_wait_for_one_book_in_places_without_a_gap() -> None:
    copy, members = CopyFactory(), MemberFactory.create_batch(30)
    assert place(copy, members) == {"done": 30}
    assert sorted(positions(Hold.objects.all(), timezone.localdate()).values()) == list(range(1, 31))
    assert len(set(Hold.objects.values_list("rank"))) == 30


def test_one_member_at_many_desks_waits_once() -> None:
    copy, member = CopyFactory(), MemberFactory()
    assert place(copy, [member] * 10) == {"done": 1, "hold_duplicate": 9}


def test_race_to_one_hold_is_lost_without_locks(without_locks: Callable[..., None]) -> None:
    without_locks(holds_service, "hold_problems", 8)
    copy, member = CopyFactory(), MemberFactory()
    broken = "OperationalError" if connection.vendor == "sqlite" else "IntegrityError"
    assert place(copy, [member] * 8) == {"done": 1, broken: 7}


def test_copy_scanned_at_many_desks_is_trapped_for_one_hold() -> None:
    copy = CopyFactory()
    for _each in range(3):
        make_hold(copy.book)
    results = outcomes(at_once(10, lambda n: trap_copy(copy, branch=default_branch(), by=None)))
    assert (results, Hold.objects.ready().count()) == ({"done": 1, "not_on_loan": 9}, 1)


def test_copies_returned_at_once_are_trapped_for_a_hold_each() -> None:
    book = BookFactory()
    copies = [make_loan(copy).copy for copy in CopyFactory.create_batch(8, book=book)]
    holds = [make_hold(book) for _each in range(5)]
    at_once(8, lambda n: return_copy(copies[n], branch=default_branch(), by=None))
    trapped = Hold.objects.ready().values_list("trapped_copy", flat=True)
    assert (len(trapped), len(set(trapped))) == (len(holds), len(holds))


def test_hold_that_is_cancelled_while_its_copy_is_issued_ends_one_way() -> None:
    for _round in range(5):
        ready = make_ready_hold()
        acts = [
            lambda ready=ready: issue_copy(ready.trapped_copy, member=ready.member, branch=default_branch(), by=None),
            lambda ready=ready: cancel_hold(ready, by=None),
        ]
        results = outcomes(at_once(2, lambda n, acts=acts: acts[n]()))
        assert results in ({"done": 2}, {"done": 1, "hold_not_possible": 1})
        ready.refresh_from_db()
        assert (results == {"done": 2}) == (ready.status == "cancelled")
    assert Loan.objects.open().count() == 5


def test_missed_deadlines_are_noted_once_however_many_runs_there_are() -> None:
    now = make_ready_hold().placed_at
    for _each in range(3):
        make_ready_hold()
    Hold.objects.update(pickup_by=date(2020, 1, 1))
    assert sum(at_once(6, lambda n: expire_holds(by=None, now=now))) == 4


def test_renewal_beside_a_hold_never_breaks_the_queue() -> None:
    loan, members = make_loan(), MemberFactory.create_batch(5)
    how = {"book": loan.copy.book, "branch": default_branch(), "by": None}
    results = at_once(6, lambda n: place_hold(members[n], **how) if n < 5 else renew_loan(loan, by=None))
    assert set(outcomes(results)) <= {"done", "renewal_hold"}
    assert outcomes(at_once(1, lambda n: renew_loan(loan, by=None))) == {"renewal_hold": 1}


def test_everything_at_one_queue_at_once_never_waits_in_a_circle() -> None:
    book, desk = BookFactory(), default_branch()
    copies = CopyFactory.create_batch(3, book=book)
    loans = [make_loan(copy) for copy in copies]
    holds = [make_hold(book) for _each in range(6)]

    def act(n: int) -> object:
        copy, hold = copies[n % 3], holds[n % 6]
        acts = [
            lambda: return_copy(copy, branch=desk, by=None),
            lambda: issue_copy(
                copy, member=hold.member, branch=desk, by=None, overrides=["held_for_other"], reason="x"
            ),
            lambda: cancel_hold(hold, by=None),
            lambda: move_hold(hold, to=1, by=None),
            lambda: suspend_hold(hold, by=None),
            lambda: renew_loan(loans[n % 3], by=None),
            lambda: place_hold(MemberFactory(), book=book, branch=desk, by=None),
        ]
        return acts[n % 7]()

    results = outcomes(at_once(42, act))
    assert not {each for each in results if each.endswith("Error")}
