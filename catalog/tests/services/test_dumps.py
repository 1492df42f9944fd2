"""Bringing dumps into the local copy, whole or sifted, in one go or in several."""

import gzip
from collections.abc import Callable
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from accounts.exceptions import Refused
from accounts.models import Action
from catalog.isbn import read_isbn
from catalog.models import OfflineLoad, OfflineRecord
from catalog.openlibrary import dump as reading
from catalog.openlibrary.dump import Dump
from catalog.services import dumps
from catalog.services.dumps import Loader, Selection, start_load
from catalog.services.offline import drop_local_copy
from catalog.tests.openlibrary.dumps import author, edition, line, work, written

pytestmark = pytest.mark.django_db
TEA, FOX = "9780142414125", "9780140328721"
BOOKS = [
    edition(1, TEA, work=1, authors=[1], languages=[{"key": "/languages/eng"}]),
    edition(2, FOX, work=2, languages=[{"key": "/languages/ger"}]),
    edition(3, work=3, authors=[3]),
]
WORKS = [work(1, 1, 4), work(2, 2), work(3, 3), work(4, 5)]
AUTHORS = [author(number) for number in range(1, 6)]
OF_TEA = Selection(isbns=(read_isbn(TEA),))


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """In an order that does not help."""
    return [
        written(tmp_path / "ol_dump_authors_2026-10-31.txt.gz", *AUTHORS),
        written(tmp_path / "ol_dump_works_2026-10-31.txt.gz", *WORKS),
        written(tmp_path / "ol_dump_editions_2026-10-31.txt.gz", *BOOKS),
    ]


def load(paths: list[Path], selection: Selection = Selection(), tell: Callable = lambda loader: None) -> Loader:  # noqa: B008 - frozen
    opened = [Dump(path) for path in paths]
    try:
        loader = Loader(start_load(opened, selection, by=None), opened, selection, tell)
        loader.run()
    finally:
        for each in opened:
            each.__exit__()
    return loader


def keys() -> list[str]:
    return sorted(OfflineRecord.objects.values_list("key", flat=True))


def counts(loader: Loader) -> dict[str, int]:
    """What was counted and is not 0."""
    return {name: n for name, n in loader.passes.total().items() if n}


def test_load_without_a_selection_stores_everything(files: list[Path]) -> None:
    loader = load(files)
    assert counts(loader) == {"lines": 12, "new": 12}
    assert len(keys()) == 12
    assert (loader.load.state, loader.load.as_of, loader.load.selection) == ("done", date(2026, 10, 31), "everything")
    assert Action.objects.get(verb="load_dump").after["selection"] == "everything"


def test_load_of_the_same_files_changes_nothing(files: list[Path]) -> None:
    load(files)
    assert counts(load(files)) == {"lines": 12, "same": 12}


def test_load_of_a_newer_month_takes_what_was_revised(files: list[Path], tmp_path: Path) -> None:
    load(files)
    newer = written(tmp_path / "2026-11-30", line("OL1M", 2, title="Better"), *BOOKS[1:], edition(4))
    assert counts(load([newer])) == {"lines": 4, "updated": 1, "new": 1, "same": 2}
    assert OfflineRecord.objects.get(key="OL1M").revision == 2


@pytest.mark.parametrize(
    ("selection", "taken", "unwanted"),
    [
        (OF_TEA, ["OL1A", "OL1M", "OL1W", "OL4A"], 8),
        (Selection(languages=("ger",)), ["OL2A", "OL2M", "OL2W"], 9),
        (Selection(limit=1), ["OL1A", "OL1M", "OL1W", "OL4A"], 6),
        (Selection(isbns=(read_isbn(TEA), read_isbn(FOX)), languages=("ger",)), ["OL2A", "OL2M", "OL2W"], 9),
    ],
)
def test_load_with_a_selection_stores_editions_and_what_they_name(
    files: list[Path], selection: Selection, taken: list[str], unwanted: int
) -> None:
    loader = load(files, selection)
    assert keys() == taken
    assert counts(loader) == {"lines": len(taken) + unwanted, "new": len(taken), "unwanted": unwanted}
    assert loader.missing == {"work": 0, "author": 0}


def test_load_with_a_selection_reads_files_that_hold_everything_as_often_as_needed(tmp_path: Path) -> None:
    mixed = [AUTHORS[0], *AUTHORS[3:], "/type/redirect\t/books/OL9M\t1\t2026\t{}", *WORKS, *BOOKS, "broken"]
    loader = load([written(tmp_path / "ol_dump.txt.gz", *mixed)], OF_TEA)
    assert keys() == ["OL1A", "OL1M", "OL1W", "OL4A"]
    assert counts(loader) == {"lines": 12, "new": 4, "unwanted": 7, "malformed": 1}


