"""Files brought in and taken back from the terminal; the last line is JSON."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from catalog.files import folder
from catalog.models import Book, Copy, ImportBatch
from catalog.services.rejects import rejects_of
from catalog.tasks import go_on_with_import
from circulation.management import import_runs
from circulation.models import Loan
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
TABLE = "Title;Author;ISBN;Barcode\nEmma;Jane Austen;9780141439587;C1\nDune;Frank Herbert;;C2\n"


def run(name: str, *arguments: Any, **options: Any) -> tuple[int, dict[str, Any]]:
    """The exit code, and what the last line says."""
    out, code = io.StringIO(), 0
    try:
        call_command(name, *arguments, stdout=out, stderr=io.StringIO(), **options)
    except SystemExit as end:
        code = int(str(end.code))
    return code, json.loads(out.getvalue().splitlines()[-1])


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "books.csv"
    path.write_text(TABLE)
    return path


def test_file_is_read_brought_in_and_taken_back(table: Path, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        code, said = run("import_file", table)
    number = ImportBatch.objects.get().pk
    assert (code, said) == (
        0, {"import": number, "phase": "review", "state": "paused", "lines": 2, "new": 2},
    )  # fmt: skip
    assert (Book.objects.count(), list(folder().glob("*"))) == (0, [])
    assert run("apply_import", number) == (
        0, {"import": number, "phase": "applied", "state": "done", "lines": 2, "added": 2},
    )  # fmt: skip
    assert (Book.objects.count(), Copy.objects.count()) == (2, 2)
    assert run("undo_import", number) == (
        0, {"import": number, "phase": "undone", "state": "done", "lines": 2, "undone": 2},
    )  # fmt: skip
    assert (Book.objects.count(), Copy.objects.count()) == (0, 0)


def test_file_brought_in_at_once_and_again_changes_nothing(table: Path) -> None:
    for outcome in ("added", "known"):
        code, said = run("import_file", table, apply=True)
        assert (code, said["phase"], said[outcome]) == (0, "applied", 2)
    assert Book.objects.count() == 2


class Killed(BaseException):
    """The process dies here."""


@pytest.mark.parametrize("phase", ["staging", "applying", "undoing"])
def test_command_goes_on_with_what_another_left_behind(phase: str, table: Path, monkeypatch: Any) -> None:
    def dies(batch: ImportBatch, **how: Any) -> None:
        if batch.phase == phase:
            raise Killed
        go_on_with_import(batch, **how)

    if phase == "undoing":
        run("import_file", table, apply=True)
    with monkeypatch.context() as patch:
        patch.setattr(import_runs, "go_on_with_import", dies)
        name, *given = ("undo_import", ImportBatch.objects.get().pk) if phase == "undoing" else ("import_file", table)
        with pytest.raises(Killed):
            run(name, *given, **({} if phase == "undoing" else {"apply": True}))
    ImportBatch.objects.update(lease_until=None)  # a minute later
    name, after, books = ("undo_import", "undone", 0) if phase == "undoing" else ("apply_import", "applied", 2)
    code, said = run(name, ImportBatch.objects.get().pk)
    assert (code, said["phase"], Book.objects.count()) == (0, after, books)


def test_wrong_line_is_an_exit_code(tmp_path: Path) -> None:
    path = tmp_path / "books.csv"
    path.write_text(TABLE + ";Nobody;;C9\n")
    code, said = run("import_file", path, apply=True)
    assert (code, said["added"], said["failed"]) == (1, 2, 1)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [("", "The file is empty."), ("%PDF-1.7", "This is no file"), ("Colour;Size\nred;2\n", "No column of x.csv is")],
)  # fmt: skip
def test_file_that_cannot_be_read_is_refused(content: str, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        run("import_file", path)
    assert ImportBatch.objects.count() == 0


def test_a_text_is_no_table_unless_somebody_says_so(tmp_path: Path) -> None:
    path = tmp_path / "licence.txt"
    path.write_text("Terms of use\nYou may read this\n")
    with pytest.raises(CommandError, match="seems to be a text, not a table"):
        run("import_file", path, apply=True)
    assert ImportBatch.objects.count() == 0
    assert run("import_file", path, kind="csv")[1]["new"] == 2


def test_what_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        run("import_file", tmp_path / "none.csv")
    for name in ("apply_import", "undo_import"):
        with pytest.raises(CommandError, match="There is no import 7"):
            run(name, 7)


def test_import_of_what_was_lent_is_not_taken_back(table: Path) -> None:
    _code, said = run("import_file", table, apply=True)
    make_loan(Copy.objects.get(barcode="C1"))
    with pytest.raises(CommandError, match="C1"):
        run("undo_import", said["import"])


def test_zip_of_tables_is_one_import_and_so_are_its_wrong_rows(tmp_path: Path) -> None:
    path, again = tmp_path / "all.zip", tmp_path / "again.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("loans.csv", "barcode,card_number,due_at\nC1,M1,2030-01-31\nC1,M9,2030-01-31\n")
        archive.writestr("members.csv", "card_number,name\nM1,Zoe\n")
        archive.writestr("books.csv", "openshelf_book,title,barcode\n1,Emma,C1\n2,,C2\n")
    code, said = run("import_file", path, apply=True)
    assert (code, said["added"], said["failed"], Loan.objects.count()) == (1, 3, 2, 1)
    again.write_bytes(b"".join(rejects_of(ImportBatch.objects.get())))
    with zipfile.ZipFile(again) as archive:
        texts = {name: archive.read(name).decode("utf-8-sig").split("\n") for name in archive.namelist()}
    assert [(name, len(lines) - 2, lines[1][:6]) for name, lines in texts.items()] == [
        ("books.csv", 1, "2,,C2,"), ("members.csv", 0, ""), ("loans.csv", 1, "C1,M9,"),
    ]  # fmt: skip
    code, said = run("import_file", again)
    assert (code, said["lines"], said["wrong"]) == (1, 2, 2)


def test_zip_with_a_table_that_says_nothing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("books.csv", "openshelf_book,title,barcode\n1,Emma,C1\n")
        archive.writestr("loans.csv", "barcode,colour\nC1,red\n")
    with pytest.raises(CommandError, match=r"No column of loans\.csv is known as"):
        run("import_file", path)
    assert list(folder().glob("*")) == []
