"""Row by row: whatever one row does, the others are read, in bounded memory."""

import csv
import io
import tracemalloc

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.tables.dialects import Dialect
from catalog.tables.records import Record, records

NAMES = ("Title", "Author")


def rows_of(table: str | bytes, **how) -> list[Record]:
    content = table if isinstance(table, bytes) else table.encode()
    return list(records(io.BytesIO(content), Dialect(names=NAMES, **how)))


def cells(table: str | bytes, **how) -> list[list[str]]:
    return [record.cells for record in rows_of(table, **how)]


def wrong(table: str | bytes, **how) -> list[int]:
    return [record.n for record in rows_of(table, **how) if record.problem]


def test_records_are_numbered_as_in_a_spreadsheet_and_blank_ones_left_out():
    found = rows_of("Title,Author\nEmma,Jane\n,\n\nDracula,Bram\n")
    assert [(record.n, record.cells) for record in found] == [(2, ["Emma", "Jane"]), (5, ["Dracula", "Bram"])]


def test_records_keep_line_breaks_quotes_and_any_line_end():
    table = 'Title,Author\r"The ""big"" one\r\nsecond line",Jane\rDracula,Bram\r'
    assert cells(table) == [['The "big" one\r\nsecond line', "Jane"], ["Dracula", "Bram"]]


def test_records_raw_is_the_same_however_the_table_was_written():
    semicolons = rows_of('Title;Author\n"Emma";Jane, the\n', delimiter=";")
    assert semicolons[0].raw == rows_of('Title,Author\nEmma,"Jane, the"\n')[0].raw == 'Emma,"Jane, the"\n'


def test_records_raw_of_wrong_rows_has_commas_too_whatever_the_file_had():
    rows = rows_of('Title;Author\n"Emma;Jane, A\nX\nA;B;C\n' + "Z;W\n" * 300, delimiter=";")
    assert [row.raw for row in rows[:3]] == ['"""Emma","Jane, A"\n', "X\n", "A,B,C\n"]


def test_records_tell_of_rows_with_too_few_and_too_many_cells():
    table = "Title,Author\nEmma\nDracula,Bram,1897\nX,Y,,\nZ,W\n"
    assert wrong(table) == [2, 3]
    assert cells(table)[2:] == [["X", "Y"], ["Z", "W"]]
    assert cells("Title,Author\nEmma\n", may_be_short=True) == [["Emma", ""]]


def test_records_lose_one_line_to_a_quotation_mark_that_nobody_closed():
    table = 'Title,Author\nEmma,Jane\n"Dracula,Bram\nX,Y\n' + "Z,W\n" * 300
    assert wrong(table) == [3]
    assert cells(table)[2:4] == [["X", "Y"], ["Z", "W"]]
    assert len(rows_of(table)) == 303


def test_records_lose_one_line_to_a_quotation_mark_closed_by_the_next_row():
    assert cells('Title,Author\n"Emma,Jane\nX,"Y"\nZ,W\n') == [[], ["X", "Y"], ["Z", "W"]]
    assert wrong('Title,Author\n"Emma,Jane\n"Dracula,Bram\n') == [2, 3]


def test_records_tell_of_nul_and_of_bytes_that_are_no_letters():
    assert wrong(b"Title,Author\nEm\0ma,Jane\nGr\xfc\xdfe,Bram\nX,Y\n") == [2, 3]
    assert rows_of(b"Title,Author\nEm\0ma,Gr\xfc\n")[0].raw == "Em␀ma,Gr�\n"
    assert wrong("Title,Author\nA\ud800,B\nC,D\n".encode("utf-16", "surrogatepass"), encoding="utf-16") == [2]


def test_records_tell_of_a_cell_that_is_too_long_and_read_on():
    said = "A cell of this row has more than 131072 characters, which is as many as can be read. Shorten it."
    for length in (140_000, 2_000_000):
        rows = rows_of(f'Title,Author\n"{"x, " * 400}{"x" * length}",Jane\nEmma,Jane\n')
        assert [(row.n, row.cells, row.problem) for row in rows] == [(2, [], said), (3, ["Emma", "Jane"], "")]
        assert len(rows[0].raw) <= 30_000
    (row,) = rows_of("Title,Author\n" + "," * 1_000_000 + "z\n")
    assert (row.n, "The row does not end" in row.problem) == (2, True)


def test_records_pass_over_a_cell_of_ten_megabytes_and_a_row_of_a_million_cells_in_little_memory():
    huge = b"Title,Author\n" + b"x" * 10_000_000 + b",Jane\n" + b"," * 1_000_000 + b"z\nEmma,Jane\n"
    stream = io.BytesIO(huge)
    tracemalloc.start()
    found = [(record.n, record.cells, bool(record.problem), len(record.raw) < 30_000)
             for record in records(stream, Dialect(names=NAMES))]  # fmt: skip
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == [(2, [], True, True), (3, [], True, True), (4, ["Emma", "Jane"], False, True)]
    assert peak < 100_000_000


def test_records_read_the_sample_of_a_stream_again_from_its_start():
    stream = io.BytesIO(b"Title,Author\nEmma,Jane\n")
    dialect = Dialect(names=NAMES)
    assert len(list(records(stream, dialect))) == len(list(records(stream, dialect))) == 1


@settings(max_examples=50)
@given(st.lists(st.tuples(*[st.text('ab",;\n\r\t ', max_size=6)] * 2), max_size=5))
def test_records_give_back_whatever_was_written(rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([NAMES, *rows])
    assert cells(text.getvalue()) == [list(row) for row in rows if any(row)]


@settings(max_examples=50)
@given(st.binary(max_size=200))
def test_records_never_raise_whatever_the_bytes(content):
    assert all(record.problem or len(record.cells) == 2 for record in rows_of(content))
