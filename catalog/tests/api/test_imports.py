"""Imports through the API: lists and files, how far they are, brought in and taken back."""

import pytest

from accounts.models import User
from accounts.tests.api.programs import V1, Program, problem_of
from catalog.files import folder
from catalog.models import Book, ImportBatch
from catalog.tasks import go_on_with_imports
from catalog.tests.services.files import book, staged

pytestmark = pytest.mark.django_db
TABLE = b"Title;Author;ISBN\r\nEmma;Jane Austen;9780141439587\r\nMomo;Michael Ende;\r\n"
FILES = f"{V1}imports/files"


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def send(program: Program, data: bytes = TABLE, query: str = "name=books.csv", **headers: str) -> object:
    sent = program.sent | {name.replace("_", "-"): value for name, value in headers.items()}
    return program.post(f"{FILES}?{query}", data, content_type="application/octet-stream", headers=sent)


def test_list_is_started_and_its_progress_told(program: Program) -> None:
    started = program.ask("POST", "imports", {"lines": ["9780141439587", "OL1M"], "auto_apply": False})
    said = program.ask("GET", started.headers["Location"]).json()
    assert (started.status_code, said["phase"], said["state"], said["done"], said["total"], said["verdicts"]) == (
        201, "staging", "queued", 0, 2, {"unread": 2},
    )  # fmt: skip
    paused = program.ask("POST", f"imports/{said['id']}/pause").json()
    resumed = program.ask("POST", f"imports/{said['id']}/resume").json()
    assert (paused["state"], resumed["state"]) == ("paused", "queued")
    assert program.ask("DELETE", f"imports/{said['id']}").status_code == 204
    assert [each["state"] for each in program.ask("GET", "imports").json()["results"]] == ["cancelled"]


def test_file_is_read_brought_in_and_taken_back(program: Program) -> None:
    started = send(program, query="name=books.csv&columns=guess")
    pk = started.json()["id"]
    go_on_with_imports()
    lines = program.ask("GET", f"imports/{pk}/lines?verdict=new").json()["results"]
    assert (started.status_code, [(each["n"], each["title"]) for each in lines]) == (201, [(2, "Emma"), (3, "Momo")])
    program.ask("POST", f"imports/{pk}/apply")
    go_on_with_imports()
    done = program.ask("GET", f"imports/{pk}").json()
    assert (done["phase"], done["outcomes"], Book.objects.count()) == ("applied", {"added": 2}, 2)
    program.ask("POST", f"imports/{pk}/undo")
    go_on_with_imports()
    assert (program.ask("GET", f"imports/{pk}").json()["phase"], Book.objects.count()) == ("undone", 0)


def test_columns_are_named_where_nobody_guesses(program: Program) -> None:
    pk = send(program).json()["id"]
    look = program.ask("GET", f"imports/{pk}/columns").json()
    assert (look["what"], look["columns"]["Title"], look["rows"][1][0]) == ("book", "title", "Momo")
    wrong = program.ask("POST", f"imports/{pk}/columns", {"columns": {"Titel": "title", "Author": "nonsense"}})
    assert sorted(wrong.json()["errors"]) == ["columns", "columns.Author", "columns.Titel"]
    named = program.ask("POST", f"imports/{pk}/columns", {"columns": look["columns"]})
    assert (named.status_code, named.json()["phase"]) == (200, "staging")


def test_file_sent_twice_is_one_import_and_leaves_no_other_file(program: Program) -> None:
    first, second = (send(program, Idempotency_Key="k") for _n in range(2))
    assert (first.content, second.headers["Idempotency-Replayed"]) == (second.content, "true")
    assert (ImportBatch.objects.count(), len(list(folder().glob("*")))) == (1, 1)


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "empty"), (b"%PDF-1.7 nonsense", "other_kind"), (b"\x1f\x8bnonsense", "broken_archive")]
)
def test_file_that_cannot_be_read_is_refused_and_not_kept(data: bytes, code: str, program: Program) -> None:
    answer = send(program, data)
    assert (problem_of(answer), answer.json()["reasons"][0]["code"]) == ((409, "refused"), code)
    assert (list(folder().glob("*")), ImportBatch.objects.count()) == ([], 0)


def test_file_of_somebody_without_the_right_is_not_read(member_user: User) -> None:
    assert problem_of(send(Program(member_user))) == (403, "not_allowed")
    assert (problem_of(send(Program(), b"x" * 300_000)), folder().exists()) == ((413, "too_large"), False)


def test_doubtful_lines_are_decided(program: Program) -> None:
    batch = staged(book(1, "Emma"))
    batch.rows.update(verdict="doubtful")
    one = program.ask("POST", f"imports/{batch.pk}/lines", {"lines": [{"n": 1, "decision": "new"}]})
    assert (one.status_code, batch.rows.get().decision) == (200, "new")
    program.ask("POST", f"imports/{batch.pk}/lines", {"all_doubtful": "skip"})
    assert batch.rows.get().decision == "skip"
    assert problem_of(program.ask("POST", f"imports/{batch.pk}/lines", {})) == (400, "invalid")


def test_import_that_has_gone_on_is_not_moved(program: Program) -> None:
    batch = staged(book(1, "Emma"))
    answer = program.ask("POST", f"imports/{batch.pk}/undo")
    assert (problem_of(answer), answer.json()["reasons"][0]["code"]) == ((409, "refused"), "changed_since")
