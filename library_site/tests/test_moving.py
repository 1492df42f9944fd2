"""The library moved to another database is the same library: every row, number, date and balance."""

import json
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from accounts.models import Action
from library_site.connecting import connected_to
from library_site.moving import moving
from library_site.moving.tables import tables
from library_site.tests.databases import own_database
from library_site.tests.library_in_use import make_library_in_use
from library_site.tests.test_restoring import asked, tables_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(tmp_path: Path) -> Iterator[str]:
    with own_database() as environment:
        yield environment.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'library.db'}"


def everything_in(a_connection: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but those that ``migrate`` fills by itself."""
    rows = {}
    with a_connection.cursor() as cursor:
        for model in tables():
            if model._meta.db_table == "catalog_searchlanguage":  # written anew, with the index
                continue
            names = ", ".join(a_connection.ops.quote_name(field.column) for field in model._meta.concrete_fields)
            cursor.execute(f"SELECT {names} FROM {model._meta.db_table} ORDER BY 1")  # noqa: S608 - names of a model
            rows[model._meta.db_table] = [tuple(map(_value, row)) for row in cursor.fetchall()]
    return rows


def _value(stored: Any) -> Any:
    """JSON that SQLite keeps as text says the same with other spaces."""
    return json.loads(stored) if isinstance(stored, str) and stored[:1] in ("{", "[") else stored


WORDS = {
    "sqlite": "SELECT count(*) FROM catalog_searchtext",
    "postgresql": "SELECT count(*) FROM catalog_searchdocument WHERE tokens IS NOT NULL",
}
NEXT_ACTION = (
    "INSERT INTO accounts_action (key, verb, at, target_type, before, after, reason, overrides, result, fingerprint) "
    "VALUES ('n', 'v', '2026-01-01 00:00:00+00:00', '', '{}', '{}', '', '[]', '{}', '')"
)


def test_library_is_moved_whole_or_not_at_all_and_finds_its_books_and_counts_on(
    other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_library_in_use()
    gone = Action.objects.create(key="gone", verb="v", at=timezone.now())
    Action.objects.filter(pk=gone.pk).delete()
    with monkeypatch.context() as broken:
        broken.setattr(moving, "count_in", lambda _target, _model: -1)
        with pytest.raises(CommandError, match=r"Nothing was moved: .* has not as many rows there as here"):
            call_command("move", to=other)
    assert asked(other, "SELECT count(*) FROM django_content_type") != [(0,)]  # as migrate left it
    assert asked(other, "SELECT count(*) FROM accounts_member") == [(0,)]
    told = StringIO()
    call_command("move", to=other, stdout=told)
    assert told.getvalue().splitlines()[-1] == "The library is sound there. Set DATABASE_URL to it and start the site."
    there = connected_to(other)
    assert everything_in(there) == everything_in(connection)
    there.close()
    assert asked(other, WORDS[connection.vendor]) == [(4,)]
    asked(other, NEXT_ACTION)
    assert asked(other, "SELECT id FROM accounts_action WHERE key = 'n'") == [(gone.pk + 1,)]
    with pytest.raises(CommandError, match=r"Nothing was moved: the target is not empty: there is a library"):
        call_command("move", to=other)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="needs both kinds of database")
def test_library_that_went_from_postgresql_to_sqlite_and_back_is_the_same(other: str, tmp_path: Path) -> None:
    make_library_in_use()
    file = f"sqlite:///{tmp_path / 'library.db'}"
    call_command("move", to=file)
    assert asked(file, WORDS["sqlite"]) == [(4,)]
    moving.manage(file, "move", "--to", other)
    there = connected_to(other)
    assert everything_in(there) == everything_in(connection)
    there.close()


def test_database_of_another_program_is_not_moved_into(other: str) -> None:
    asked(other, "CREATE TABLE invoices (id integer)")
    with pytest.raises(CommandError, match="the target is not empty: there is a table invoices"):
        call_command("move", to=other)
    assert tables_in(other) == ["invoices"]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("nonsense", "the address of the database cannot be understood"),
        ("mysql://user:secret@host/library", 'DATABASE_URL must begin with "sqlite:///" or "postgres://"'),
        ("postgres://user:secret@127.0.0.1:9/library", "connection failed"),
        ("sqlite:////dev/null/library.db", "the folder /dev/null of the database cannot be made (File exists)"),
    ],
)
def test_target_that_is_none_is_named_without_its_password(url: str, reason: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("move", to=url)
    assert (reason in str(refused.value), "secret" in str(refused.value)) == (True, False)
