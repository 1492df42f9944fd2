"""Records are found where they are, whatever leaders and terminators say."""

from catalog.marc.reading import read_marc
from catalog.tests.marc.files import TITLE, iso2709, rows, titles

ONE = iso2709(("245", "10", "aOne"))
TWO = iso2709(("245", "10", "aTwo"))
CUT = "The file ends in the middle of this record. Export or copy it again, and look at the size of the file."


def test_records_one_after_the_other() -> None:
    assert titles(ONE + TWO) == ["One", "Two"]


def test_newlines_and_filling_between_records() -> None:
    assert titles(b"\r\n" + ONE + b"\n\0\0\x1a" + TWO + b"\r\n\x1a") == ["One", "Two"]


def test_rubbish_between_records_is_passed_over() -> None:
    assert titles(ONE + b"end of batch 7\n" + TWO) == ["One", "Two"]


def test_a_length_that_is_too_small() -> None:
    assert titles(iso2709(("245", "10", "aOne"), length=30) + TWO) == ["One", "Two"]


def test_a_length_that_is_too_great() -> None:
    assert titles(iso2709(("245", "10", "aOne"), length=5_000) + TWO) == ["One", "Two"]


def test_a_length_that_reaches_over_the_next_record() -> None:
    assert titles(iso2709(("245", "10", "aOne"), length=len(ONE) + len(TWO)) + TWO) == ["One", "Two"]


def test_the_greatest_length_for_a_record_that_is_longer() -> None:
    long = [("500", "  ", "a" + "x" * 9_000) for _ in range(15)]
    assert titles(iso2709(*long, ("245", "10", "aLong"), length=99_999) + TWO) == ["Long", "Two"]


def test_a_field_longer_than_the_directory_can_say() -> None:
    assert titles(iso2709(("500", "  ", "a" + "x" * 20_000), ("245", "10", "aLong")) + TWO) == ["Long", "Two"]


def test_a_record_without_its_terminator() -> None:
    assert titles(iso2709(("245", "10", "aOne"), end=b"") + TWO) == ["One", "Two"]


def test_a_last_record_that_only_lacks_its_terminator_is_whole() -> None:
    assert titles(ONE + iso2709(("245", "10", "aTwo"), end=b"")) == ["One", "Two"]


def test_a_file_cut_off_says_so_of_its_last_record() -> None:
    assert titles(ONE + TWO[:-9]) == ["One", CUT]


def test_a_terminator_inside_a_text() -> None:
    assert titles(iso2709(("245", "10", "aOne"), ("500", "  ", "abe\x1dfore")) + TWO) == ["One", "Two"]


def test_a_directory_in_another_order_than_the_fields() -> None:
    record = iso2709(("500", "  ", "aNote"), TITLE)
    directory = record[24:48]
    assert titles(record[:24] + directory[12:] + directory[:12] + record[48:]) == ["The tale of the mended map"]


def test_a_directory_that_names_too_many_fields_is_a_problem() -> None:
    record = iso2709(("245", "10", "aOne")).replace(b"\x1e", b"500000500008\x1e", 1)
    assert titles(record + TWO) == [
        "The directory of this record names 2 fields, but there are 1. Export it again, or repair it with a MARC "
        "editor.",
        "Two",
    ]


def test_the_end_of_a_field_inside_a_text() -> None:
    record = iso2709(("245", "10", "aOne"), ("520", "  ", "aHalf and\x1e half"), ("653", "  ", "aMaps"))
    assert [row.values["subjects"] for row in rows(record)] == [["Maps"]]


def test_bytes_that_come_in_small_portions_make_the_same_records() -> None:
    class Slow:
        def __init__(self, data: bytes) -> None:
            self.data = data

        def read(self, _size: int) -> bytes:
            piece, self.data = self.data[:7], self.data[7:]
            return piece

    assert [row.values["title"] for row in read_marc(Slow(ONE + TWO))] == ["One", "Two"]  # type: ignore[arg-type]
