"""How a table is written is told by the table."""

import pytest

from catalog.files import FileRefused
from catalog.tests.tables.tables import sniffed


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_sniff_tells_the_delimiter_by_the_evenness_of_rows(delimiter):
    rows = [["Title", "Author", "Year"], ["Emma", '"Austen, Jane; the one"', "1815"], ["Dracula", "Bram Stoker", ""]]
    found = sniffed("\n".join(delimiter.join(row) for row in rows))
    assert (found.dialect.delimiter, found.dialect.names) == (delimiter, ("Title", "Author", "Year"))
    assert found.rows[0] == ("Emma", "Austen, Jane; the one", "1815")


def test_sniff_does_not_take_the_comma_in_every_name_for_the_delimiter():
    assert sniffed("a;b;Austen, Jane\nc;d;Stoker, Bram\n").dialect.delimiter == ";"


def test_sniff_reads_a_table_of_one_column():
    found = sniffed("9780553382563\n9780307277671\n")
    assert (found.dialect.has_header, found.dialect.names, len(found.rows)) == (False, ("#1",), 2)


def test_sniff_tells_whether_rows_leave_out_their_last_cells():
    assert sniffed("Title,Author\nEmma\nDracula,Bram\n").dialect.may_be_short is False
    assert sniffed("Title,Author\n" + "Emma\n" * 3 + "Dracula,Bram\n" * 9).dialect.may_be_short is True


def test_sniff_obeys_the_line_that_excel_writes_for_itself():
    found = sniffed("sep=;\r\nTitle;Author\r\nEmma;Jane Austen\r\n")
    assert (found.dialect.delimiter, found.dialect.skipped, found.dialect.names) == (";", 1, ("Title", "Author"))


def test_sniff_takes_quotes_in_a_table_of_tabs_for_letters_where_they_do_not_close():
    found = sniffed('Title\tAuthor\n"The" Emma\tJane\n"Dra\tBram\nX\tY\nZ\tW\n')
    assert (found.dialect.has_quotes, found.rows[1]) == (False, ('"Dra', "Bram"))


def test_sniff_takes_a_first_row_that_nobody_knows_for_data():
    assert sniffed("Emma,Jane Austen\nDracula,Bram Stoker\n").dialect.has_header is False
    assert sniffed("Emma,9780553382563\nTitle,Author\n").dialect.has_header is False
    assert sniffed("Emma,Jane Austen\n", has_header=True).dialect.names == ("Emma", "Jane Austen")


def test_sniff_gives_every_column_a_name_of_its_own():
    assert sniffed("Title,,Note,Note\na,b,c,d\n").dialect.names == ("Title", "#2", "Note", "Note (2)")


def test_sniff_does_what_a_person_said():
    found = sniffed("Title,Author\n\xc4,x\n".encode("cp1252"), encoding="cp850", delimiter=";")
    assert (found.dialect.encoding, found.dialect.delimiter) == ("cp850", ";")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf\r\n \r\n", "empty"),
        (b"PK\x03\x04rest of a workbook", "other_kind"),
        (b"\xd0\xcf\x11\xe0old workbook", "other_kind"),
        (b"%PDF-1.4", "other_kind"),
        (bytes(range(1, 9)) * 100, "other_kind"),
        (b"," * 1_000_000, "empty"),
        (b"a," * 1_000_000, "too_many_columns"),
    ],
)
def test_sniff_refuses_what_is_no_table(content, code):
    with pytest.raises(FileRefused) as refused:
        sniffed(content)
    assert refused.value.code == code
