"""Two copies of one book change at the same moment: search counts both. Without the lock one figure is lost."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

import catalog.invariants
import circulation.invariants
from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog.models import SearchDocument
from catalog.search import postgres
from catalog.search.documents import Stock
from catalog.services.search import rebuild
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.queries.stock import stock_for_search
from circulation.services import search as telling
from circulation.services.holds import cancel_hold
from circulation.services.loans import issue_copy, return_copy
from circulation.services.lost import mark_lost
from circulation.tests.factories import make_hold, make_loan
from circulation.tests.racing import outcomes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
DESKS = 8


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """Threads see only what is really saved."""


def broken() -> list[str]:
    return [*catalog.invariants.broken(), *circulation.invariants.broken()]


def figures() -> list[tuple[int, ...]]:
    """Of each document: copies, how many are out and in, how often one was lent, how many wait."""
    rows = SearchDocument.objects.order_by("pk").values_list("copies", "out", "available", "times_lent", "holds")
    return [(copies, len(out.split()), *others) for copies, out, *others in rows]


def issue_copies_of_one_book(desks: int, *, searchable: bool = True) -> dict[str, int]:
    copies = CopyFactory.create_batch(desks, book=BookFactory(searchable=searchable))
    if searchable:
        rebuild(stock_for_search)
    members = MemberFactory.create_batch(desks)
    branch = default_branch()
    return outcomes(at_once(desks, lambda n: issue_copy(copies[n], member=members[n], branch=branch, by=None)))


@pytest.mark.parametrize("searchable", [True, False], ids=["", "without_a_document"])
def test_copies_of_one_book_issued_at_once_are_all_counted(searchable: bool) -> None:
    assert issue_copies_of_one_book(DESKS, searchable=searchable) == {"done": DESKS}
    assert (figures(), broken()) == ([(DESKS, DESKS, 0, DESKS, 0)], [])


def test_race_to_one_document_is_lost_without_its_lock(
    monkeypatch: pytest.MonkeyPatch, without_locks: Callable[..., None]
) -> None:
    """PostgreSQL: each desk counts before the other has saved. SQLite: only one of two readers may become a writer."""
    if connection.vendor == "postgresql":
        monkeypatch.setattr(postgres, "lock", looked_at)
    without_locks(telling, "stock_for_search", 2, 30 if connection.vendor == "postgresql" else 3)
    done = issue_copies_of_one_book(2)
    if connection.vendor == "sqlite":
        assert done == {"done": 1, "OperationalError": 1}
    else:
        assert (done, figures()) == ({"done": 2}, [(2, 1, 1, 1, 0)])


def looked_at(pks: list[int]) -> list:
    """What ``Engine.lock`` says, and nothing locked."""
    rows = SearchDocument.objects.filter(pk__in=pks).order_by("pk")
    names = ("pk", "lendable", "out", "times_lent", "holds")
    return [(*row[:2], Stock(*row[2:])) for row in rows.values_list(*names)]


def test_returned_lost_and_cancelled_at_once_are_all_counted() -> None:
    book = BookFactory(searchable=True)
    copies = [make_loan(copy).copy for copy in CopyFactory.create_batch(4, book=book)]
    holds = [make_hold(book) for _each in range(2)]
    do: list[Callable[[], object]] = [
        lambda: return_copy(copies[0], branch=default_branch(), by=None),
        lambda: mark_lost(copies[1], by=None),
        lambda: mark_lost(copies[2], by=None),
        lambda: cancel_hold(holds[0], by=None),
    ]
    assert outcomes(at_once(len(do), lambda n: do[n]())) == {"done": len(do)}
    assert (figures(), broken()) == ([(2, 2, 0, 4, 1)], [])


def test_everything_is_right_after_a_rebuild_while_desks_lend_and_take_back() -> None:
    books = [BookFactory(searchable=True), BookFactory()]  # search does not know of the second one yet
    desks = [CopyFactory.create_batch(3, book=book) for book in books]
    members, branch, is_over = MemberFactory.create_batch(3), default_branch(), threading.Event()

    def work(number: int) -> int:
        if number == 2:
            done = [rebuild(stock_for_search) for _each in range(5)]
            is_over.set()
            return sum(done)
        for copy in desks[number] * 100:
            issue_copy(copy, member=members[number], branch=branch, by=None)
            return_copy(copy, branch=branch, by=None)
            if is_over.wait(0.005):  # SQLite lets in whoever comes in the right moment
                break
        return 0

    assert at_once(3, work) == [0, 0, 10]
    assert broken() == []