def test_load_begins_again_when_a_file_turns_out_to_hold_editions(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PEEKED_LINES", 2)
    loader = load([written(tmp_path / "ol_dump.txt.gz", *AUTHORS, *WORKS, *BOOKS)], OF_TEA)
    assert keys() == ["OL1A", "OL1M", "OL1W", "OL4A"]
    assert counts(loader) == {"lines": 12, "new": 4, "unwanted": 8}


def test_load_says_how_many_works_and_authors_are_not_in_the_files(files: list[Path]) -> None:
    assert load(files[2:], OF_TEA).missing == {"work": 1, "author": 1}
    assert load(files[1:2], OF_TEA).missing == {"work": 0, "author": 2}
    assert load(files[:1], OF_TEA).missing == {"work": 0, "author": 0}
    assert keys() == ["OL1A", "OL1M", "OL1W", "OL4A"]


def test_load_counts_and_names_lines_that_make_no_sense(tmp_path: Path) -> None:
    lines = [BOOKS[0], "KeyError('x')", BOOKS[1][:-9], "", "/type/list\t/lists/OL1L\t1\t\t{}", BOOKS[2]]
    loader = load([written(tmp_path / "d", *lines)])
    assert counts(loader) == {"lines": 6, "new": 2, "unwanted": 2, "malformed": 2}
    assert loader.malformed == ["d, line 2: not five columns with the type first", "d, line 3: broken JSON"]


@pytest.mark.parametrize("wrong", ["/type/edition\t/books/OL7M\t1", '/type/edition\t/books/OL7M\t1\t{"isbn_13": []}'])
def test_load_counts_lines_that_make_no_sense_among_those_passed_over(tmp_path: Path, wrong: str) -> None:
    lines = [BOOKS[1], wrong, BOOKS[2], BOOKS[0]]
    loader = load([written(tmp_path / "d", *lines)], OF_TEA)
    assert counts(loader) == {"lines": 4, "new": 1, "unwanted": 2, "malformed": 1}
    assert loader.malformed == ["d, line 2: not five columns with the type first"]


def test_load_of_a_file_that_ends_too_early_keeps_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path / "d.gz", *BOOKS)
    path.write_bytes(path.read_bytes()[:-5])
    loader = load([path])
    assert (counts(loader), loader.load.state) == ({"lines": 3, "new": 3}, "failed")
    assert loader.broken == ["d.gz: the file ends too early; download it again"]


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty_dump"), (gzip.compress(b"", mtime=0), "empty_dump"), (b"isbn,title\n1,2\n", "no_dump"),
     (b"\x1f\x8b<html>", "no_dump"), (b"\0" * 5_000, "no_dump")],
    ids=["empty", "empty when unpacked", "a table", "a page", "zeros"],
)  # fmt: skip
def test_load_refuses_files_of_another_kind(tmp_path: Path, data: bytes, code: str) -> None:
    (tmp_path / "d").write_bytes(data)
    with pytest.raises(Refused) as refused:
        load([tmp_path / "d"])
    assert (refused.value.code, OfflineLoad.objects.count()) == (code, 0)


class Killed(BaseException):
    pass


@pytest.mark.parametrize("selection", [Selection(), OF_TEA, Selection(limit=30)])
def test_load_that_was_killed_is_gone_on_with_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, selection: Selection
) -> None:
    monkeypatch.setattr(reading, "PIECE", 2_000)
    monkeypatch.setattr(dumps, "ROWS_AT_ONCE", 10)
    monkeypatch.setattr(dumps, "BLOCKS_AT_ONCE", 2)
    books = [edition(number, TEA if number % 7 == 0 else FOX, work=number) for number in range(1, 100)]
    paths = [
        written(tmp_path / "e", *books),
        written(tmp_path / "w", *(work(number, number) for number in range(1, 100))),
    ]
    blocks = count(1)

    def kill_now_and_then(loader: Loader) -> None:
        if next(blocks) % 9 == 0:
            raise Killed

    def load_until_killed() -> Loader | None:
        try:
            return load(paths, selection, kill_now_and_then)
        except Killed:
            return None

    runs = [load_until_killed() for _each in range(20)]
    done = next(each for each in runs if each)
    interrupted, taken = runs.index(done), keys()
    assert interrupted > 1
    drop_local_copy(by=None)
    at_once = load(paths, selection)
    assert (counts(done), taken) == (counts(at_once), keys())


def test_load_takes_the_day_of_the_last_change_where_the_names_have_none(tmp_path: Path) -> None:
    path = written(tmp_path / "d", line("OL1M", day=3), line("OL2M", day=5), line("OL3M", day=4))
    assert load([path]).load.as_of == date(2026, 10, 5)


def test_load_tells_how_far_it_is(files: list[Path]) -> None:
    told: list[Any] = []
    loader = load(files, OF_TEA, lambda loader: told.append(loader.bytes_read))
    assert loader.bytes_to_read == sum(path.stat().st_size for path in files)
    assert (told, loader.bytes_read) == (sorted(told), loader.bytes_to_read)
