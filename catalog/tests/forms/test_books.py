"""The forms of a book: what they show of a draft and the draft they make."""

from typing import Any

import pytest

from catalog.drafts import BookDraft, DraftContributor
from catalog.forms.books import AddBookForm, BookForm, ByHandForm, EditBookForm, ReviewForm, initial_from
from catalog.models import CopyType
from catalog.services.books import add_book, snapshot
from catalog.services.importing import Match
from catalog.tests.factories import BookFactory, CopyTypeFactory

FULL = BookDraft(
    title="Emma", subtitle="A Novel", edition="2nd", contributors=(DraftContributor("Jane Austen"),
    DraftContributor("Quentin Blake", role="ill")), isbns=("9780140328721",), isbns_10=("0140328726",),
    isbns_invalid=("12",), lccns=("85081404",), oclcs=("1",), publisher="Penguin", place="London", year=1996,
    language="eng", pages=474, format="paperback", series="Classics", subjects=("England", "Love"),
    description="One\n\nTwo", call_number="823",
)  # fmt: skip


def sent(form: BookForm) -> dict[str, Any]:
    """What a browser sends of an unbound form that nobody touched."""
    return {name: value for name in form.fields if (value := form[name].value()) is not None}


def bound(base: BookDraft | None = None, **typed: Any) -> BookForm:
    return BookForm({"title": "Emma"} | typed, base=base)


# --- BookForm ---------------------------------------------------------------------------------------


def test_draft_that_was_shown_and_not_touched_is_the_same_draft() -> None:
    form = BookForm(sent(BookForm(base=FULL)), base=FULL)
    assert (form.is_valid(), form.errors, form.draft, form.wrong_isbns) == (True, {}, FULL, [])


def test_title_is_all_a_book_needs() -> None:
    form = bound()
    assert (form.is_valid(), form.draft) == (True, BookDraft(title="Emma"))


def test_initial_from_puts_wrong_isbns_behind_right_ones_and_people_a_line_each() -> None:
    shown = initial_from(FULL)
    assert (shown["isbn"], shown["people"], shown["subjects"]) == (
        "9780140328721, 12", "Jane Austen\nQuentin Blake (Illustrator)", "England\nLove",
    )  # fmt: skip


def test_numbers_the_form_does_not_show_stay() -> None:
    form = bound(FULL, isbn="")
    assert (form.is_valid(), form.draft.lccns, form.draft.oclcs, form.draft.isbns) == (True, ("85081404",), ("1",), ())


def test_wrong_isbns_names_only_new_ones() -> None:
    form = bound(FULL, isbn="12, 9780132567088")
    assert (form.is_valid(), form.wrong_isbns) == (True, ["9780132567088"])


def test_subjects_are_taken_once_and_without_empty_lines() -> None:
    form = bound(subjects="Love\r\n\r\n  England \nLove\n\u200b")
    assert (form.is_valid(), form.draft.subjects) == (True, ("Love", "England"))


@pytest.mark.parametrize(("typed", "kept"), [
    ("One\r\nTwo", "One\nTwo"), ("a\rb", "a\nb"), ("  x  ", "x"), ("a\u202eb\x07c", "ab c"), ("a  b", "a b"),
    ("<b>bold</b>", "<b>bold</b>"),
])  # fmt: skip
def test_description_is_kept_as_plain_lines(typed: str, kept: str) -> None:
    form = bound(description=typed)
    assert (form.is_valid(), form.draft.description) == (True, kept)


@pytest.mark.parametrize(("name", "most"), [
    ("title", 500), ("subtitle", 500), ("publisher", 300), ("place", 200), ("edition", 200), ("series", 300),
    ("call_number", 60), ("description", 10_000), ("people", 20_000), ("subjects", 20_000),
])  # fmt: skip
def test_longest_text_is_what_the_column_takes(name: str, most: int) -> None:
    assert bound(**{name: "x" * most}).is_valid()
    assert list(bound(**{name: "x" * (most + 1)}).errors) == [name]


def test_line_breaks_of_a_browser_count_once() -> None:
    assert bound(description="\r\n".join("x" * 5_000)).is_valid()


@pytest.mark.parametrize("title", ["", " ", "\u200b", "\ufeff\u2066"])
def test_title_of_nothing_visible_is_none(title: str) -> None:
    assert list(bound(title=title).errors) == ["title"]


@pytest.mark.parametrize(("name", "good", "bad"), [
    ("year", ["1", "868", "2100", ""], ["0", "-5", "2101", "MCM", "1.5"]),
    ("pages", ["1", "50000", ""], ["0", "50001", "ix"]),
    ("language", ["eng", "ger", ""], ["xxx", "en"]), ("format", ["paperback", ""], ["Paperback", "scroll"]),
])  # fmt: skip
def test_values_that_can_and_that_cannot_be(name: str, good: list[str], bad: list[str]) -> None:
    assert [bound(**{name: value}).is_valid() for value in good] == [True] * len(good)
    assert [list(bound(**{name: value}).errors) for value in bad] == [[name]] * len(bad)


