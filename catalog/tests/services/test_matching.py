"""A draft is matched with what is here in one way, whether one is looked at or many; what is doubtful is asked."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.drafts import BookDraft, CopyDraft, DraftContributor
from catalog.models import Book, ImportBatch, ImportRow
from catalog.services.importing import save_draft
from catalog.services.matching import Known, best, find_match, find_matches, known_here, similar
from catalog.services.seeking import Sought
from catalog.tests.factories import CopyFactory
from catalog.tests.services.importing import DRAFT, ISBN, OTHER_ISBN, here

pytestmark = pytest.mark.django_db
TITLES = ["", "Walden", "Emma", "Cooking for Dogs"]
# The same edition under another key and without numbers.
BARE = replace(DRAFT, source_key="OL2M", isbns=(), lccns=(), oclcs=())


def match_of(draft: BookDraft) -> tuple[Book, str, bool] | None:
    match = find_match(draft)
    return (match.book, match.by, match.is_certain) if match else None


def test_nothing_here_matches() -> None:
    assert (match_of(DRAFT), match_of(BookDraft())) == (None, None)


def test_key_in_the_source_is_certain_whatever_else_it_says() -> None:
    book = save_draft(DRAFT, by=None).book
    assert match_of(BookDraft(title="Something else", source="openlibrary", source_key="OL1M")) == (book, "key", True)
    assert match_of(BookDraft(title="Something else", source="other", source_key="OL1M")) is None


def test_isbn_and_a_similar_title_are_certain() -> None:
    book = here(isbns=(ISBN,))
    assert match_of(replace(BARE, isbns=(OTHER_ISBN, ISBN), title="The wasp factory: a novel")) == (book, "isbn", True)


def test_of_several_books_with_one_isbn_the_one_called_alike_is_meant() -> None:
    here(title="Cooking for Dogs", isbns=(ISBN,))
    book = here(isbns=(ISBN,))
    assert match_of(DRAFT) == (book, "isbn", True)


def test_same_misprinted_isbn_is_one_book() -> None:
    book = here(isbns_invalid=("9780132567088",))
    assert match_of(replace(BARE, isbns_invalid=("9780132567088",))) == (book, "isbn", True)


@pytest.mark.parametrize("kind", ["lccns", "oclcs"])
def test_other_numbers_are_certain_with_a_similar_title_and_doubtful_without(kind: str) -> None:
    numbers = {kind: ("84012345",)}
    book = here(**numbers)
    assert match_of(replace(BARE, **numbers)) == (book, kind[:-1], True)
    assert match_of(replace(BARE, title="Cooking for Dogs", **numbers)) == (book, kind[:-1], False)


def test_paperback_with_the_number_of_the_hardback_is_doubtful() -> None:
    book = here(isbns=(OTHER_ISBN,), lccns=("84012345",))
    assert match_of(DRAFT) == (book, "lccn", False)


def test_number_of_another_kind_is_no_match() -> None:
    here(title="Other", oclcs=("84012345",))
    assert match_of(replace(BARE, lccns=("84012345",))) is None


ALIKE = {"contributors": (DraftContributor("Banks, Iain"),), "publisher": "ABACUS", "year": 1991}


def test_same_text_is_doubtful() -> None:
    book = here(title="The wasp factory!", **ALIKE)
    assert match_of(BARE) == (book, "text", False)


def test_one_that_says_the_same_in_all_that_tells_books_is_certain() -> None:
    book = here(title="The wasp factory!", contributors=(DraftContributor("Banks, Iain"),), publisher="ABACUS",
                year=1990, pages=184)  # fmt: skip
    assert match_of(BARE) == (book, "text", True)
    assert match_of(replace(BARE, subtitle="a novel")) == (book, "text", False)
    assert match_of(replace(BARE, pages=200)) == (book, "text", False)


@pytest.mark.parametrize(
    "other",
    [{"title": "The Crow Road"}, {"year": 1992}, {"publisher": "Virago"},
     {"contributors": (DraftContributor("Iain Sinclair"),)}, {"contributors": ()}],
)  # fmt: skip
def test_text_that_differs_is_no_match(other: dict) -> None:
    here(**ALIKE | other)
    assert match_of(BARE) is None


@pytest.mark.parametrize("missing", [{"year": None}, {"publisher": ""}, {"year": None, "publisher": ""}])
def test_text_that_says_less_is_doubtful(missing: dict) -> None:
    book = here(**ALIKE)
    assert match_of(replace(BARE, **missing)) == (book, "text", False)
    assert match_of(replace(BARE, contributors=(), **missing)) is None


def test_books_of_nobody_are_alike_with_the_same_publisher_and_year() -> None:
    book = here(publisher="Abacus", year=1990)
    nobody_s = replace(BARE, contributors=())
    assert match_of(nobody_s) == (book, "text", False)
    assert match_of(replace(nobody_s, pages=None)) == (book, "text", True)
    assert match_of(replace(nobody_s, year=1991)) is None


def test_same_text_with_different_isbns_is_another_edition() -> None:
    here(isbns=(OTHER_ISBN,), **ALIKE)
    assert match_of(replace(BARE, isbns=(ISBN,))) is None


@pytest.mark.parametrize(
    ("one", "other", "is_similar"),
    [
        ("The Wasp Factory", "The wasp factory (Abacus books)", True),
        ("Neuromancer", "Neuromancer: a novel of the future, with a foreword", True),
        ("Colour", "Color", True),
        ("The Wasp Factory", "Cooking for Dogs", False),
        ("Art", "Heart of Darkness", False),
        ("", "Cooking for Dogs", False),
        ("吾輩は猫である", "吾輩は猫である", True),
        ("!!!", "???", False),
    ],
)
def test_titles_are_similar(one: str, other: str, is_similar: bool) -> None:
    assert (similar(one, other), similar(other, one)) == (is_similar, is_similar)


# --- many at once -----------------------------------------------------------------------------------


def test_barcode_of_a_copy_names_its_book() -> None:
    book = here()
    CopyFactory(book=book, barcode="C1")
    with_copy = replace(BARE, copies=(CopyDraft(barcode=" c1"),))
    assert match_of(with_copy) == (book, "barcode", True)
    assert match_of(replace(with_copy, title="Cooking for Dogs")) == (book, "barcode", False)


def test_line_brought_in_by_another_batch_is_known_as_long_as_its_book_is_here() -> None:
    book, batch = here(), ImportBatch.objects.create()
    for n, outcome in enumerate(("added", "undone"), 1):
        ImportRow.objects.create(batch=batch, n=n, raw="x", raw_digest=f"d{n}", outcome=outcome, created_book=book)
    other = Sought.of(BookDraft(title="Something else"))
    digests = ["d1", "d2", ""]
    found = known_here([other] * 3, digests)
    assert [best(other, found, digest) and best(other, found, digest).id for digest in digests] == [book.pk, None, None]
    assert known_here([other], ["d1"], batch).rows == {}


def test_earlier_lines_of_a_file_count_after_the_books_here() -> None:
    book = here(isbns=(ISBN,))
    known = known_here([Sought.of(DRAFT)])
    known.add(Sought.of(DRAFT), -1)
    known.add(Sought.of(replace(DRAFT, isbns=(OTHER_ISBN,), source_key="OL9M", lccns=(), oclcs=())), -2)
    ours, lines = (Sought.of(replace(BARE, isbns=(isbn,))) for isbn in (ISBN, OTHER_ISBN))
    assert (best(ours, known).id, best(lines, known).id) == (book.pk, -2)
    assert best(Sought.of(DRAFT), Known()) is None


@pytest.mark.parametrize("count", [1, 3])
def test_many_drafts_cost_as_many_queries_as_one(count: int) -> None:
    books = [here(title=TITLES[n], isbns=(ISBN,), contributors=(DraftContributor(f"A. N. Author{n}"),), year=n)
             for n in range(1, count + 1)]  # fmt: skip
    drafts = [replace(DRAFT, title=book.title, contributors=(DraftContributor(f"A. N. Author{n}"),), year=n,
                      copies=(CopyDraft(barcode=f"C{n}"),)) for n, book in enumerate(books, 1)]  # fmt: skip
    with CaptureQueriesContext(connection) as asked:
        found = find_matches(drafts)
    assert ([match.book for match in found if match], len(asked)) == (books, 8)
