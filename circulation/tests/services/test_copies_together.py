"""Many copies changed together: what changes, what stays, and changed back as one."""

from datetime import date, timedelta
from typing import Any

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, Branch, User
from accounts.tests.factories import BranchFactory
from catalog import invariants as of_catalogue
from catalog.models import Copy, SearchDocument
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.models import Hold
from circulation.services import copies_together
from circulation.services.copies_together import change_copies, plan
from circulation.services.loans import return_copy
from circulation.services.search import tell_search_of_copies
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, make_ready_hold, zurich
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


@pytest.fixture
def copies(db: None) -> list[Copy]:
    """Three copies of one book that search knows."""
    book = BookFactory()
    made = CopyFactory.create_batch(3, book=book)
    tell_search_of_copies(book.pk)
    return made


def rows() -> list[dict[str, Any]]:
    return list(Copy.objects.order_by("pk").values())


def changed(by: User, copies: list[Copy], mark: str = "", **values: Any) -> dict[str, int]:
    return change_copies(copies=[copy.pk for copy in copies], values=values, mark=mark, by=by, now=NOW)


def take_back(by: User) -> None:
    undo(Action.objects.get(verb="change_copies"), by=by, now=NOW + timedelta(days=1))


def is_sound() -> bool:
    return [*invariants.broken(), *of_catalogue.broken()] == []


def test_copies_get_what_is_said_and_keep_the_rest(librarian: User, copies: list[Copy]) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(location="Store", note="torn")
    assert changed(librarian, copies, location="Store", price_minor=900) == {"changed": 3, "refused": 0, "same": 0}
    assert list(Copy.objects.order_by("pk").values_list("location", "price_minor", "note")) == [
        ("Store", 900, "torn"), ("Store", 900, ""), ("Store", 900, "")
    ]  # fmt: skip
    assert Action.objects.get(verb="change_copies").before["copies"][0] == [
        copies[0].pk, {"price_minor": None},
    ]  # fmt: skip
    assert is_sound()


def test_all_of_it_is_taken_back_as_one(librarian: User, copies: list[Copy]) -> None:
    before = rows()
    values = {"home_branch": BranchFactory(), "copy_type": CopyTypeFactory(), "acquired_on": date(2020, 1, 2)}
    changed(librarian, copies, mark="damage", condition="poor", call_number="823", **values)
    take_back(librarian)
    assert (rows(), is_sound()) == (before, True)


def test_copy_at_home_moves_with_its_home_and_one_elsewhere_stays(
    librarian: User, copies: list[Copy], branch: Branch
) -> None:  # fmt: skip
    east, west = BranchFactory(), BranchFactory()
    Copy.objects.filter(pk=copies[1].pk).update(current_branch=west)
    changed(librarian, copies[:2], home_branch=east)
    where = Copy.objects.order_by("pk").values_list("home_branch", "current_branch")
    assert list(where[:2]) == [(east.pk, east.pk), (east.pk, west.pk)]


def test_copy_that_went_on_to_another_branch_since_stays_there_when_the_change_is_taken_back(
    librarian: User, copies: list[Copy], branch: Branch
) -> None:  # fmt: skip
    loan = make_loan(copies[0], now=NOW)
    changed(librarian, copies, home_branch=BranchFactory())
    west = BranchFactory()
    return_copy(loan.copy, branch=west, by=librarian, now=NOW)
    take_back(librarian)
    where = Copy.objects.order_by("pk").values_list("home_branch", "current_branch")
    assert list(where) == [(branch.pk, west.pk), (branch.pk, branch.pk), (branch.pk, branch.pk)]


def test_copy_on_loan_gets_another_type_but_is_not_withdrawn(librarian: User, copies: list[Copy]) -> None:
    loan, kind = make_loan(copies[0], now=NOW), CopyTypeFactory()
    assert changed(librarian, copies, copy_type=kind) == {"changed": 3, "refused": 0, "same": 0}
    loan.refresh_from_db()
    assert (loan.copy.copy_type, loan.copy_type_id != kind.pk) == (kind, True)
    assert changed(librarian, copies, mark="withdraw") == {"changed": 2, "refused": 1, "same": 0}
    assert list(Copy.objects.filter(withdrawn_on=None)) == [copies[0]]
    assert is_sound()


def test_copy_that_is_withdrawn_leaves_the_hold_shelf_and_comes_back_to_it(librarian: User) -> None:
    hold = make_ready_hold(now=NOW)
    changed(librarian, [hold.trapped_copy], mark="withdraw")
    hold.refresh_from_db()
    assert hold.status == Hold.Status.WAITING
    take_back(librarian)
    hold.refresh_from_db()
    assert (hold.status, Copy.objects.get().withdrawn_on, is_sound()) == (Hold.Status.READY, None, True)


def test_mark_keeps_the_day_it_was_made_on(librarian: User, copies: list[Copy]) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(withdrawn_on="2020-01-02")
    assert changed(librarian, copies, mark="withdraw") == {"changed": 2, "refused": 0, "same": 1}
    assert Copy.objects.get(pk=copies[0].pk).withdrawn_on == date(2020, 1, 2)
    changed(librarian, copies, mark="unwithdraw")
    assert Copy.objects.filter(withdrawn_on=None).count() == 3


def test_copy_lent_since_it_was_brought_back_into_use_holds_the_undo_up(librarian: User, copies: list[Copy]) -> None:
    Copy.objects.filter(pk=copies[0].pk).update(withdrawn_on="2020-01-02")
    changed(librarian, copies, mark="unwithdraw")
    make_loan(copies[0], now=NOW)
    assert code_of(take_back, librarian) == "changed_since"


def test_copy_changed_in_the_same_respect_since_holds_the_undo_up(librarian: User, copies: list[Copy]) -> None:
    changed(librarian, copies, location="Store")
    Copy.objects.filter(pk=copies[1].pk).update(location="Desk", note="seen")
    with pytest.raises(Refused, match=copies[1].barcode):
        take_back(librarian)
    Copy.objects.filter(pk=copies[1].pk).update(location="Store")
    take_back(librarian)
    assert list(Copy.objects.order_by("pk").values_list("location", "note")) == [("", ""), ("", "seen"), ("", "")]


def test_nothing_to_change_leaves_no_trace(librarian: User, copies: list[Copy]) -> None:
    assert changed(librarian, copies, location="") == {"changed": 0, "refused": 0, "same": 3}
    assert Action.objects.filter(verb="change_copies").count() == 0


def test_none_and_too_many_are_refused(librarian: User, monkeypatch: pytest.MonkeyPatch, copies: list[Copy]) -> None:
    assert code_of(changed, librarian, []) == "nothing_chosen"
    monkeypatch.setattr(copies_together, "MOST_AT_ONCE", 2)
    assert code_of(changed, librarian, copies, location="Store") == "too_many"


def test_documents_of_many_books_are_left_to_the_worker(
    librarian: User, copies: list[Copy], monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    monkeypatch.setattr(copies_together, "SEARCHED_AT_ONCE", 0)
    changed(librarian, copies, mark="withdraw")
    assert list(SearchDocument.objects.exclude(stale_since=None).values_list("book", flat=True)) == [copies[0].book_id]


def test_plan_changes_nothing(copies: list[Copy]) -> None:
    before = rows()
    planned = plan(copies, {"location": "Store"}, "damage", today=date(2026, 3, 2))
    assert [each.new for each in planned] == [{"location": "Store", "damaged_on": date(2026, 3, 2)}] * 3
    assert ([each.old for each in planned], rows()) == ([{"location": "", "damaged_on": None}] * 3, before)
