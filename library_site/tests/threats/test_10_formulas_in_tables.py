"""A title or name is reckoned with by somebody's spreadsheet: no cell of a table begins a formula.

Cell by cell: catalog/tests/tables/test_cells.py; an export that is brought in again: circulation/tests/exports.
"""

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, Member, User
from accounts.tests.factories import MemberFactory, UserFactory
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Copy, ImportBatch, ImportRow
from catalog.services.books import add_book
from catalog.tables.cells import as_meant
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import make_loan
from library_site.tests.audiences import AUDIENCE
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
STARTS = ["=", "+", "-", "@", "\t=", "\r=", "＝", "＋", "－", "＠", "'="]
BEGINS = re.compile(r"[=+@\t\r\n＝＋－＠]|-(?![\d.]+$)")  # an amount below zero is a number and stays one
TABLES = {name for name in AUDIENCE if name.endswith("_csv")} | {"circulation:export", "catalog:import_wrong"}
BREAKS = [
    Break("catalog/tables/cells.py", 'return f"\'{text}" if FORMULA.match(text) else text', "return text"),
    Break("catalog/tables/records.py", "csv.writer(_Echo())", 'csv.writer(_Echo(), lineterminator="\\n")'),
    Break("accounts/views/audit.py", "[harmless(cell) for cell", "[str(cell) for cell"),
]


def test_every_table_that_is_given_out_is_looked_at() -> None:
    assert {
        "accounts:audit_csv", "circulation:loans_csv", "circulation:cash_up_csv", "circulation:export",
        "catalog:import_wrong",
    } == TABLES  # fmt: skip


@pytest.fixture
def evil(request: pytest.FixtureRequest) -> None:
    """Whatever a person, a file or another library may say begins a formula: titles, names, numbers, reasons."""
    start = request.param
    word = f"{start}cmd|' /C calc'!A0"
    by = UserFactory(name=word)
    draft = BookDraft(title=word, contributors=(DraftContributor(word),), publisher=word, series=word, description=word)
    book = add_book(draft, stock=1, by=by)
    copy = book.copies.get()
    Copy.objects.filter(pk=copy.pk).update(note=word, location=word[:20])
    member = MemberFactory(name="Otto", note=word, address=word, phone=word[:20], group_name=word)
    make_loan(copy, member)
    charge_member(member, amount_minor=500, reason=word, by=by)
    take_payment(member, amount_minor=100, by=by)
    Member.objects.filter(pk=member.pk).update(name=word)
    Action.objects.update(reason=word)
    batch = ImportBatch.objects.create(pk=77, source="csv", phase="applied", state="done", by=by)
    ImportRow.objects.create(batch=batch, n=2, raw=word, reason=word, outcome="failed")


def cells_of(answer: Any) -> list[str]:
    data = b"".join(answer.streaming_content) if answer.streaming else answer.content
    files = [data]
    if data[:2] == b"PK":
        packed = zipfile.ZipFile(io.BytesIO(data))
        files = [packed.read(name) for name in packed.namelist()]
    texts = [io.StringIO(each.decode("utf-8-sig"), newline="") for each in files]
    return [cell for text in texts for row in csv.reader(text) for cell in row]


@pytest.mark.parametrize("evil", STARTS, indirect=True, ids=ascii)
def test_no_cell_of_any_table_begins_a_formula(evil: None, admin_desk: Client, admin_user: User) -> None:
    tables = {
        "audit": admin_desk.get("/desk/audit.csv"), "loans": admin_desk.get("/desk/loans.csv"),
        "cash": admin_desk.get("/desk/cash.csv"), "wrong": admin_desk.get("/desk/import/77/wrong/"),
        "export": admin_desk.post("/desk/export/", {"what": "all", "kind": "csv", "key": "k"}),
    }  # fmt: skip
    cells = {name: cells_of(table) for name, table in tables.items()}
    begin = {name: [cell for cell in each if BEGINS.match(cell)] for name, each in cells.items()}
    assert begin == {name: [] for name in tables}
    guarded = {name for name, each in cells.items() if any("calc" in cell and as_meant(cell) != cell for cell in each)}
    assert guarded == set(tables)
