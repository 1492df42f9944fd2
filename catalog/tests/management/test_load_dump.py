"""The command that makes the local copy of Open Library."""

import fcntl
import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.management.commands import load_dump
from catalog.models import OfflineLoad, OfflineRecord
from catalog.services import dumps
from catalog.tests.management.test_import_openlibrary import Terminal
from catalog.tests.openlibrary.dumps import author, edition, work, written

pytestmark = pytest.mark.django_db
TEA, FOX = "9780142414125", "9780140328721"
IRREGULAR = Path(__file__).parent.parent / "data" / "dump" / "irregular.txt"


@pytest.fixture(autouse=True)
def data_dir(settings: Any, tmp_path: Path) -> Path:
    """A folder of this test's own, so that none waits for the lock of another."""
    settings.DATA_DIR = tmp_path / "data"
    return settings.DATA_DIR


@pytest.fixture
def editions(tmp_path: Path) -> Path:
    english, german = ({"languages": [{"key": f"/languages/{code}"}]} for code in ("eng", "ger"))
    lines = [edition(1, TEA, work=1, authors=[1], **english), edition(2, FOX, work=2, **german), edition(3)]
    return written(tmp_path / "editions_2026-10-31.txt.gz", *lines)


@pytest.fixture
def others(tmp_path: Path) -> list[Path]:
    return [
        written(tmp_path / "w.gz", work(1, 1), work(2, 2), work(9, 9)),
        written(tmp_path / "a", author(1), author(2), author(9), packed=False),
    ]


def run(*args: Any, **options: Any) -> tuple[int, dict[str, Any], str]:
    """The exit code, the last line written as JSON, and what went to the terminal's second channel."""
    out, err, code = io.StringIO(), options.pop("stderr", io.StringIO()), 0
    try:
        call_command("load_dump", *map(str, args), stdout=out, stderr=err, **options)
    except SystemExit as end:
        code = int(end.code or 0)
    return code, json.loads(out.getvalue().splitlines()[-1]), err.getvalue()


def refused(*args: Any) -> str:
    with pytest.raises(CommandError) as error:
        run(*args)
    return str(error.value)


def keys() -> list[str]:
    return sorted(OfflineRecord.objects.values_list("key", flat=True))


def test_load_dump_prints_counts_as_json(editions: Path, others: list[Path]) -> None:
    code, counts, err = run(editions, *others)
    assert counts.pop("seconds") >= 0
    assert (code, err) == (0, "")
    assert counts == {
        "lines": 9, "new": 9, "updated": 0, "same": 0, "unwanted": 0, "malformed": 0, "as_of": "2026-10-31",
        "broken_files": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("options", "taken"),
    [
        (["--languages", "de"], ["OL2A", "OL2M", "OL2W"]),
        (["--languages", "ger,fre", "spa"], ["OL2A", "OL2M", "OL2W"]),
        (["--limit", "1"], ["OL1A", "OL1M", "OL1W"]),
    ],
)
def test_load_dump_takes_a_selection(editions: Path, others: list[Path], options: list[str], taken: list[str]) -> None:
    code, counts, err = run(editions, *others, *options)
    assert (code, err, keys()) == (0, "", taken)
    assert (counts["missing_works"], counts["missing_authors"]) == (0, 0)


def test_load_dump_takes_a_list_of_isbns_in_any_form(editions: Path, others: list[Path], tmp_path: Path) -> None:
    isbns = tmp_path / "isbns.txt"
    isbns.write_text("ISBN\n0-14-241412-3; 9780306406157\n\n", encoding="utf-8-sig")
    code, counts, err = run(editions, *others, "--isbns", isbns)
    assert (code, keys(), counts["new"], counts["unwanted"]) == (0, ["OL1A", "OL1M", "OL1W"], 3, 6)
    assert err == "isbns.txt: 1 lines hold no ISBN.\n"


