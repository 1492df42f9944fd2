import csv
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import LibrarySettings, Member
from catalog.drafts import BookDraft, DraftContributor
from catalog.invariants import broken
from catalog.models import Author, Book, Copy, SearchDocument, Subject
from catalog.queries import search_books
from catalog.services.books import PLAIN_FIELDS, create_book, snapshot
from circulation.models import LedgerEntry, Loan

pytestmark = pytest.mark.django_db

FILES = {
    "authors": [["id", "name"], [1, "Le Guin, Ursula K."], [2, "Barrett, Andrea"], [3, "LE GUIN, Ursula K"]],
    "subjects": [["id", "heading"], [1, "Zoos"], [2, "Anarchism -- Fiction"], [3, "anarchism fiction"]],
    "publishers": [["id", "name"], [1, "Harper & Row"]],
    "places": [["id", "name"], [1, "New York"]],
    "titles": [
        ["id", "isbn", "title", "subtitle", "author_ids", "publisher_id", "place_id", "year", "lang", "pages", "callno",
         "subject_ids", "summary"],
        [1, "978-0-06-012563-9", "The Dispossessed", "an ambiguous utopia", "2|1|3", 1, 1, 1974, "en", 341,
         "813.54 LEG", "1|2|3", "Two worlds."],
        [2, "9780060125638", "Der Planet", "", "1", 1, 1, "", "de", "", "", "", ""],
    ],
    "copies": [
        ["id", "barcode", "title_id", "location", "acquired"],
        [1, "70001", 1, "Main stacks", "2020-03-01"], [2, "70002", 1, "Store", "2021-03-01"],
        [3, "70003", 2, "Main stacks", "2022-03-01"],
    ],
    "members": [
        ["id", "card", "surname", "given", "email", "kind", "joined", "expires"],
        [1, "R001", "Shevek", "Ana", "ana@library.example", "adult", "2024-01-02", "2030-01-02"],
        [2, "R002", "Takver", "Bo", "", "guest", "2024-02-03", ""],
    ],
    "loans_past": [
        ["id", "copy_id", "member_id", "out", "due", "back"],
        [1, 1, 1, "2025-03-01", "2025-03-22", "2025-04-20"], [2, 1, 1, "2025-05-01", "2025-05-22", "2025-05-10"],
    ],
    "loans_active": [["id", "copy_id", "member_id", "out", "due"], [1, 3, 1, "2026-01-01", "2026-01-22"]],
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, rows in FILES.items():
        write(tmp_path, name, rows)
    return tmp_path


def write(folder: Path, name: str, rows: list) -> None:
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)


def load(folder: Path, **options: bool) -> str:
    out = StringIO()
    call_command("bench_load", str(folder), stdout=out, stderr=StringIO(), **options)
    return out.getvalue()


def counts() -> list[int]:
    return [model.objects.count() for model in (Author, Subject, Book, Copy, Member, Loan)]


def test_bench_load_says_how_many_rows_of_each_file_it_loaded(folder: Path) -> None:
    lines = [line.split()[:3] for line in load(folder).splitlines()[:10]]
    assert [[name, int(rows)] for name, rows, *_rest in (line for line in lines if line[0] != "in")] == [
        ["authors", 3], ["subjects", 3], ["publishers", 1], ["places", 1], ["titles", 2], ["copies", 3],
        ["members", 2], ["loans_past", 2], ["loans_active", 1], ["documents", 2],
    ]  # fmt: skip
    assert counts() == [2, 2, 2, 3, 2, 3]


def test_bench_load_makes_books_that_are_found_with_what_was_lent_of_them(folder: Path) -> None:
    load(folder)
    found = SearchDocument.objects.filter(pk__in=search_books("dispossessed").pks)
    assert list(found.values_list("copies", "out", "times_lent")) == [(2, "", 2)]
    assert list(broken()) == []


def test_bench_load_makes_the_book_that_cataloguing_by_hand_makes(folder: Path) -> None:
    load(folder)
    loaded = Book.objects.get(title="The Dispossessed")
    by_hand = create_book(
        BookDraft(
            title="The Dispossessed", subtitle="an ambiguous utopia",
            contributors=(DraftContributor("Andrea Barrett"), DraftContributor("Ursula K. Le Guin")),
            isbns=("9780060125639",), publisher="Harper & Row", place="New York", published="1974", year=1974,
            language="eng", pages=341, call_number="813.54 LEG", description="Two worlds.",
            subjects=("Zoos", "Anarchism -- Fiction"),
        ),
        "librarian",
    )  # fmt: skip
    derived = ("sort_title", "match_key", "origins", *PLAIN_FIELDS)
    assert {name: getattr(loaded, name) for name in derived} == {name: getattr(by_hand, name) for name in derived}
    assert without_order_of_subjects(snapshot(loaded)) == without_order_of_subjects(snapshot(by_hand))
    assert Author.objects.count() == 2


def without_order_of_subjects(values: dict) -> dict:
    return values | {"subjects": sorted(values["subjects"])}


