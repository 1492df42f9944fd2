"""Everything out and in again: the same drafts, the same members, the same loans, in every form."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

import pytest

from accounts.exceptions import Refused
from accounts.models import LibrarySettings
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.drafts import BookDraft, SourceRow
from catalog.exports import drafts_of
from catalog.marc.reading import read_marc
from catalog.marc.xml import read_marcxml
from catalog.models import Book, CopyType
from catalog.services.books import add_book
from catalog.services.importing import save_draft
from catalog.tables.jsonlines import read_jsonl
from catalog.tables.looking import facts_of, look_at
from catalog.tables.reading import read_table
from catalog.tests.factories import CopyFactory
from catalog.tests.tables.test_own import TITLES, full
from circulation.exports.writing import Export
from circulation.models import Loan
from circulation.tables import SPECS
from circulation.tests.factories import make_loan, set_library

pytestmark = pytest.mark.django_db


@pytest.fixture
def filled(library: LibrarySettings) -> list[BookDraft]:
    """A library with every field in every script; its books as drafts."""
    branch, dvd = BranchFactory(code="EAST"), CopyType.objects.create(code="DVD", name="DVD")
    for n, title in enumerate(TITLES):
        draft = full(title)
        book = save_draft(draft, by=None, copies=0).book if n == 0 else add_book(draft, by=None)
        for each in draft.copies:
            CopyFactory(
                book=book, barcode=f"{each.barcode}-{n}", home_branch=branch, copy_type=dvd, price_minor=each.price,
                condition=each.condition, note=each.note, location=each.location, call_number=each.call_number,
                acquired_on=each.acquired_on or None, withdrawn_on=each.withdrawn_on or None,
                lost_on=each.lost_on or None, damaged_on=each.damaged_on or None,
            )  # fmt: skip
    add_book(BookDraft(title="Without a copy"), by=None)
    return list(drafts_of(Book.objects.all()))


def written(kind: str, what: str) -> io.BytesIO:
    return io.BytesIO(b"".join(Export(kind, what, LibrarySettings.current()).stream()))


def read(kind: str, stream: Any) -> list[SourceRow]:
    library = LibrarySettings.current()
    if kind == "csv":
        look = look_at(stream, SPECS)
        return list(read_table(stream, look.spec, look.columns, dialect=look.dialect, facts=facts_of(library)))
    if kind == "jsonl":
        return list(read_jsonl(stream, SPECS, facts=facts_of(library)))
    return list((read_marc if kind == "marc" else read_marcxml)(stream))


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_every_book_comes_back_as_the_draft_it_is(kind, filled):
    rows = read(kind, written(kind, "books"))
    assert [row.problem for row in rows if row.problem] == []
    assert [BookDraft.from_json(row.values) for row in rows] == filled


def test_drafts_of_books_have_what_the_books_were_made_of(filled):
    made = full(TITLES[0])
    assert (filled[0].title, filled[0].isbns, filled[0].isbns_invalid) == (made.title, made.isbns, made.isbns_invalid)
    assert (filled[0].source_key, filled[0].work_key, filled[0].cover_id) == ("OL1M", "OL1W", 8_231_990)
    assert filled[0].contributors == made.contributors
    assert [copy.branch for copy in filled[0].copies] == ["EAST", "EAST"]


@pytest.mark.parametrize("count", [1, 3])
def test_drafts_of_books_cost_seven_queries(count, library, django_assert_num_queries):
    for _n in range(count):
        CopyFactory()
    with django_assert_num_queries(7):
        assert len(list(drafts_of(Book.objects.all()))) == count


def test_members_and_loans_come_back(library):
    set_library(time_zone="Europe/Zurich")
    said = {
        "name": "=Zoë O'Neil", "email": "zoe@example.org", "phone": "+41 44 1", "address": "Weg 1\n8000 Zürich",
        "group_name": "3b", "expires_on": date(2030, 1, 31), "note": "-quiet\n\nvery", "language": "de",
        "notices_by": "letter", "notices_off": ["due_soon", "hold_ready"], "keep_history": False,
    }  # fmt: skip
    member = MemberFactory(card_number="0012", **said)
    MemberFactory(removed_at=datetime(2026, 1, 1, tzinfo=UTC))
    loan = make_loan(member=member, now=datetime(2026, 8, 1, 12, 30, 1, 5, tzinfo=UTC))
    Loan.objects.filter(pk=loan.pk).update(renewals=2)
    for kind in ("csv", "jsonl"):
        rows = [row for what in ("members", "loans") for row in read(kind, written(kind, what))]
        assert [row.problem for row in rows] == ["", ""]
        values = rows[0].values
        assert values == said | {
            "card_number": "0012", "category": member.category.code, "joined_on": "2020-01-01",
            "expires_on": "2030-01-31",
        }  # fmt: skip
        assert {"barcode": loan.copy.barcode, "card_number": "0012", "renewals": 2}.items() <= rows[1].values.items()
        assert datetime.fromisoformat(rows[1].values["issued_at"]) == loan.issued_at
        assert datetime.fromisoformat(rows[1].values["due_at"]) == loan.due_at


def test_everything_as_tables_is_a_zip_and_as_lines_one_file(filled):
    make_loan()
    counts = {"books": len(filled) + 1, "copies": 2 * len(TITLES) + 1, "members": 1, "loans": 1}
    export = Export("csv", "all", LibrarySettings.current())
    archive = zipfile.ZipFile(io.BytesIO(b"".join(export.stream())))
    assert (archive.testzip(), archive.namelist()) == (None, ["books.csv", "members.csv", "loans.csv"])
    assert (export.counts, export.file_name, export.content_type) == (counts, "all.zip", "application/zip")
    assert export.total() == len(filled) + 3
    rows = read("jsonl", written("jsonl", "all"))
    assert [row.what for row in rows] == ["book"] * (len(filled) + 1) + ["member", "loan"]


def test_no_cell_of_a_table_begins_a_formula(filled):
    lines = written("csv", "books").getvalue().decode("utf-8-sig")
    assert "\n=" not in lines.replace("\n\n=more", "").replace("\n=note", "")
    assert ",=" not in lines
    assert '"=' not in lines


@pytest.mark.parametrize("kind", ["marc", "marcxml"])
def test_every_book_comes_back_through_marc(kind, filled):
    rows = read(kind, written(kind, "books"))
    drafts = [BookDraft.from_json(row.values) for row in rows]
    assert [row.problem for row in rows if row.problem] == []
    assert [draft.isbns for draft in drafts] == [draft.isbns for draft in filled]
    assert [[copy.barcode for copy in draft.copies] for draft in drafts] == [
        [copy.barcode for copy in draft.copies] for draft in filled
    ]


@pytest.mark.parametrize("what", ["members", "loans", "all"])
def test_marc_is_for_books(what, library):
    with pytest.raises(Refused) as refused:
        Export("marc", what, library)
    assert refused.value.code == "marc_is_for_books"
