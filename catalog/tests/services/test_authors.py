"""The author or subject that is meant is found, or made, and never mixed up with another."""

import pytest

from catalog.drafts import DraftContributor
from catalog.models import Author, Subject
from catalog.services.authors import author_for, subject_for

pytestmark = pytest.mark.django_db
TWAIN = DraftContributor("Mark Twain", key="OL18319A")


def test_new_author_has_the_forms_to_sort_and_to_match_by() -> None:
    author = author_for(DraftContributor("Ursula K. Le Guin"))
    assert (author.name, author.sort_name, author.match_key, author.source_key) == (
        "Ursula K. Le Guin", "Le Guin, Ursula K.", "le guin ursula k", None,
    )  # fmt: skip


def test_sort_form_that_is_given_is_kept() -> None:
    assert author_for(DraftContributor("Pope Francis", "Francis, Pope")).sort_name == "Francis, Pope"


@pytest.mark.parametrize("name", ["Mark Twain", "mark twain", "Twain, Mark", "Twain, Mark, 1835-1910."])
def test_author_is_found_by_name_in_any_spelling(name: str) -> None:
    assert author_for(DraftContributor(name)) == author_for(DraftContributor("Mark Twain"))
    assert Author.objects.count() == 1


def test_author_is_found_by_key_whatever_the_name() -> None:
    author = author_for(TWAIN)
    assert author_for(DraftContributor("Samuel Clemens", key=TWAIN.key)) == author


def test_author_typed_by_hand_gets_the_key_of_the_source() -> None:
    author = author_for(DraftContributor("Mark Twain"))
    assert author_for(TWAIN) == author
    author.refresh_from_db()
    assert author.source_key == TWAIN.key


def test_two_keys_are_two_authors_though_they_are_called_alike() -> None:
    other = DraftContributor("Mark Twain", key="OL9A")
    assert author_for(TWAIN) != author_for(other)
    assert author_for(DraftContributor("Mark Twain")) == author_for(TWAIN)


@pytest.mark.parametrize("name", ["村上春樹", "محمود درويش", "!!!", "𝔄", "x" * 1_000, ", 1835-1910", "1984"])
def test_any_name_makes_one_author(name: str) -> None:
    assert author_for(DraftContributor(name)) == author_for(DraftContributor(name))


@pytest.mark.parametrize("name", ["Islands", "ISLANDS", " islands. "])
def test_subject_is_found_in_any_spelling(name: str) -> None:
    subject = subject_for("Islands")
    assert (subject_for(name), Subject.objects.count(), subject.name) == (subject, 1, "Islands")


@pytest.mark.parametrize("name", ["小説", "C++", "!!!", "x" * 1_000])
def test_any_subject_is_made_once(name: str) -> None:
    assert (subject_for(name), Subject.objects.get().name) == (subject_for(name), name[:300])
