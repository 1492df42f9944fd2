"""What is probably there twice, two records beside each other, merging them and taking that back at the desk."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, NotTheSame, Subject
from catalog.services.books import add_book
from catalog.services.merged import kept_of
from catalog.tests.factories import CopyFactory
from circulation.models import Hold
from circulation.tests.factories import make_hold

pytestmark = pytest.mark.django_db
LIST, BOOKS = reverse("catalog:duplicates"), reverse("catalog:merge_books")


def made(title: str = "Emma", people: tuple[str, ...] = ("Jane Austen",), **said: object) -> Book:
    contributors = tuple(map(DraftContributor, people))
    return add_book(BookDraft(title=title, contributors=contributors, year=1815, **said), by=None)


@pytest.fixture
def two(db: None) -> tuple[Book, Book]:
    """The same book twice; the second one has a copy, which somebody waits for."""
    one, other = made(publisher="Penguin"), made(publisher="Vintage", series="Classics", subjects=("Love",))
    make_hold(CopyFactory(book=other).book)
    return one, other


def which(one: Book, other: Book) -> str:
    return f"{BOOKS}?one={one.pk}&other={other.pk}"


@pytest.mark.parametrize("pairs", [1, 3])
def test_duplicates_stand_beside_each_other_with_the_reason(
    pairs: int, desk: Client, django_assert_num_queries: Callable
) -> None:  # fmt: skip
    for n in range(pairs):
        for _twice in range(2):
            made(f"Novel {n}")
            made(f"Tale {n}", isbns=(f"978000000000{n}",))
        made(f"Poems {n}", isbns=(f"978000000000{n}",))
    desk.get(LIST)
    with django_assert_num_queries(12):
        page = desk.get(LIST)
    rows = [(one.title, other.title, str(reason)) for one, other, reason in page.context["rows"]]
    poems = [(f"Tale {n}", f"Poems {n}", "Same ISBN, but another title") for n in range(pairs)]
    assert rows[: 2 * pairs] == [
        *((f"Tale {n}", f"Tale {n}", "Same ISBN") for n in range(pairs)),
        *((f"Novel {n}", f"Novel {n}", "Same title, author and year") for n in range(pairs)),
    ]  # fmt: skip
    assert rows[2 * pairs :] == [row for row in poems for _each_tale in range(2)]


@pytest.mark.parametrize(
    ("kind", "names"), [("authors", ("M. Twain", "Mark Twain")), ("subjects", ("Whale", "Whales"))]
)
def test_authors_and_subjects_have_lists_of_their_own(kind: str, names: tuple[str, str], desk: Client) -> None:
    for name in names:
        made(f"By {name}", people=(name,), subjects=(name,))
    page = desk.get(LIST, {"kind": kind})
    assert [{one.name, other.name} for one, other, _why in page.context["rows"]] == [set(names)]


def test_page_that_makes_no_sense_is_the_first_or_empty(desk: Client, two: tuple[Book, Book]) -> None:
    shown = [len(desk.get(LIST, {"page": page}).context["rows"]) for page in ("x", "0", "9" * 30, "7")]
    assert shown == [1, 1, 1, 0]


def test_what_is_not_the_same_is_remembered(desk: Client, two: tuple[Book, Book]) -> None:
    form = {"kind": "book", "one": two[1].pk, "other": two[0].pk}
    answer = desk.post(reverse("catalog:not_the_same"), form, follow=True)
    assert "will not be shown together again" in answer.content.decode()
    assert list(NotTheSame.objects.values_list("one", "other")) == [(two[0].pk, two[1].pk)]
    assert answer.context["rows"] == []


@pytest.mark.parametrize(
    "form", [{}, {"kind": "cat", "one": 1, "other": 2}, {"kind": "book", "one": "9" * 30, "other": 1}]
)
def test_not_the_same_of_nothing_is_refused_in_words(form: dict, desk: Client) -> None:
    answer = desk.post(reverse("catalog:not_the_same"), form, follow=True)
    assert ("Choose two different ones" in answer.content.decode(), NotTheSame.objects.count()) == (True, 0)


def test_comparison_marks_what_differs_and_proposes_the_one_with_copies(desk: Client, two: tuple[Book, Book]) -> None:
    form = desk.get(which(*two)).context["form"]
    assert [(row.name, field.initial if field else "") for _label, row, field in form.shown if row.differs] == [
        ("publisher", str(two[1].pk)), ("series", str(two[1].pk)), ("subjects", str(two[1].pk)),
    ]  # fmt: skip
    assert form["keep"].initial == two[1].pk


def test_merge_at_the_desk_moves_everything_and_can_be_taken_back(desk: Client, two: tuple[Book, Book]) -> None:
    one, other = two
    sent = desk.get(which(one, other)).context["form"]
    form = {"keep": one.pk, "seen": sent["seen"].initial or sent.initial["seen"], "key": "one-form"}
    form |= {"of_publisher": one.pk, "of_series": other.pk, "of_subjects": other.pk}
    answer = desk.post(which(one, other), form, follow=True)
    assert answer.redirect_chain == [(reverse("catalog:edit_book", args=[one.pk]), 302)]
    one.refresh_from_db()
    assert (one.publisher, one.series, one.copies.count(), Hold.objects.get().book_id) == (
        "Penguin", "Classics", 1, one.pk,
    )  # fmt: skip
    assert kept_of("book", other.pk) == one.pk
    page = desk.get(LIST)
    assert [name for _action, name in page.context["merged"]] == ["Emma"]
    desk.post(reverse("catalog:part_merged", args=[Action.objects.get(verb="merge_books").pk]))
    assert (Book.objects.count(), Hold.objects.get().book_id) == (2, other.pk)


def test_choice_that_is_missing_is_asked_for_and_nothing_is_lost(desk: Client, two: tuple[Book, Book]) -> None:
    one, other = two
    answer = desk.post(which(one, other), {"keep": other.pk, "of_series": other.pk, "of_subjects": other.pk})
    form = answer.context["form"]
    assert (list(form.errors), form["of_series"].value(), Book.objects.count()) == (["of_publisher"], str(other.pk), 2)


def test_book_that_changed_meanwhile_is_shown_once_more(desk: Client, two: tuple[Book, Book]) -> None:
    one, other = two
    form = {"keep": one.pk, "of_publisher": one.pk, "of_series": one.pk, "of_subjects": one.pk, "seen": "old"}
    answer = desk.post(which(one, other), form)
    assert "changed one of them while you compared" in answer.content.decode()
    assert answer.context["form"]["seen"].value() != "old"


@pytest.mark.parametrize("asked", ["", "?one=9999999", "?one=x", "?one=1&other=1", "?one=" + "9" * 40])
def test_without_two_books_the_page_lets_look_for_them(asked: str, desk: Client, two: tuple[Book, Book]) -> None:
    answer = desk.get(BOOKS + asked)
    assert (answer.status_code in (200, 400), answer.context["found"]) == (True, [])


def test_other_book_is_found_by_its_words(desk: Client, two: tuple[Book, Book]) -> None:
    answer = desk.get(BOOKS, {"one": two[0].pk, "q": "emma"})
    assert answer.context["found"] == [two[1]]


@pytest.mark.parametrize(("kind", "model"), [("authors", Author), ("subjects", Subject)])
def test_names_are_merged_and_found_by_their_words(kind: str, model: type, desk: Client) -> None:
    for name in ("Mark Twain", "M. Twain"):
        made(f"By {name}", people=(name,), subjects=(name,))
    one, other = model.objects.order_by("pk")
    where = reverse(f"catalog:merge_{kind}")
    assert desk.get(where, {"one": one.pk, "q": "twain"}).context["found"] == [other]
    answer = desk.post(f"{where}?one={one.pk}&other={other.pk}", {"keep": one.pk}, follow=True)
    assert answer.redirect_chain == [(one.get_absolute_url(), 302)]
    assert (model.objects.get(), answer.context["page"].paginator.count) == (one, 2)
