"""Dumps, read in blocks of whole lines."""

import gzip
from datetime import date

import pytest

from catalog.openlibrary import dump as dumps
from catalog.openlibrary.dump import BrokenDump, Dump, MalformedLine, day_of, read_line

from .dumps import DAY, author, edition, line, work, written

LINES = [edition(number, title="x" * 300) for number in range(1, 60)]
TEXT = "".join(f"{each}\n" for each in LINES).encode()


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch):
    monkeypatch.setattr(dumps, "PIECE", 1_000)
    monkeypatch.setattr(dumps, "READ", 100)


def read(path, start=0):
    with Dump(path) as dump:
        return b"".join(block.data for block in dump.blocks(start))


def kinds(path):
    with Dump(path) as dump:
        return dump.kinds()


def identity(path):
    with Dump(path) as dump:
        return dump.identity()


def ends(path):
    with Dump(path) as dump:
        return [block.end for block in dump.blocks()]


@pytest.mark.parametrize("packed", [True, False])
def test_dump_gives_every_line_once_in_blocks_that_end_with_a_line(tmp_path, packed):
    path = written(tmp_path / "any.name", *LINES, packed=packed)
    with Dump(path) as dump:
        blocks = list(dump.blocks())
    assert b"".join(block.data for block in blocks) == TEXT
    assert {block.data[-1:] for block in blocks} == {b"\n"}
    assert len(blocks) > 5


@pytest.mark.parametrize("packed", [True, False])
def test_dump_is_gone_on_with_after_any_block(tmp_path, packed):
    path = written(tmp_path / "d", *LINES, packed=packed)
    assert [read(path, end) for end in ends(path)] == [TEXT[end:] for end in ends(path)]


def test_dump_of_several_packed_parts_is_one(tmp_path):
    path = tmp_path / "d.gz"
    path.write_bytes(gzip.compress(TEXT[:5_000]) + gzip.compress(TEXT[5_000:]) + b"\0" * 512)
    assert read(path) == TEXT


def test_dump_without_a_last_line_feed_gives_its_last_line(tmp_path):
    path = tmp_path / "d"
    path.write_bytes(TEXT[:-1])
    assert read(path) == TEXT


@pytest.mark.parametrize(
    ("spoil", "complaint"),
    [
        (lambda packed: packed[:-200], "the file ends too early; download it again"),
        (lambda packed: packed[:-8] + b"\1" * 8, "the file is damaged here; download it again"),
        (lambda packed: packed + b"<html>", "the file is damaged here; download it again"),
    ],
)
def test_dump_that_is_broken_gives_what_comes_before(tmp_path, spoil, complaint):
    path, blocks = tmp_path / "d.gz", []
    path.write_bytes(spoil(gzip.compress(TEXT)))
    with pytest.raises(BrokenDump) as broken, Dump(path) as dump:
        blocks.extend(dump.blocks())
    assert (str(broken.value), len(blocks) > 0) == (complaint, True)


@pytest.mark.parametrize("packed", [True, False])
def test_dump_with_a_line_without_end_keeps_little_of_it(tmp_path, packed, monkeypatch):
    monkeypatch.setattr(dumps, "LONGEST_LINE", 3_000)
    path = written(tmp_path / "d", LINES[0], edition(2, title="x" * 200_000), LINES[2], packed=packed)
    first, long, third = read(path).splitlines()
    assert (first.decode(), third.decode()) == (LINES[0], LINES[2])
    assert len(long) < 6_000
    with pytest.raises(MalformedLine):
        read_line(long)


def test_dump_tells_kinds_by_its_lines_and_not_by_its_name(tmp_path):
    of_a_list = "/type/list\t/people/x/lists/OL1L\t1\t\t{}"
    assert kinds(written(tmp_path / "editions.gz", author(1), author(2))) == {"author"}
    assert kinds(written(tmp_path / "x", edition(1), work(2), of_a_list)) == {"edition", "work"}
    assert kinds(written(tmp_path / "y", "isbn,title", "1,2")) == set()


def test_dump_is_known_again_under_another_name_and_not_with_other_contents(tmp_path):
    same = [identity(written(tmp_path / name, *LINES)) for name in ("a", "b")]
    other = identity(written(tmp_path / "c", *LINES[:-1], edition(99)))
    assert (same[0] == same[1], same[0] == other) == (True, False)


def test_read_line_understands_a_record():
    record = read_line(line("OL7M", 3, title="Käthe", isbn_13=["9780142414125"]).encode())
    assert (record.olid, record.revision, record.modified) == ("OL7M", 3, DAY.format(1))
    assert record.value["title"] == "Käthe"
    assert '"K\\u00e4the"' in record.text


@pytest.mark.parametrize(
    ("text", "olid"),
    [
        ('/type/edition\t/b/OL1M\t2\t2008-04-01 03:28:50.625462\t{"key": "/b/OL1M"}', "OL1M"),
        ("/type/author\t/a/OL2A\t1\t\t{}\r", "OL2A"),
        ('/type/work\t/works/OL3W\t1\t2026\t{"title": "\\ud800 half a pair, \\u0000"}', "OL3W"),
        ('/type/work\t/works/OL3W\t1\t2026\t{"title": "not escaped: ü"}', "OL3W"),
    ],
)
def test_read_line_takes_what_is_odd(text, olid):
    assert read_line(text.encode()).olid == olid


@pytest.mark.parametrize("text", ["/type/redirect\t/books/OL1M\t3\t2026\t{}", "/type/list\tx\ty\tz\t!", "", "  \r"])
def test_read_line_leaves_out_what_nobody_wants(text):
    assert read_line(text.encode()) is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"OL1M", "not five columns with the type first"),
        (b"/type/edition\t/books/OL1M\t1\t{}", "not five columns with the type first"),
        (b"b'<class KeyError>'\t\t\t\t{}", "not five columns with the type first"),
        (b"/type/edition\t/works/OL1W\t1\t2026\t{}", "the key does not belong to such a record"),
        (b"/type/edition\t/books/ia:abc\t1\t2026\t{}", "the key does not belong to such a record"),
        (b"/type/edition\t/books/OL1M\tx\t2026\t{}", "the revision is no number"),
        (b"/type/edition\t/books/OL1M\t99999999999999\t2026\t{}", "the revision is no number"),
        (b"/type/edition\t/books/OL1M\t1\t2026\t{", "broken JSON"),
        (b'/type/edition\t/books/OL1M\t1\t2026\t{"a": "\xff"}', "broken JSON"),
        (b"/type/edition\t/books/OL1M\t1\t2026\t" + b"[" * 5_000, "broken JSON"),
        (b"/type/edition\t/books/OL1M\t1\t2026\t[]", "no JSON object"),
        (b"/type/edition\t/books/OL1M\t1\t2026\tKeyError('x')", "broken JSON"),
    ],
)
def test_read_line_says_why_it_is_no_record(text, reason):
    with pytest.raises(MalformedLine) as malformed:
        read_line(text)
    assert str(malformed.value) == reason


@pytest.mark.parametrize(
    ("text", "day"),
    [("ol_dump_editions_2026-10-31.txt.gz", date(2026, 10, 31)), ("2026-13-01", None), ("ol_dump_latest", None)],
)
def test_day_of_a_name(text, day):
    assert day_of(text) == day
