"""Merging while desks go on with the same books. Each race is first shown to exist: with the locks off it is lost."""

import threading
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog import invariants as of_catalogue
from catalog.models import Book
from catalog.services.copies import add_copies, edit_copy
from catalog.tests.factories import BookFactory, CopyFactory
from circulation import invariants
from circulation.models import Hold, Loan
from circulation.services import holds as holds_service
from circulation.services import merging
from circulation.services import search as search_service
from circulation.services.holds import cancel_hold
from circulation.services.loans import issue_copy, return_copy
from circulation.services.merging import merge_books
from circulation.services.search import tell_search_of_copies
from circulation.tests.factories import make_hold, make_loan
from circulation.tests.racing import outcomes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """Threads see only what is really saved."""


@pytest.fixture
def meet(without_locks: Callable[..., None], monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Without locks, and whoever merges and whoever does the other thing both look before either of them writes."""

    def both_look(module: Any, name: str) -> None:
        without_locks(module, name, 1)
        barrier = threading.Barrier(2)

        def waiting(look: Callable[..., Any]) -> Callable[..., Any]:
            def looked(*args: Any, **kwargs: Any) -> Any:
                seen = look(*args, **kwargs)
                with suppress(threading.BrokenBarrierError):
                    barrier.wait(timeout=30)
                return seen

            return looked

        monkeypatch.setattr(merging, "join_queues", waiting(merging.join_queues))
        monkeypatch.setattr(module, name, waiting(getattr(module, name)))
        monkeypatch.setattr("catalog.services.search.engine", _engine_without_locks)

    return both_look


def _engine_without_locks() -> Any:
    from catalog.search import postgres, sqlite

    engine = postgres if connection.vendor == "postgresql" else sqlite

    class Unlocked:
        def __getattr__(self, name: str) -> Any:
            return getattr(sqlite if name == "lock" else engine, name)

    return Unlocked()


def two() -> tuple[Book, Book]:
    books = BookFactory(), BookFactory()
    for book in books:
        make_loan(CopyFactory(book=book))
        CopyFactory(book=book, damaged_on="2026-01-02")
    tell_search_of_copies(*(book.pk for book in books))
    return books


def problems() -> list[str]:
    return [*invariants.broken(), *of_catalogue.broken()]


def while_merging(keep: Book, other: Book, act: Callable[[], Any]) -> Counter[str]:
    acts = [lambda: merge_books(keep, others=[other], by=None), act]
    return outcomes(at_once(2, lambda n: acts[n]()))


def hold_while_merging() -> Counter[str]:
    keep, other = two()
    member = MemberFactory()
    return while_merging(keep, other, lambda: make_hold(other, member))


def test_hold_is_placed_before_the_merge_or_refused_after_it() -> None:
    for _again in range(2):
        results = hold_while_merging()
        assert results in ({"done": 2}, {"done": 1, "hold_not_possible": 1})
    assert (problems(), Hold.objects.exclude(book__in=Book.objects.all()).count()) == ([], 0)


def test_race_of_hold_and_merge_is_lost_without_locks(meet: Callable[..., None]) -> None:
    meet(holds_service, "hold_problems")
    assert "Error" in " ".join(hold_while_merging())


IN_VAIN = 3  # seconds to wait for somebody whom SQLite does not let come so far


def issue_while_merging(before: Callable[[], None] = lambda: None) -> Counter[str]:
    keep, other = two()
    copy, member = CopyFactory(book=other), MemberFactory()
    make_hold(keep, member)
    before()
    return while_merging(
        keep, other, lambda: issue_copy(copy, member=member, branch=default_branch(), by=None)
    )  # fmt: skip


def test_copy_is_issued_while_its_book_is_merged() -> None:
    for _again in range(2):
        assert issue_while_merging() == {"done": 2}
    assert (problems(), Loan.objects.open().count()) == ([], 6)


def test_race_of_issue_and_merge_is_lost_without_locks(
    without_locks: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    """Both count what is out before the other's change is seen."""

    def both_count() -> None:
        without_locks(search_service, "stock_for_search", 2, IN_VAIN if connection.vendor == "sqlite" else 30)
        monkeypatch.setattr("catalog.services.search.engine", _engine_without_locks)

    results = issue_while_merging(both_count)
    assert (results == {"done": 2}, problems() == []) != (True, True)


def test_copy_is_taken_back_while_its_book_is_merged() -> None:
    for _again in range(2):
        keep, other = two()
        copy = Loan.objects.open().get(copy__book=other).copy
        make_hold(keep)
        results = while_merging(keep, other, lambda: return_copy(copy, branch=default_branch(), by=None))  # noqa: B023
        assert results == {"done": 2}
    assert problems() == []


def test_hold_is_cancelled_while_its_book_is_merged() -> None:
    for _again in range(2):
        keep, other = two()
        hold = make_hold(other)
        assert while_merging(keep, other, lambda: cancel_hold(hold, by=None)) == {"done": 2}  # noqa: B023
    assert (problems(), Hold.objects.active().count()) == ([], 0)


def test_copies_are_edited_and_added_while_their_book_is_merged() -> None:
    """Everybody locks numbers, then copies; a circle would end as an OperationalError."""
    for n in range(2):
        keep, other = two()
        copy = other.copies.order_by("pk")[0]
        acts = [
            lambda: merge_books(keep, others=[other], by=None),  # noqa: B023
            lambda: edit_copy(copy, barcode=f"NEW{n}", by=None),  # noqa: B023
            lambda: add_copies(keep, count=2, by=None),  # noqa: B023
        ]
        assert outcomes(at_once(3, lambda n: acts[n]())) == {"done": 3}  # noqa: B023
    assert problems() == []


def test_two_books_merged_into_each_other_are_merged_once() -> None:
    keep, other = two()
    pairs = [(keep, other), (other, keep)]
    results = at_once(2, lambda n: merge_books(pairs[n][0], others=[pairs[n][1]], by=None))
    assert (outcomes(results), Book.objects.count()) == ({"done": 1, "Refused": 1}, 1)
    assert problems() == []
