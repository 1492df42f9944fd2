"""``export``: a file that is whole or not there, a line of counts, a refusal that says what to do."""

import json
import stat
from io import BytesIO, StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Action
from catalog.tests.factories import CopyFactory
from circulation.exports import writing
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db


def export(*arguments: str) -> dict[str, Any]:
    """The counts that ``export`` ends with."""
    said = StringIO()
    call_command("export", *arguments, stdout=said, stderr=StringIO())
    return json.loads(said.getvalue())


@pytest.mark.parametrize(
    ("kind", "what", "counts"),
    [
        ("csv", "books", {"books": 2, "copies": 2}),
        ("csv", "all", {"books": 2, "copies": 2, "members": 1, "loans": 1}),
        ("jsonl", "members", {"members": 1}),
        ("jsonl", "loans", {"loans": 1}),
        ("marc", "books", {"books": 2, "copies": 2}),
        ("marcxml", "books", {"books": 2, "copies": 2}),
    ],
)
def test_export_writes_a_file_for_its_owner_and_says_how_much_is_in_it(kind, what, counts, tmp_path):
    CopyFactory()
    make_loan()
    target = tmp_path / "out"
    assert export("--kind", kind, "--what", what, "-o", str(target)) == {"kind": kind, "what": what} | counts
    assert (target.stat().st_size > 0, stat.S_IMODE(target.stat().st_mode)) == (True, 0o600)
    action = Action.objects.get(verb="export")
    assert (action.by, action.after) == (None, {"kind": kind, "what": what})


def test_export_to_standard_output_keeps_the_counts_out_of_it(monkeypatch):
    class Terminal:
        buffer = BytesIO()

    monkeypatch.setattr("sys.stdout", Terminal())
    errors = StringIO()
    call_command("export", "--kind", "jsonl", "-o", "-", stderr=errors)
    assert Terminal.buffer.getvalue() == b'{"what":"library","version":1,"currency":"EUR"}\n'
    assert json.loads(errors.getvalue()) == {"kind": "jsonl", "what": "books", "books": 0, "copies": 0}


def test_export_of_members_as_marc_is_refused_and_leaves_the_file_alone(tmp_path):
    (tmp_path / "out").write_text("before")
    with pytest.raises(CommandError, match="MARC holds books and copies only"):
        export("--kind", "marc", "--what", "members", "-o", str(tmp_path / "out"))
    assert (tmp_path / "out").read_text() == "before"


def test_export_that_fails_on_its_way_leaves_nothing_behind(tmp_path, monkeypatch):
    CopyFactory()

    def breaks(*_anything: Any) -> Any:
        raise RuntimeError

    monkeypatch.setattr(writing, "keyed_drafts_of", breaks)
    with pytest.raises(RuntimeError):
        export("--kind", "csv", "-o", str(tmp_path / "out"))
    assert (list(tmp_path.iterdir()), Action.objects.count()) == ([], 0)


def test_export_says_that_it_cannot_write_there():
    with pytest.raises(CommandError, match="cannot be written: No such file or directory"):
        export("--kind", "csv", "-o", str(Path("/nowhere/out")))
