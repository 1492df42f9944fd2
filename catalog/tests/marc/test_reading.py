"""A file that is no MARC is refused with a word about what it is."""

import base64

import pytest

from catalog.files import FileRefused
from catalog.tests.marc.files import TITLE, iso2709, rows

KINDS = {
    b"": ("empty", "The file is empty."),
    b"\r\n\x1a": ("empty", "The file is empty."),
    b"<collection/>": (
        "other_kind", "This is XML, not MARC in its own form (ISO 2709). Bring it in as MARCXML.",
    ),
    b"=LDR  00755cam  22002414a 4500\n=245  10$aTitle": (
        "other_kind",
        "This is MARC written as text (.mrk, .lif). Save it as MARC (.mrc) in the program it comes from.",
    ),
    b'{"leader": "00755cam  22002414a 4500"}': (
        "other_kind", "This is JSON, not MARC. Save it as MARC (.mrc) or as MARCXML in the program it comes from.",
    ),
    b"title,author\n" * 1_000: (
        "other_kind", "There is no MARC record in this file. Export it as MARC (.mrc) or MARCXML.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("data", KINDS, ids=[f"{data[:8]!r}" for data in KINDS])
def test_files_of_another_kind(data: bytes) -> None:
    with pytest.raises(FileRefused) as refusal:
        rows(data)
    assert (refusal.value.code, refusal.value.message) == KINDS[data]


def test_rows_are_numbered_and_keep_their_record() -> None:
    one, two = iso2709(TITLE), iso2709(("100", "1 ", "aNobody"))
    made = rows(one + two)
    assert [(row.n, row.what, base64.b64decode(row.raw)) for row in made] == [(1, "book", one), (2, "book", two)]
    assert [bool(row.problem) for row in made] == [False, True]
