"""What is in the catalogue, for whom, in what order, and by how many queries."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from accounts.queries import default_branch
from accounts.tests.factories import UserFactory
from catalog import queries
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, Copy, CopyType, Cover, ImportBatch, ImportRow, SourceRecord, Subject
from catalog.search.filters import Filters
from catalog.search.marks import Facet
from catalog.services.books import add_book
from catalog.services.copies import add_copies
from catalog.services.importing import save_draft
from catalog.services.search import index_books
from catalog.tests.factories import BookFactory, BookIdentifierFactory, CopyFactory, CopyTypeFactory

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
TODAY = date(2026, 5, 5)
ISBN, ISBN_10 = "9780349101774", "0349101779"
FULL = {
    "contributors": (DraftContributor("Iain Banks"),), "subjects": ("Islands",), "publisher": "Abacus",
    "series": "Culture",
}  # fmt: skip


def book(title: str = "The Wasp Factory", **facts: Any) -> Book:
    return add_book(BookDraft(title=title, **facts), by=None)


def withdrawn(of: Book) -> Copy:
    return CopyFactory(book=of, withdrawn_on=TODAY)


def titles(books: Any) -> list[str]:
    return [each.title for each in books]


def shelf(count: int) -> None:
    """``count`` books with everything that lists show."""
    for number in range(count):
        each = book(f"Title {number}", isbns=(ISBN,), **FULL)
        Cover.objects.create(book=each)
        CopyFactory(book=each)


def shown(books: Any) -> list[tuple]:
    """Reads what a row of a list shows."""
    return [
        (each.title, each.cover.state, [part.author.name for part in each.contributors.all()],
         each.search_document.copies)
        for each in books
    ]  # fmt: skip


# --- searching --------------------------------------------------------------------------------------


def found(text: str, **how: Any) -> list[Book]:
    return queries.in_order(Book.objects.all(), queries.search_books(text, **how).pks)


@pytest.mark.parametrize(
    "text",
    ["wasp", "WASP FACTORY", "fact wasp", "banks", "iain fact", "islands", "abacus", "culture", ISBN, ISBN_10,
     "0-349-10177-9", "ISBN 978 0 349 10177 4",
     "９７８０３４９１０１７７４", "]E09780349101774", "97803491", "novel"],
)  # fmt: skip
def test_search_finds_a_book_by_all_it_says(text: str) -> None:
    wasp = book(subtitle="A Novel", isbns=(ISBN,), isbns_10=(ISBN_10,), **FULL)
    book("Other")
    assert found(text) == [wasp]


@pytest.mark.parametrize("text", ["zebra", "9780684853154", "9" * 10_000, "-wasp zebra"])
def test_search_finds_nothing_else(text: str) -> None:
    book(isbns=(ISBN,), **FULL)
    assert found(text) == []


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_search_for_nothing_finds_everything(text: str) -> None:
    book("Zoo"), book("The Ant"), book("Bee")
    assert titles(found(text, sort="title")) == ["The Ant", "Bee", "Zoo"]


def test_search_stays_within_its_filters() -> None:
    book("Wasp One"), book("Wasp Two", format="audio")
    assert titles(found("wasp", filters=Filters(facets=(Facet("f", "audio"),)))) == ["Wasp Two"]


@pytest.mark.parametrize("text", ["978-0132567088", "9780132567088"])
def test_wrong_isbn_is_found_in_any_spelling(text: str) -> None:
    java = book(isbns_invalid=("9780132567088",))
    assert (found(text), list(queries.books_with_isbn(text))) == ([java], [java])


def test_same_isbn_twice_finds_both_oldest_first() -> None:
    both = [book("Zoo", isbns=(ISBN,), isbns_10=(ISBN_10,)), book("Ant", isbns=(ISBN,))]
    assert list(queries.books_with_isbn(ISBN_10)) == both
    assert titles(found(ISBN, sort="title")) == ["Ant", "Zoo"]


def test_number_that_is_no_isbn_is_not_taken_for_one() -> None:
    book(oclcs=("1234567890",))
    assert list(queries.books_with_isbn("1234567890")) == []


@pytest.mark.parametrize("text", ["", "wasp", "9790060115615", "\0", None, "1" * 100_000])
def test_text_that_is_no_isbn_has_no_books(text: Any) -> None:
    book(isbns=(ISBN,))
    assert list(queries.books_with_isbn(text)) == []


# --- what readers may see ---------------------------------------------------------------------------


def test_readers_see_all_but_books_whose_every_copy_was_withdrawn() -> None:
    ordered, gone, half, lost = (book(title, isbns=(ISBN,)) for title in ("Ordered", "Gone", "Half", "Lost"))
    withdrawn(gone), withdrawn(half), CopyFactory(book=half), CopyFactory(book=lost, lost_on=TODAY)
    index_books([each.pk for each in (ordered, gone, half, lost)])
    visible = [half, lost, ordered]
    assert list(queries.public_books().order_by("title")) == visible
    assert found("", sort="title") == visible
    assert found(ISBN, sort="title") == visible
    assert found("gone") == []
    assert found("gone", filters=Filters(shows_hidden=True)) == [gone]


def test_new_arrivals_are_the_newest_that_readers_may_see() -> None:
    books = [book(f"T{number}") for number in range(4)]
    withdrawn(books[3])
    Book.objects.filter(pk=books[0].pk).update(created_at=NOW + timedelta(days=36_500))
    assert titles(queries.new_arrivals(2)) == ["T0", "T2"]


def test_books_of_an_author_come_once_each_by_title() -> None:
    both = (DraftContributor("Tove Jansson"), DraftContributor("Tove Jansson", role="ill"))
    book("Zoo", contributors=both), book("Ant", contributors=both[1:]), book("Other")
    withdrawn(book("Gone", contributors=both))
    assert titles(queries.books_of_author(Author.objects.get())) == ["Ant", "Zoo"]


def test_books_about_a_subject_come_by_title() -> None:
    book("Zoo", subjects=("Islands",)), book("Ant", subjects=("ISLANDS",)), book("Other")
    withdrawn(book("Gone", subjects=("Islands",)))
    assert titles(queries.books_about(Subject.objects.get())) == ["Ant", "Zoo"]


# --- scanned ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("scan", ["B1", "b1", " B1\r\n", "]C1B1", "*B1*"])
def test_barcode_means_its_book_even_withdrawn(scan: str) -> None:
    copy = CopyFactory(barcode="B1", withdrawn_on=TODAY)
    book("Other B1")
    assert queries.books_scanned(scan, Book.objects.all()) == [copy.book]
    assert queries.books_scanned(scan, queries.public_books()) == []


def test_book_two_of_whose_copies_fit_a_scan_comes_once() -> None:
    copy = CopyFactory(barcode="0123")
    CopyFactory(barcode="123", book=copy.book)
    assert queries.books_scanned("123", Book.objects.all()) == [copy.book]


def test_words_are_no_scan() -> None:
    book("B1")
    assert [queries.books_scanned(text, Book.objects.all()) for text in ("wasp", "", " ")] == [[], [], []]


# --- lists, by how many queries ---------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_row_of_a_list_costs_nothing_of_its_own(count: int, django_assert_num_queries: Any) -> None:
    shelf(count)
    author, subject = Author.objects.get(), Subject.objects.get()
    for books in (
        queries.for_lists(queries.public_books()), queries.new_arrivals(5), queries.books_of_author(author),
        queries.books_about(subject),
    ):  # fmt: skip
        with django_assert_num_queries(2):
            rows = sorted(shown(books))
        assert rows == [(f"Title {number}", "queued", ["Iain Banks"], 0) for number in range(count)]


@pytest.mark.parametrize("count", [1, 3])
def test_names_of_authors_subjects_and_branches_take_one_query(count: int, django_assert_num_queries: Any) -> None:
    people = [Author.objects.create(name=f"A{n}", sort_name="a", match_key=f"a{n}") for n in range(count)]
    subject, branch = Subject.objects.create(name="S", match_key="s"), default_branch()
    facets = [*(Facet("a", str(each.pk)) for each in people), Facet("s", str(subject.pk)), Facet("b", str(branch.pk))]
    with django_assert_num_queries(1):
        names = queries.names_of([*facets, Facet("l", "eng"), Facet("s", "999999")])
    assert names == dict(zip(facets, [*(each.name for each in people), "S", branch.name], strict=True))
    assert queries.names_of([Facet("l", "eng")]) == {}


@pytest.mark.parametrize("count", [1, 3])
def test_isbns_to_show_take_one_query(count: int, django_assert_num_queries: Any) -> None:
    shelf(count)
    keys = list(Book.objects.order_by("pk").values_list("pk", flat=True))
    with django_assert_num_queries(1):
        assert queries.isbns_of(keys) == dict.fromkeys(keys, ISBN)


@pytest.mark.parametrize("count", [1, 3])
def test_lines_of_an_import_take_one_query(count: int, django_assert_num_queries: Any) -> None:
    batch = ImportBatch.objects.create()
    for number in range(count, 0, -1):
        ImportRow.objects.create(
            batch=batch, n=number, raw="x", created_book=BookFactory(title="New"), matched_book=BookFactory(title="Old")
        )
    with django_assert_num_queries(1):
        rows = [(row.n, row.created_book.title, row.matched_book.title) for row in queries.rows_of(batch)]
    assert rows == [(number, "New", "Old") for number in range(1, count + 1)]


@pytest.mark.parametrize("count", [1, 3])
def test_copies_of_an_import_take_one_query(count: int, django_assert_num_queries: Any) -> None:
    batch, other = ImportBatch.objects.create(), ImportBatch.objects.create()
    copies = [CopyFactory() for _each in range(count)]
    ImportRow.objects.create(batch=batch, n=1, raw="x").created_copies.set(copies)
    ImportRow.objects.create(batch=other, n=1, raw="x").created_copies.set([CopyFactory()])
    with django_assert_num_queries(1):
        assert [(copy, copy.book.title) for copy in queries.copies_of(batch)] == [
            (copy, copy.book.title) for copy in copies
        ]


@pytest.mark.parametrize("count", [1, 3])
def test_copies_added_take_two_queries(count: int, librarian: User, django_assert_num_queries: Any) -> None:
    for number in range(count):
        add_book(BookDraft(title=f"T{number}"), by=librarian, stock=1, now=NOW)
    with django_assert_num_queries(2):
        added = [copy.book.title for copy in queries.copies_added(librarian, NOW, 10)]
    assert added == [f"T{number}" for number in reversed(range(count))]


@pytest.mark.parametrize("count", [1, 3])
def test_editions_here_take_four_queries(count: int, django_assert_num_queries: Any) -> None:
    for number in range(count):
        save_draft(draft(f"OL{number}M"), by=None)
    with django_assert_num_queries(4):
        assert len(queries.editions_here([], ["OL1W"], [])) == count


# --- what was added and imported --------------------------------------------------------------------


def test_copies_added_are_the_last_of_this_person_from_any_way_of_adding(librarian: User) -> None:
    later = NOW + timedelta(minutes=1)
    yesterday = NOW - timedelta(days=1)
    add_book(BookDraft(title="Yesterday"), by=librarian, stock=1, now=yesterday)
    add_book(BookDraft(title="By another"), by=UserFactory(), stock=1, now=NOW)
    by_hand = add_book(BookDraft(title="By hand"), by=librarian, stock=2, now=NOW)
    imported = save_draft(draft("OL1M"), by=librarian, now=NOW).copies
    more = add_copies(by_hand, count=1, by=librarian, now=later)
    for _each in range(12):  # here already: nothing was added
        save_draft(draft("OL1M"), by=librarian, now=later)
    mine = [*more, *imported, *reversed(by_hand.copies.exclude(pk=more[0].pk).order_by("pk"))]
    assert queries.copies_added(librarian, NOW, 10) == mine
    assert queries.copies_added(librarian, NOW, 3) == mine[:3]
    assert (queries.copies_added(librarian, later + timedelta(1), 10), queries.copies_added(librarian, NOW, 0)) == (
        [],
        [],
    )


def test_copies_that_are_gone_are_not_among_those_added(librarian: User) -> None:
    (copy,) = add_copies(BookFactory(), by=librarian, now=NOW)
    copy.delete()
    assert queries.copies_added(librarian, NOW, 10) == []


def test_outcomes_of_an_import_are_counted() -> None:
    batch = ImportBatch.objects.create()
    for number, outcome in enumerate(["added", "added", "failed", "waiting"]):
        ImportRow.objects.create(batch=batch, n=number, raw="x", outcome=outcome)
    assert queries.outcomes(batch) == {"added": 2, "failed": 1, "waiting": 1}
    assert queries.outcomes(ImportBatch.objects.create()) == {}


def test_isbn_to_show_is_the_best_one() -> None:
    full, ten, wrong, none = (BookFactory() for _each in range(4))
    for of, kind, value in [
        (full, "lccn", "1"), (full, "isbn_invalid", "2"), (full, "isbn10", "3"), (full, "isbn13", "4"),
        (full, "isbn13", "5"), (ten, "isbn_invalid", "6"), (ten, "isbn10", "7"), (wrong, "isbn_invalid", "8"),
        (none, "oclc", "9"),
    ]:  # fmt: skip
        BookIdentifierFactory(book=of, kind=kind, value=value)
    assert queries.isbns_of([full.pk, ten.pk, wrong.pk, none.pk]) == {full.pk: "4", ten.pk: "7", wrong.pk: "8"}
    assert queries.isbns_of([]) == {}


# --- beside a source --------------------------------------------------------------------------------


def draft(key: str, **facts: Any) -> BookDraft:
    return BookDraft(title=f"Book {key}", source="openlibrary", source_key=key, work_key="OL1W", **facts)


def test_editions_here_are_found_by_key_work_or_isbn() -> None:
    keyed, worked, numbered, _other = (
        save_draft(draft("OL1M"), by=None).book,
        save_draft(draft("OL2M"), by=None).book,
        book(isbns=(ISBN,), oclcs=("1234567890",)),
        book("Other"),
    )
    SourceRecord.objects.filter(key="OL1M").update(work_key="")
    found = queries.editions_here(["OL1M", ""], ["OL1W", ""], [ISBN])
    assert [(here.book, here.numbers, here.works, here.copies) for here in found] == [
        (keyed, {"OL1M"}, frozenset(), 1),
        (worked, {"OL2M"}, {"OL1W"}, 1),
        (numbered, {ISBN, "1234567890"}, frozenset(), 0),
    ]
    assert queries.editions_here([""], [""], []) == []
    assert queries.editions_here([], [], ["1234567890"]) == []


def test_withdrawn_copies_do_not_count_as_here() -> None:
    found = book()
    CopyFactory(book=found), CopyFactory(book=found, lost_on=TODAY), withdrawn(found)
    assert queries.here_as(found).copies == 2


def test_source_record_is_the_first_of_open_library() -> None:
    found = save_draft(draft("OL1M", isbns=(ISBN,)), by=None).book
    save_draft(draft("OL2M", isbns=(ISBN,)), by=None, decision="copy")
    assert queries.source_record(found) == SourceRecord.objects.get(key="OL1M")
    assert queries.source_record(book("By hand")) is None


def test_default_copy_type_is_the_first() -> None:
    first = CopyType.objects.get()
    CopyTypeFactory(code="A")
    assert queries.default_copy_type() == first