def test_bench_load_takes_an_isbn_with_a_wrong_check_digit_for_what_it_is(folder: Path) -> None:
    load(folder)
    book = Book.objects.get(title="Der Planet")
    assert list(book.identifiers.values_list("kind", "value")) == [("isbn_invalid", "9780060125638")]
    assert (book.sort_title, book.language, book.year, book.pages) == ("planet", "ger", None, None)


def test_bench_load_shelves_copies_at_the_first_branch(folder: Path) -> None:
    load(folder)
    copy = Copy.objects.get(barcode="70002")
    assert (copy.book.title, copy.call_number, copy.location) == ("The Dispossessed", "813.54 LEG", "Store")
    assert (copy.home_branch.code, copy.current_branch.code, copy.copy_type.code) == ("MAIN", "MAIN", "BOOK")
    assert copy.acquired_on == date(2021, 3, 1)


def test_bench_load_writes_loans_as_the_desk_would_have(folder: Path) -> None:
    load(folder)
    late, _early, running = Loan.objects.order_by("issued_at")
    assert late.issued_at == datetime(2025, 3, 1, 10, tzinfo=UTC)
    assert late.due_at == datetime(2025, 3, 22, 23, 59, 59, tzinfo=UTC)
    assert late.returned_at == late.closed_at == datetime(2025, 4, 20, 17, tzinfo=UTC)
    assert (late.outcome, late.copy.barcode, late.member.card_number) == ("returned", "70001", "R001")
    assert (late.category.code, late.copy_type.code, late.branch.code) == ("ADULT", "BOOK", "MAIN")
    assert (running.closed_at, running.outcome, running.copy.barcode) == (None, "", "70003")
    assert LedgerEntry.objects.count() == 0


def test_bench_load_registers_members_with_their_history(folder: Path) -> None:
    load(folder)
    members = Member.objects.order_by("card_number")
    assert [(m.name, m.category.name, m.loans_ever, m.expires_on) for m in members] == [
        ("Ana Shevek", "Adult", 3, date(2030, 1, 2)), ("Bo Takver", "Guest", 0, None),
    ]  # fmt: skip


def test_bench_load_opens_the_pages_of_a_library_that_was_not_set_up(folder: Path) -> None:
    LibrarySettings.objects.filter(pk=1).update(set_up_at=None)
    assert "createsuperuser" in load(folder)
    assert LibrarySettings.current().set_up_at is not None


def test_bench_load_refuses_a_library_with_books(folder: Path) -> None:
    load(folder)
    before = counts()
    with pytest.raises(CommandError, match="not empty: nothing was loaded"):
        load(folder)
    assert counts() == before


def test_bench_load_with_force_loads_beside_what_is_here(folder: Path) -> None:
    author = Author.objects.create(
        name="Ursula K. Le Guin", sort_name="Le Guin, Ursula K.", match_key="le guin ursula k"
    )
    subject = Subject.objects.create(name="ZOOS", match_key="zoos")
    load(folder, force=True)
    book = Book.objects.get(title="The Dispossessed")
    assert list(book.contributors.values_list("author__name", "order")) == [("Andrea Barrett", 0), (author.name, 1)]
    assert subject in book.subjects.all()


def changed(name: str, row: int, column: int, value: str) -> Callable[[Path], None]:
    rows = [list(each) for each in FILES[name]]
    rows[row][column] = value
    return lambda folder: write(folder, name, rows)


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda folder: (folder / "places.csv").unlink(), "lacks places.csv"),
        (changed("authors", 0, 1, "nom"), "authors.csv lacks the columns name"),
        (changed("subjects", 2, 0, "7"), "subjects.csv, line 3: a whole row with the id 2 must follow"),
        (changed("titles", 2, 4, "9"), "authors.csv has no row with the id “9” that titles.csv names"),
        (changed("copies", 2, 2, "5"), "titles.csv has no row with the id “5”"),
        (changed("copies", 3, 4, "soon"), "copies.csv, ids 1 to 3: Invalid isoformat string: 'soon'"),
        (changed("copies", 3, 1, "70001"), "copies.csv: the database refused it"),
        (changed("loans_past", 1, 5, "2025-01-01"), "loans_past.csv: the database refused it"),
    ],
)
def test_bench_load_loads_nothing_of_a_data_set_with_a_fault(
    folder: Path, spoil: Callable[[Path], None], complaint: str
) -> None:
    spoil(folder)
    with pytest.raises(CommandError) as raised:
        load(folder)
    assert complaint in str(raised.value)
    assert str(raised.value).endswith("Nothing was loaded.")
    assert counts() == [0, 0, 0, 0, 0, 0]


def test_bench_load_of_the_generators_data_leaves_a_sound_library(tmp_path: Path) -> None:
    generator = Path(settings.BASE_DIR) / "bench" / "make_data.py"
    subprocess.run([sys.executable, str(generator), str(tmp_path), "--titles", "300"], check=True)
    load(tmp_path)
    assert Book.objects.count() == 300
    out = StringIO()
    call_command("check_invariants", stdout=out)
    assert out.getvalue() == "The library is sound.\n"