def test_language_of_the_base_is_a_choice_even_when_it_is_rare() -> None:
    assert BookForm({"title": "x", "language": "grc"}, base=BookDraft(language="grc")).is_valid()


# --- AddBookForm and its kin ------------------------------------------------------------------------


@pytest.mark.django_db
def test_add_book_form_asks_three_fields_first_and_offers_the_first_copy_type() -> None:
    form = AddBookForm(currency="EUR")
    assert [field.name for field in form.first_fields] == ["isbn", "title", "people", "stock"]
    assert {field.name for field in form.first_fields + form.more_fields} == set(form.fields) - {"key"}
    assert [str(label) for _value, label in form.fields["copy_type"].choices] == ["Book"]


@pytest.mark.django_db
def test_copy_types_are_read_once(django_assert_num_queries: Any) -> None:
    CopyTypeFactory()
    with django_assert_num_queries(1):
        form = AddBookForm(currency="EUR")
        assert str(form["copy_type"]).count("<option") == 2
        assert str(form["copy_type"]).count("<option") == 2


@pytest.mark.django_db
def test_copy_type_made_meanwhile_is_offered_on_the_next_page() -> None:
    first = str(AddBookForm(currency="EUR")["copy_type"]).count("<option")
    CopyTypeFactory()
    assert str(AddBookForm(currency="EUR")["copy_type"]).count("<option") == first + 1


@pytest.mark.django_db
def test_copy_details_are_what_the_copies_get() -> None:
    kind = CopyType.objects.get()
    typed = {"title": "Emma", "stock": "3", "copy_type": kind.pk, "location": " Hall ", "price_minor": "12.50",
             "call_number": "823"}  # fmt: skip
    form = AddBookForm(typed, currency="EUR")
    assert (form.is_valid(), form.copy_details) == (True, {
        "stock": 3, "copy_type": kind, "location": "Hall", "price_minor": 1250, "call_number": "823",
    })  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("stock", "is_valid"), [("0", True), ("500", True), ("501", False), ("-1", False), ("", False)]
)
def test_stock_is_between_nought_and_five_hundred(stock: str, is_valid: bool) -> None:
    form = AddBookForm({"title": "x", "stock": stock, "copy_type": CopyType.objects.get().pk}, currency="EUR")
    assert form.is_valid() is is_valid


@pytest.mark.django_db
def test_by_hand_form_asks_whether_another_only_when_told() -> None:
    form = ByHandForm({"title": "x", "stock": "1", "copy_type": CopyType.objects.get().pk}, currency="EUR")
    assert (form.is_valid(), form["is_another"].is_hidden) == (True, True)
    form.ask_whether_another("It is here.")
    assert (form.errors["isbn"], [field.name for field in form.first_fields][:2]) == (
        ["It is here."], ["isbn", "is_another"],
    )  # fmt: skip
    assert ByHandForm(currency="EUR").first_names == ["isbn", "title", "people", "stock"]


@pytest.mark.django_db
@pytest.mark.parametrize(("by", "is_certain", "sentence", "answers"), [
    ("key", True, "“Emma” is here already.", ["copy"]), ("isbn", True, "“Emma” is here already.", ["copy", "new"]),
    ("isbn", False, "“Emma” is here and may be this book.", ["copy", "new"]),
])  # fmt: skip
def test_review_form_asks_whether_it_is_the_same_book(
    by: str, is_certain: bool, sentence: str, answers: list[str]
) -> None:
    typed = {"title": "x", "stock": "1", "copy_type": CopyType.objects.get().pk}
    form = ReviewForm(typed, currency="EUR", base=BookDraft())
    assert form.is_valid()
    form.ask_whether_same(Match(BookFactory(title="Emma"), by, is_certain))
    assert (form.errors["decision"], form.match.title) == ([sentence], "Emma")
    assert [value for value, _label in form.fields["decision"].choices] == answers
    assert form.first_fields[0].name == "decision"


# --- EditBookForm -----------------------------------------------------------------------------------


@pytest.mark.django_db
def test_edit_form_shows_the_book_and_carries_its_version() -> None:
    book = add_book(FULL, by=None)
    form = EditBookForm(snapshot=snapshot(book))
    assert (form["title"].value(), form["seen"].value()) == ("Emma", form.version)
    again = EditBookForm(sent(form), snapshot=snapshot(book))
    assert (again.is_valid(), again.draft) == (True, FULL)


@pytest.mark.django_db
def test_show_once_more_carries_the_version_that_is_there_now() -> None:
    book = add_book(FULL, by=None)
    form = EditBookForm({"title": "Mine", "seen": "old"}, snapshot=snapshot(book))
    assert form.is_valid()
    form.show_once_more("Somebody was faster.")
    assert (form["seen"].value(), form["title"].value(), form.non_field_errors()) == (
        form.version, "Mine", ["Somebody was faster."],
    )  # fmt: skip
