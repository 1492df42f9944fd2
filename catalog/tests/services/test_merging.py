"""Merging authors and subjects: works of both are one's, names and addresses lead there, all of it can be undone."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.exceptions import Refused
from accounts.models import Action, User
from catalog import invariants
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, Contributor, MergedRecord, Subject
from catalog.queries import search_books
from catalog.services.authors import author_for, subject_for
from catalog.services.books import add_book, edit_book
from catalog.services.merged import forget_covers, kept_of
from catalog.services.merging import merge_authors, merge_subjects
from circulation.services.undo import undo

pytestmark = pytest.mark.django_db


def book(title: str, *people: str, subjects: tuple[str, ...] = (), role: str = "aut") -> Book:
    contributors = tuple(
        DraftContributor(name, role=role, key=key) for name, _, key in (p.partition("|") for p in people)
    )
    return add_book(BookDraft(title=title, contributors=contributors, subjects=subjects), by=None)


def rows() -> list[Any]:
    tables = (Author, Subject, Contributor, Book.subjects.through)
    return [list(table._default_manager.order_by("pk").values()) for table in tables]


def found(text: str) -> list[int]:
    return search_books(text, field="author").pks


def take_back(librarian: User, verb: str) -> None:
    undo(Action.objects.get(verb=verb), by=librarian)


@pytest.fixture
def twain(db: None) -> tuple[Author, Author]:
    """Two rows for one man; one book names both."""
    book("Tom Sawyer", "Mark Twain|OL1A")
    book("Huck Finn", "M. Twain|OL2A")
    book("Roughing It", "Mark Twain|OL1A", "M. Twain|OL2A")
    return Author.objects.get(source_key="OL1A"), Author.objects.get(source_key="OL2A")


def test_books_of_both_authors_are_those_of_the_one_that_stays(twain: tuple[Author, Author]) -> None:
    keep, other = twain
    merge_authors(keep, others=[other], by=None)
    titles = Book.objects.filter(contributors__author=keep).order_by("pk").values_list("title", flat=True)
    assert list(titles) == ["Tom Sawyer", "Huck Finn", "Roughing It"]
    assert (Author.objects.count(), Contributor.objects.count()) == (1, 3)
    assert kept_of("author", other.pk) == keep.pk
    assert len(found("mark")) == 3
    assert list(invariants.broken()) == []


def test_who_comes_by_the_name_or_key_of_a_merged_author_is_the_one_that_stayed(twain: tuple[Author, Author]) -> None:
    keep, other = twain
    merge_authors(keep, others=[other], by=None)
    people = [DraftContributor("M. Twain", key="OL2A"), DraftContributor("M. Twain")]
    assert [author_for(person) for person in people] == [keep, keep]


def test_author_without_a_key_gets_that_of_the_other(twain: tuple[Author, Author]) -> None:
    keep, other = twain
    Author.objects.filter(pk=keep.pk).update(source_key=None)
    assert merge_authors(keep, others=[other], by=None).source_key == "OL2A"


def test_merge_of_authors_taken_back_leaves_everything_as_it_was(
    twain: tuple[Author, Author], librarian: User
) -> None:  # fmt: skip
    keep, other = twain
    Author.objects.filter(pk=keep.pk).update(source_key=None)
    before = rows()
    merge_authors(keep, others=[other], by=librarian)
    take_back(librarian, "merge_authors")
    assert (rows(), MergedRecord.objects.count(), list(invariants.broken())) == (before, 0, [])
    assert len(found("mark")) == 2


def test_several_authors_in_one_book_have_one_part_each(twain: tuple[Author, Author], librarian: User) -> None:
    keep, other = twain
    third = Author.objects.create(name="S. Clemens", sort_name="Clemens, S.", match_key="clemens s")
    both = book("Letters", "M. Twain|OL2A")
    Contributor.objects.create(book=both, author=third)
    Contributor.objects.create(book=both, author=third, role="edt")
    before = rows()
    merge_authors(keep, others=[other, third], by=librarian)
    assert list(both.contributors.values_list("author", "role")) == [(keep.pk, "aut"), (keep.pk, "edt")]
    take_back(librarian, "merge_authors")
    assert rows() == before


def test_merge_of_authors_stays_once_one_of_their_books_was_edited(
    twain: tuple[Author, Author], librarian: User
) -> None:  # fmt: skip
    merge_authors(twain[0], others=[twain[1]], by=librarian)
    edited = BookDraft(title="Huck Finn", contributors=(DraftContributor("Mark Twain"), DraftContributor("A. Editor")))
    edit_book(Book.objects.get(title="Huck Finn"), edited, by=None)
    with pytest.raises(Refused, match="edited or deleted since"):
        take_back(librarian, "merge_authors")


def test_books_about_both_subjects_are_about_the_one_that_stays_and_back(librarian: User) -> None:
    book("A", subjects=("Whale",)), book("B", subjects=("Whales",)), book("C", subjects=("Whale", "Whales"))
    keep, other = Subject.objects.get(name="Whales"), Subject.objects.get(name="Whale")
    before = rows()
    merge_subjects(keep, others=[other], by=librarian)
    assert list(Book.objects.filter(subjects=keep).order_by("pk").values_list("title", flat=True)) == ["A", "B", "C"]
    assert (subject_for("whale"), kept_of("subject", other.pk), Subject.objects.count()) == (keep, keep.pk, 1)
    assert list(invariants.broken()) == []
    take_back(librarian, "merge_subjects")
    assert (rows(), list(invariants.broken())) == (before, [])


def test_merging_one_with_itself_or_with_one_that_is_gone_is_refused(twain: tuple[Author, Author]) -> None:
    codes = []
    for others in ([], [twain[0]], [Author(pk=99_999)]):
        with pytest.raises(Refused) as refused:
            merge_authors(twain[0], others=others, by=None)
        codes.append(refused.value.code)
    assert codes == ["nothing_to_merge", "nothing_to_merge", "not_here"]


def test_merges_that_lead_in_a_circle_lead_nowhere() -> None:
    for old, kept in ((1, 2), (2, 1)):
        MergedRecord.objects.create(kind="book", old=old, kept=kept, merged_at=timezone.now())
    assert kept_of("book", 1) is None


def test_pictures_that_show_no_more_go_when_the_merge_cannot_be_taken_back() -> None:
    now = timezone.now()
    for old, days in ((1, 9), (2, 3)):
        merged_at = now - timedelta(days=days)
        MergedRecord.objects.create(kind="book", old=old, kept=5, merged_at=merged_at, cover=f"covers/{old}.jpg")
    assert forget_covers(now - timedelta(days=8)) == 1
    assert list(MergedRecord.objects.order_by("old").values_list("cover", flat=True)) == ["", "covers/2.jpg"]


def test_record_that_was_merged_and_is_there_is_told(twain: tuple[Author, Author]) -> None:
    MergedRecord.objects.create(kind="author", old=twain[0].pk, kept=twain[1].pk, merged_at=timezone.now())
    assert list(invariants.broken()) == [f"author {twain[0].pk} was merged into another, and is there"]
