"""The whole way: everything out, into an empty library, and it is the same library."""

import json
from datetime import UTC, date, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from accounts.models import Card, LibrarySettings, Member
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.drafts import BookDraft
from catalog.exports import drafts_of
from catalog.models import Author, Book, Copy, CopyType, Subject
from catalog.services.importing import save_draft
from catalog.tests.factories import CopyFactory
from catalog.tests.tables.test_own import full
from circulation.exports.people import loans_as_values, members_as_values
from circulation.models import Loan
from circulation.tests.factories import make_loan, set_library

pytestmark = pytest.mark.django_db
TITLES = [
    "Příliš žluťoučký kůň",
    "Война и мир",
    "ألف ليلة وليلة",
    "紅樓夢",
    "🏳️\u200d🌈",
    "\"Quoted\" '=both'",
    "=SUM(A1)",
]


@pytest.fixture
def filled(library: LibrarySettings) -> None:
    """Books in many scripts with two copies each, one without any, a member with every field, a loan."""
    set_library(time_zone="Europe/Zurich")
    BranchFactory(code="EAST"), CopyType.objects.create(code="DVD", name="DVD")
    for n, title in enumerate(TITLES):
        draft = full(title)
        book = save_draft(draft if n == 0 else unlike(draft, n), by=None, copies=0).book
        for each in draft.copies:
            make_copy(book, each, n)
    save_draft(BookDraft(title="Without a copy"), by=None, copies=0)
    member = MemberFactory(
        card_number="0012", name="Zoë O'Neil", email="zoe@example.org", phone="+41 44 1", address="Weg 1\n8000 Zürich",
        group_name="3b", expires_on=date(2030, 1, 31), note="-quiet", language="de", notices_by="letter",
        notices_off=["due_soon"], keep_history=False,
    )  # fmt: skip
    MemberFactory(name="王小明")
    loan = make_loan(
        CopyFactory(book=book, barcode="OUT1", call_number="823.7 AUS"),
        member,
        now=datetime(2026, 8, 1, 12, 30, tzinfo=UTC),
    )
    Loan.objects.filter(pk=loan.pk).update(renewals=2)


def unlike(draft: BookDraft, n: int) -> BookDraft:
    """``draft`` with numbers of its own, so that it is another book."""
    values = draft.as_json() | {
        "isbns": [], "isbns_10": [], "isbns_invalid": [f"1234567{n}"], "lccns": [], "oclcs": [f"9{n}"],
        "source_key": f"OL{n + 1}M", "year": 1900 + n, "published": "",
    }  # fmt: skip
    return BookDraft.from_json(values)


def make_copy(book: Book, draft: Any, n: int) -> None:
    CopyFactory(
        book=book, barcode=f"{draft.barcode}-{n}", copy_type=CopyType.objects.get(code="DVD"),
        price_minor=draft.price, condition=draft.condition, note=draft.note, location=draft.location,
        call_number=draft.call_number or book.call_number, acquired_on=draft.acquired_on or None,
        withdrawn_on=draft.withdrawn_on or None, lost_on=draft.lost_on or None, damaged_on=draft.damaged_on or None,
    )  # fmt: skip


def everything() -> dict[str, list[Any]]:
    loans = [
        loan | {name: datetime.fromisoformat(loan[name]) for name in ("issued_at", "due_at")}
        for loan in loans_as_values(LibrarySettings.current())
    ]
    return {"books": list(drafts_of(Book.objects.all())), "members": list(members_as_values()), "loans": loans}


def empty_the_library() -> None:
    for model in (Loan, Copy, Book, Author, Subject, Member, Card):
        model.objects.all().delete()


def said(command: str, *arguments: Any) -> dict[str, Any]:
    """The line of JSON that ``command`` ends with."""
    output = StringIO()
    call_command(command, *arguments, stdout=output, stderr=StringIO())
    return json.loads(output.getvalue().splitlines()[-1])


@pytest.mark.parametrize(
    ("kind", "parts"),
    [
        ("csv", ["books", "members", "loans"]),
        ("csv", ["all"]),
        ("jsonl", ["all"]),
        ("marc", ["books"]),
        ("marcxml", ["books"]),
    ],
)
def test_an_empty_library_becomes_the_same_one(kind: str, parts: list[str], filled: None, tmp_path: Path) -> None:
    before = everything()
    files = [tmp_path / f"{part}.{kind}" for part in parts]
    for part, file in zip(parts, files, strict=True):
        said("export", "--kind", kind, "--what", part, "-o", str(file))
    empty_the_library()
    for file in files:
        said("import_file", str(file), "--apply", "--copies", "0")
    after = everything()
    assert after["books"] == before["books"]
    if kind in ("csv", "jsonl"):
        assert (after["members"], after["loans"]) == (before["members"], before["loans"])


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_copy_without_a_call_number_of_its_own_has_none_afterwards(kind: str, tmp_path: Path) -> None:
    book = save_draft(BookDraft(title="Emma", call_number="823 AUS"), by=None, copies=0).book
    CopyFactory(book=book, barcode="C1", call_number=""), CopyFactory(book=book, barcode="C2", call_number="REF")
    said("export", "--kind", kind, "-o", str(tmp_path / "books"))
    empty_the_library()
    said("import_file", str(tmp_path / "books"), "--apply")
    assert list(Copy.objects.order_by("barcode").values_list("barcode", "call_number")) == [("C1", ""), ("C2", "REF")]
