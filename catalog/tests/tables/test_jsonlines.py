"""JSON lines: what was written is read, and what is not ours is told line by line."""

import io
import json
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.drafts import BookDraft, CopyDraft, SourceRow
from catalog.files import FileRefused
from catalog.tables.books import BOOKS
from catalog.tables.jsonlines import about_line, book_line, read_jsonl
from catalog.tests.tables.tables import FACTS
from catalog.tests.tables.test_own import TITLES, full

FIRST = about_line("EUR")


def rows(content: bytes) -> list[SourceRow]:
    return list(read_jsonl(io.BytesIO(content), [BOOKS], facts=FACTS))


def test_every_field_in_every_script_comes_back():
    drafts = [full(title) for title in TITLES] + [BookDraft(title="Bare")]
    found = rows(FIRST + b"".join(map(book_line, drafts)))
    assert [(row.n, row.what, row.problem) for row in found] == [(n, "book", "") for n in range(2, len(drafts) + 2)]
    assert [BookDraft.from_json(row.values) for row in found] == drafts


def test_what_is_empty_is_left_out_and_a_line_says_itself():
    assert book_line(BookDraft(title="Emma")) == b'{"what":"book","title":"Emma"}\n'
    assert rows(b'{"what":"book","title":"Emma"}\n')[0].raw == '{"what":"book","title":"Emma"}'


def test_prices_in_other_money_are_kept_as_a_note():
    draft = BookDraft(title="Emma", copies=(CopyDraft("B1", price=1250, note="signed"), CopyDraft("B2")))
    (row,) = rows(about_line("USD") + book_line(draft))
    copies = (replace(draft.copies[0], price=None, note="signed\nPrice: 12.50 USD"), draft.copies[1])
    assert BookDraft.from_json(row.values) == replace(draft, copies=copies)


@pytest.mark.parametrize(
    ("values", "named"),
    [
        ({"title": ["Emma"]}, "title"),
        ({"title": "x" * 100_001}, "title"),
        ({"year": "1999"}, "year"),
        ({"year": 99_999}, "year"),
        ({"pages": -1}, "pages"),
        ({"isbns": "9780141439587"}, "isbns"),
        ({"subjects": [["x"]]}, "subjects"),
        ({"contributors": ["Jane"]}, "contributors"),
        ({"contributors": [{"name": "Jane", "role": "xyz"}]}, "contributors"),
        ({"copies": [{"price": -1}]}, "price"),
        ({"copies": {"barcode": "B1"}}, "copies"),
    ],
)
def test_a_value_of_the_wrong_kind_is_told(values, named):
    (row,) = rows(FIRST + json.dumps({"what": "book"} | values).encode())
    assert row.problem.startswith(f"“{named}” is not of the right kind")
    assert row.values == {}


@pytest.mark.parametrize(
    "line", [b"[1]", b"{", b'{"what":"other"}', b'{"title":"x"}', b'{"what":"book","title":"a\\u0000b"}', b"\xff",
             b'{"what":"book","copies":[{"barcode":"?"}]}', b'{"what":"book","title":"\\ud800"}', b"[" * 100_000]
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_told_and_the_next_one_read(line):
    found = rows(FIRST + line + b'\n\n{"what":"book","title":"Emma"}\n')
    assert [(row.n, bool(row.problem), row.values.get("title")) for row in found] == [
        (2, True, None),
        (4, False, "Emma"),
    ]


def test_a_line_without_end_is_passed_over():
    found = rows(FIRST + b'{"what":"book","title":"' + b"x" * 9_000_000 + b'"}\n{"what":"book","title":"Emma"}\n')
    assert [(row.n, bool(row.problem), len(row.raw) < 30_000) for row in found] == [(2, True, True), (3, False, True)]


@pytest.mark.parametrize(("content", "code"), [(b"", "empty"), (b"\n \n", "empty"), (b"Title,Author\n", "other_kind")])
def test_a_file_of_another_kind_is_refused(content, code):
    with pytest.raises(FileRefused) as refused:
        rows(content)
    assert refused.value.code == code


JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=3), lambda e: st.lists(e, max_size=2))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # on a busy machine
@given(
    st.dictionaries(st.sampled_from(["title", "year", "copies", "contributors", "isbns", "format"]), JSON, max_size=3)
)
def test_whatever_the_values_a_line_is_read_or_told(values):
    (row,) = rows(FIRST + json.dumps({"what": "book"} | values).encode())
    assert bool(row.problem) != bool(row.values)