def test_load_dump_says_which_files_are_needed_too(editions: Path, others: list[Path]) -> None:
    _code, counts, err = run(editions, "--languages", "ger")
    assert (counts["missing_works"], counts["missing_authors"]) == (1, 0)
    assert "None of the files holds works, and 1 that are named are not here: run the command again with" in err
    assert "ol_dump_works_latest.txt.gz" in err
    assert "None of the files holds editions" in run(*others, "--languages", "ger")[2]


def test_load_dump_says_how_many_are_named_and_not_in_the_files(editions: Path, tmp_path: Path) -> None:
    code, counts, err = run(editions, written(tmp_path / "w", work(1), author(5)), "--languages", "ger", "eng")
    assert (code, counts["missing_works"], counts["missing_authors"]) == (0, 1, 1)
    assert err.splitlines()[0].startswith("1 works that are named are not in the files; most were merged")


def test_load_dump_of_irregular_lines_takes_what_is_a_record(capsys: Any) -> None:
    code, counts, err = run(IRREGULAR)
    assert (code, counts["new"], counts["unwanted"], counts["malformed"]) == (1, 13, 3, 6)
    assert err.splitlines()[0] == "Left out: irregular.txt, line 17: not five columns with the type first"
    assert len(err.splitlines()) == 6
    assert run(IRREGULAR)[1]["same"] == 13


def test_load_dump_of_a_cut_file_keeps_what_was_there_and_fails(editions: Path) -> None:
    editions.write_bytes(editions.read_bytes()[:-4])
    code, counts, err = run(editions)
    assert (code, counts["new"], counts["broken_files"]) == (1, 3, 1)
    told = "Not read to the end: editions_2026-10-31.txt.gz: the file ends too early; download it again"
    assert err.splitlines()[0] == told


def test_load_dump_draws_a_bar_with_rate_and_time_left(editions: Path) -> None:
    err = run(editions, stderr=Terminal())[2]
    assert "Loading [" in err
    assert "lines/s, 0:00 left" in err


def test_load_dump_goes_on_after_it_was_stopped(editions: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dumps, "ROWS_AT_ONCE", 1)

    def stop(*_args: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(load_dump.Progress, "show", stop)
        assert refused(editions) == "Stopped. The same command goes on from here."
    code, counts, err = run(editions)
    assert (code, counts["new"], err.splitlines()[0]) == (0, 3, "Going on after 0 of 0 MB.")
    assert OfflineLoad.objects.count() == 1


def test_load_dump_drops_the_copy(editions: Path) -> None:
    run(editions)
    assert run("--drop")[:2] == (0, {"dropped": 3})
    assert keys() == []
    assert run("--drop")[1] == {"dropped": 0}


def test_load_dump_is_only_one_at_a_time(editions: Path, data_dir: Path) -> None:
    data_dir.mkdir()
    with (data_dir / "load_dump.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert refused(editions) == "Another load_dump is at work. Wait for it, or stop it."
    assert run(editions)[0] == 0


def test_load_dump_refuses_what_it_cannot_do(editions: Path, tmp_path: Path) -> None:
    empty, nothing = tmp_path / "empty", tmp_path / "nothing"
    empty.write_bytes(b"")
    assert refused() == "Name the dumps: load_dump editions.txt.gz works.txt.gz authors.txt.gz"
    assert refused(nothing) == f"{nothing} cannot be read: No such file or directory"
    assert refused(editions, tmp_path).endswith("cannot be read: Is a directory")
    assert refused(editions, "--isbns", nothing) == f"{nothing} cannot be read: No such file or directory"
    assert refused(editions, "--isbns", empty) == f"{empty} holds no ISBN. Give a text file with one a line."
    assert refused(editions, "--languages", "klingon") == "--languages takes codes such as ger eng, or de en."
    assert refused(editions, "--limit", "0") == "--limit takes a number from 1."
    assert refused(editions, "--drop").endswith("Nothing was done.")
    assert refused(empty).startswith("empty is empty.")
    assert OfflineRecord.objects.count() == 0
