"""Copies: their barcodes, their place, and two desks that want the same."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User
from accounts.numbering import numbered_code
from accounts.queries import default_branch
from accounts.services.numbers import BARCODES, take_numbers
from accounts.tests.factories import BranchFactory, MemberFactory
from accounts.tests.threads import at_once
from catalog.models import Copy, CopyType
from catalog.queries import default_copy_type
from catalog.services.copies import (
    MOST_AT_ONCE,
    add_copies,
    card_with_this_code,
    edit_copy,
    ensure_copy_types,
    next_barcodes,
)
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)


def own(*numbers: int) -> list[str]:
    return [numbered_code("B", number) for number in numbers]


def codes_of(copies: list[Copy]) -> list[str]:
    return [copy.barcode for copy in copies]


def refusal(call: Any, *args: Any, **kwargs: Any) -> str:
    with pytest.raises(Refused) as refused:
        call(*args, by=None, **kwargs)
    return refused.value.code


# --- adding -----------------------------------------------------------------------------------------


def test_copy_is_of_the_first_type_at_the_first_branch_from_today_on(librarian: User) -> None:
    book = BookFactory(call_number="823 BAN")
    (copy,) = add_copies(book, by=librarian, now=NOW)
    made = Copy.objects.get()
    assert (copy, made.book, made.barcode, made.home_branch, made.current_branch, made.copy_type) == (
        made, book, *own(1), default_branch(), default_branch(), default_copy_type(),
    )  # fmt: skip
    assert (made.acquired_on, made.call_number, made.condition, made.price_minor) == (
        NOW.date(),
        "823 BAN",
        "good",
        None,
    )
    action = Action.objects.get()
    assert (action.verb, action.by, action.target_id, action.after) == (
        "add_copies", librarian, book.pk, {"copies": [made.pk]},
    )  # fmt: skip


def test_copy_is_acquired_on_the_day_it_is_in_the_library() -> None:
    LibrarySettings.objects.update(time_zone="Pacific/Auckland")
    (copy,) = add_copies(BookFactory(), now=datetime(2026, 5, 5, 13, tzinfo=UTC), by=None)
    assert copy.acquired_on == date(2026, 5, 6)


def test_what_is_given_is_taken() -> None:
    branch, kind = BranchFactory(), CopyTypeFactory()
    (copy,) = add_copies(
        BookFactory(call_number="823"), by=None, barcode="OLD-17", branch=branch, copy_type=kind, call_number="",
        acquired_on=None, location="Attic", note="signed", price_minor=0,
    )  # fmt: skip
    assert (copy.barcode, copy.home_branch, copy.current_branch, copy.copy_type) == ("OLD-17", branch, branch, kind)
    assert (copy.call_number, copy.acquired_on, copy.location, copy.note, copy.price_minor) == (
        "", None, "Attic", "signed", 0,
    )  # fmt: skip


@pytest.mark.parametrize("count", [-1, 0, MOST_AT_ONCE + 1])
def test_too_many_or_too_few_copies_are_refused(count: int) -> None:
    assert refusal(add_copies, BookFactory(), count=count) == "too_many_copies"
    assert (Copy.objects.count(), list(take_numbers(BARCODES))) == (0, [1])


def test_taken_barcode_is_refused() -> None:
    CopyFactory(barcode="OLD-17")
    assert refusal(add_copies, BookFactory(), barcode="OLD-17") == "barcode_taken"


def test_one_barcode_is_not_for_several_copies() -> None:
    assert refusal(add_copies, BookFactory(), barcode="OLD-17", count=2) == "barcode_for_one"
    assert Copy.objects.count() == 0


def test_barcode_that_something_has_already_is_passed_over() -> None:
    CopyFactory(barcode=own(2)[0])
    assert codes_of(add_copies(BookFactory(), count=3, by=None)) == own(1, 3, 4)


def test_barcodes_have_the_library_s_prefix() -> None:
    LibrarySettings.objects.update(barcode_prefix="LIB")
    assert next_barcodes(LibrarySettings.objects.get(), 2) == [numbered_code("LIB", 1), numbered_code("LIB", 2)]


def test_form_sent_twice_adds_once() -> None:
    book = BookFactory()
    first = add_copies(book, count=2, by=None, key="form-0001")
    assert (add_copies(book, count=2, by=None, key="form-0001"), Copy.objects.count()) == (first, 2)


@pytest.mark.parametrize("count", [2, 50])
def test_copies_are_made_in_one_query(count: int, django_assert_max_num_queries: Any) -> None:
    book = BookFactory()
    with django_assert_max_num_queries(28):
        made = add_copies(book, count=count, by=None)
    assert [copy.pk for copy in made] == list(Copy.objects.order_by("pk").values_list("pk", flat=True))


# --- editing ----------------------------------------------------------------------------------------


def test_edit_changes_what_was_given_and_leaves_the_rest() -> None:
    copy = CopyFactory(location="Attic", note="old")
    edited = edit_copy(Copy(pk=copy.pk, note="stale"), location="Cellar", by=None)
    assert (edited.location, edited.note, Copy.objects.get().location) == ("Cellar", "old", "Cellar")
    assert (Action.objects.get().before, Action.objects.get().after) == ({"location": "Attic"}, {"location": "Cellar"})


@pytest.mark.parametrize("field", ["book", "withdrawn_on", "lost_on", "damaged_on", "pk"])
def test_edit_does_not_reach_what_is_not_editable(field: str) -> None:
    with pytest.raises(TypeError):
        edit_copy(CopyFactory(), by=None, **{field: 1})


def test_edit_of_nothing_changes_nothing() -> None:
    copy = CopyFactory()
    assert edit_copy(copy, by=None) == copy
    assert Action.objects.get().after == {}


def test_barcode_of_another_copy_is_refused_and_its_own_is_not() -> None:
    copy, other = CopyFactory(), CopyFactory()
    assert refusal(edit_copy, copy, barcode=other.barcode) == "barcode_taken"
    assert edit_copy(copy, barcode=copy.barcode, by=None).barcode == copy.barcode
    assert edit_copy(copy, barcode="NEW", by=None).barcode == "NEW"


def test_copy_at_home_moves_with_its_home() -> None:
    copy, branch = CopyFactory(), BranchFactory()
    edited = edit_copy(copy, home_branch=branch, by=None)
    assert (edited.home_branch, edited.current_branch) == (branch, branch)


def test_copy_that_is_elsewhere_stays_there_when_its_home_moves() -> None:
    elsewhere, branch = BranchFactory(), BranchFactory()
    copy = CopyFactory(current_branch=elsewhere)
    assert edit_copy(copy, home_branch=branch, by=None).current_branch == elsewhere


# --- around them ------------------------------------------------------------------------------------


def test_card_with_the_same_code_is_found() -> None:
    member = MemberFactory(card_number="17")
    assert (card_with_this_code("17"), card_with_this_code("18")) == (member, None)


def test_first_copy_type_is_made_only_where_there_is_none() -> None:
    CopyType.objects.all().delete()
    ensure_copy_types()
    ensure_copy_types()
    assert list(CopyType.objects.values_list("code", "replacement_price_minor", "is_lendable")) == [
        ("BOOK", 2000, True)
    ]


# --- several desks ----------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_desks_that_add_copies_at_once_get_different_barcodes(transactional_db: None) -> None:
    book = BookFactory()
    results = at_once(20, lambda _number: codes_of(add_copies(book, count=3, by=None)))
    assert sorted(code for codes in results for code in codes) == sorted(own(*range(1, 61)))


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_barcode_given_to_ten_copies_at_once_is_given_to_one(transactional_db: None) -> None:
    book, copies = BookFactory(), [CopyFactory() for _each in range(5)]

    def give(number: int) -> Any:
        if number < 5:
            return edit_copy(copies[number], barcode="OLD-17", by=None)
        return add_copies(book, barcode="OLD-17", by=None)

    codes = [result.code for result in at_once(10, give) if isinstance(result, Refused)]
    assert (codes, Copy.objects.filter(barcode="OLD-17").count()) == (["barcode_taken"] * 9, 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_edit_one_copy_at_once_lose_nothing(transactional_db: None) -> None:
    copy = CopyFactory()
    new = {"location": "Attic", "note": "signed", "condition": "worn", "call_number": "823", "price_minor": 5}
    at_once(5, lambda n: edit_copy(copy, by=None, **{list(new)[n]: list(new.values())[n]}))
    assert Copy.objects.values(*new).get() == new
