"""What is in a file is told by its bytes; bombs and foreign kinds are refused before anything is kept."""

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from catalog import archives, files
from catalog.files import FileRefused, kind_of, opened, store, stored_path

MARC = b"00069nam a2200037 a 4500245001500000\x1e00\x1faA title here\x1e\x1d"
CSV = b"title,author,isbn\nWalden,Thoreau,9780691096124\n"


def packed(data: bytes) -> bytes:
    """Alike whenever it is done: what tests are named after must be the same in every process."""
    return gzip.compress(data, mtime=0)


def zipped(**contents: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in contents.items():
            archive.writestr(zipfile.ZipInfo(name.replace("__", ".")), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def read_through(path: Path, name: str) -> None:
    with opened(path, name) as file:
        while file.stream.read(100_000):
            pass


def refusal(data: bytes, tmp_path: Path, name: str = "file") -> str:
    """The code with which a file of this is refused while it is opened and read."""
    path = tmp_path / "refused"
    path.write_bytes(data)
    with pytest.raises(FileRefused) as refused:
        read_through(path, name)
    assert refused.value.message
    return refused.value.code


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (MARC, "marc"),
        (b"99999" + MARC[5:200], "marc"),
        (MARC[:30], "marc"),
        (b"\n" + MARC, "marc"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><collection/>", "marcxml"),
        ('<?xml version="1.0" encoding="UTF-16"?><collection/>'.encode("utf-16"), "marcxml"),
        (b'{"title": "Walden"}\n', "jsonl"),
        (CSV, "csv"),
        ("Titel;Autor\nDer Prozeß;Kafka\n".encode("cp1252"), "csv"),
        ("title\tauthor\n".encode("utf-16"), "csv"),
        ("title\tauthor\n".encode("utf-16-be"), "csv"),
        (b"title,note\nWal\0den,x\n", "csv"),
        (b"9780691096124\n\n0-691-09612-4\nOL7353617M\n", "isbns"),
        (b"ISBN\n9780691096124\n", "isbns"),
        (b"ISBN\n" + b"9780691096124\n" * 10 + b"978069109612x4\n", "isbns"),
        (b"9780691096124\nWalden\n", "csv"),
        (packed(CSV), "gz"),
        (zipped(a__csv=CSV), "zip"),
    ],
)
def test_the_kind_of_a_file_is_told_by_what_is_in_it(data: bytes, kind: str) -> None:
    stream = io.BytesIO(data)
    assert (kind_of(stream, "anything.txt"), stream.tell()) == (kind, 0)


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.csv", "empty"),
        (b" \r\n\0", "a.csv", "empty"),
        (b"%PDF-1.7", "a.pdf", "other_kind"),
        (b"\x89PNG\r\n", "a.csv", "other_kind"),
        (bytes(range(9)) * 9, "a.csv", "other_kind"),
        (b"<!DOCTYPE html><html>", "a.xml", "other_kind"),
        (b" =LDR  00755cam  22002414a 4500\n=001  fol05731351\n", "a.mrk", "other_kind"),
        (b"header 20 rec MicroLIF file  \r\nLDR00180nam  22     2  4500^\r\n", "a.lif", "other_kind"),
        (b"LEADER 01189nam a2200361 c 4500\n001 BV000023623\n", "a.txt", "other_kind"),
        (b'[\n {"leader": "00755cam  22002414a 4500", "fields": []}]', "a.json", "other_kind"),
        (b"\xd0\xcf\x11\xe0", "a.xls", "spreadsheet"),
        (zipped(**{"[Content_Types]__xml": b"<x/>"}), "a.zip", "spreadsheet"),
        (zipped(a__csv=CSV, b__csv=CSV), "a.zip", "several_files"),
        (zipped(a__csv=CSV)[:60], "a.zip", "broken_archive"),
        (packed(packed(CSV)), "a.gz", "other_kind"),
        (packed(CSV * 500)[:-20], "a.csv.gz", "broken_archive"),
        (packed(b""), "a.csv.gz", "empty"),
    ],
)
def test_what_cannot_be_brought_in_is_refused_in_words(tmp_path: Path, data: bytes, name: str, code: str) -> None:
    assert refusal(data, tmp_path, name) == code


@pytest.mark.parametrize("pack", [packed, lambda data: zipped(a__csv=data)])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path, monkeypatch, pack) -> None:
    monkeypatch.setattr(archives, "HARMLESS", 100_000)
    assert refusal(pack(CSV + b"a" * 3_000_000), tmp_path) == "bomb"


@pytest.mark.parametrize("pack", [lambda data: data, packed, lambda data: zipped(a__csv=data)])
def test_a_file_is_read_unpacked_and_says_how_far(tmp_path: Path, pack) -> None:
    path = tmp_path / "file"
    path.write_bytes(pack(CSV))
    with opened(path, "books.csv") as file:
        assert (file.kind, file.stream.read(), file.size) == ("csv", CSV, path.stat().st_size)
        assert 0 < file.reached <= file.size


def test_a_stored_file_is_private_and_found_again_by_a_name_nobody_can_guess(tmp_path: Path) -> None:
    kept = store([CSV[:10], CSV[10:]])
    path = stored_path(kept.name)
    assert (path.read_bytes(), kept.size, oct(path.stat().st_mode)[-3:], oct(path.parent.stat().st_mode)[-3:]) == (
        CSV, len(CSV), "600", "700",
    )  # fmt: skip
    assert store([CSV]).name != kept.name
    assert store([CSV]).digest == kept.digest
    assert stored_path("../../etc/passwd").parent == path.parent


def test_a_file_that_is_too_large_leaves_nothing_behind() -> None:
    with pytest.raises(FileRefused, match="too_large"):
        store([b"a" * 60, b"b" * 60], most_bytes=100)
    assert list(files.folder().iterdir()) == []
