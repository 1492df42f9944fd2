"""A book beside what a source says today: what differs, and what a librarian changed on purpose."""

from dataclasses import replace
from typing import Any

import pytest

from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book, Cover
from catalog.services.books import SHOWN_FIELDS, create_book, edit_book
from catalog.services.comparing import Difference, differences

pytestmark = pytest.mark.django_db
DRAFT = BookDraft(
    title="The Wasp Factory", contributors=(DraftContributor("Iain Banks"),), publisher="Abacus", year=1990,
    subjects=("Islands", "Scotland"), isbns=("9780349101774",), source="openlibrary",
)  # fmt: skip


def book() -> Book:
    return create_book(DRAFT, "openlibrary")


def names(draft: BookDraft) -> list[str]:
    return [difference.name for difference in differences(book(), draft)]


def test_same_record_has_no_differences() -> None:
    assert names(DRAFT) == []


def test_what_differs_is_put_side_by_side() -> None:
    changed = replace(DRAFT, title="Wasp Factory", year=1984, pages=184)
    assert differences(book(), changed) == [
        Difference("title", "The Wasp Factory", "Wasp Factory"),
        Difference("year", 1990, 1984),
        Difference("pages", None, 184),
    ]


def test_source_that_says_nothing_differs_in_nothing() -> None:
    assert names(BookDraft()) == []


@pytest.mark.parametrize(
    "same",
    [{"contributors": (DraftContributor("Banks, Iain"),)}, {"subjects": ("SCOTLAND", "islands")}],
    ids=["spelled otherwise", "in another order"],
)
def test_other_spelling_of_people_and_subjects_is_no_difference(same: dict) -> None:
    assert names(replace(DRAFT, **same)) == []


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("contributors", {"contributors": (DraftContributor("Iain Banks", role="edt"),)}),
        ("contributors", {"contributors": (DraftContributor("Iain Banks"), DraftContributor("Ann"))}),
        ("subjects", {"subjects": ("Islands",)}),
        ("identifiers", {"isbns": ("9780684853154",)}),
        ("identifiers", {"lccns": ("84012345",)}),
    ],
)
def test_lists_that_say_something_else_differ(name: str, change: dict) -> None:
    assert names(replace(DRAFT, **change)) == [name]


def test_numbers_in_another_order_are_no_difference() -> None:
    two = replace(DRAFT, isbns=("9780349101774", "9780684853154"))
    ours = create_book(two, "openlibrary")
    assert differences(ours, replace(two, isbns=two.isbns[::-1])) == []


def test_every_field_shown_can_differ() -> None:
    theirs = BookDraft(
        title="T", subtitle="T", contributors=(DraftContributor("T"),), publisher="T", place="T", year=1, edition="T",
        language="ger", pages=1, format="ebook", series="T", call_number="T", subjects=("T",), description="T",
        isbns=("9780684853154",), cover_id=1,
    )  # fmt: skip
    assert names(theirs) == [*SHOWN_FIELDS, "cover"]


@pytest.mark.parametrize(
    ("ours", "is_edited", "fills"), [("", False, True), (None, False, True), ("x", False, False), ("", True, False)]
)
def test_gap_is_filled_unless_a_person_made_it(ours: Any, is_edited: bool, fills: bool) -> None:
    assert Difference("title", ours, "theirs", is_edited).fills_a_gap is fills


def test_what_a_librarian_took_away_is_no_gap() -> None:
    ours = edit_book(book(), BookDraft(), fields=["publisher"], by=None)
    (difference,) = differences(ours, DRAFT)
    assert (difference, difference.fills_a_gap) == (Difference("publisher", "", "Abacus", is_edited=True), False)


@pytest.mark.parametrize(
    ("cover", "found"),
    [
        (None, [Difference("cover", None, 17)]),
        ({"state": "failed"}, [Difference("cover", None, 17)]),
        ({"state": "done"}, [Difference("cover", None, 17, is_edited=True)]),  # somebody removed it
        ({"state": "queued"}, []),
        ({"state": "running"}, []),
        ({"state": "done", "file": "covers/a.jpg"}, []),
    ],
)
def test_cover_is_offered_where_there_is_none_and_none_is_coming(cover: dict | None, found: list) -> None:
    ours = book()
    if cover is not None:
        Cover.objects.create(book=ours, **cover)
    assert differences(ours, replace(DRAFT, cover_id=17)) == found
