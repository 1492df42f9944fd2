"""A library of every released version is brought up to date: nothing of it is lost, and it is sound."""

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from library_site.connecting import connected_to
from library_site.tests import released
from library_site.tests.databases import own_database
from library_site.tests.library_in_full import LEFT_EMPTY
from library_site.tests.live import LONG
from library_site.tests.on_postgres import programs

pytestmark = pytest.mark.django_db(transaction=True)
KIND = connection.vendor
OWN_OF_DJANGO = ("django_", "auth_", "sqlite_", "openshelf_cache", "catalog_searchtext")
# (table, column) -> the version whose update changed it on purpose, and how is in its notes
CHANGED_ON_PURPOSE: dict[tuple[str, str], str] = {}


@pytest.fixture
def url(tmp_path: Path) -> Iterator[str]:
    with own_database() as environment:
        yield environment.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'library.db'}"


def put(version: str, folder: Path, url: str, where: Path) -> None:
    """Make the database at ``url`` the one of ``version``."""
    if KIND == "sqlite":
        released.unpack(version, KIND, Path(url.removeprefix("sqlite:///")), folder)
        return
    released.unpack(version, KIND, where / "dump.sql", folder)
    host, _slash, name = url.partition("@/")[2].rpartition("/")
    how = ["-q", "-v", "ON_ERROR_STOP=1", "-h", host, "-U", "openshelf", "-d", name, "-f", str(where / "dump.sql")]
    subprocess.run([str(programs() / "psql"), *how], check=True, stdout=subprocess.DEVNULL)


def content(url: str, columns: dict[str, list[str]] | None = None) -> dict[str, tuple[list[str], list[Any]]]:
    """Every table of ours with its columns and rows; only those ``columns``, where a table has them still."""
    there = connected_to(url)
    found = {}
    with there.cursor() as cursor:
        for table in there.introspection.table_names(cursor):
            if table.startswith(OWN_OF_DJANGO):
                continue
            names = [each.name for each in there.introspection.get_table_description(cursor, table)]
            names = [name for name in names if name != "tokens" and (columns is None or name in columns.get(table, []))]
            names = [name for name in names if (table, name) not in CHANGED_ON_PURPOSE]
            cursor.execute(f'SELECT {", ".join(map(there.ops.quote_name, names))} FROM "{table}" ORDER BY 1')  # noqa: S608 - names of tables
            found[table] = (names, cursor.fetchall())
    there.close()
    return found


def bring_up_to_date(version: str, folder: Path, url: str, where: Path) -> None:
    put(version, folder, url, where)
    before = content(url)
    released.manage(url, where, "migrate", "-v0")
    after = content(url, {table: names for table, (names, _rows) in before.items()})
    assert before
    assert {table: after.get(table) for table in before} == before
    assert released.manage(url, where, "check_invariants") == "The library is sound.\n"


@pytest.mark.parametrize("version", released.versions(KIND))
def test_library_of_a_released_version_is_brought_up_to_date(version: str, url: str, tmp_path: Path) -> None:
    bring_up_to_date(version, released.FOLDER, url, tmp_path)


@LONG
def test_library_of_the_present_version_would_be_brought_up_to_date(url: str, tmp_path: Path) -> None:
    """What the next release would be tested with: every table has rows, but those that are named."""
    make = released.make_sqlite if KIND == "sqlite" else released.make_postgres
    make("9.9.9", tmp_path / "released")
    assert released.file_of("9.9.9", KIND, tmp_path / "released").stat().st_size < 300_000
    bring_up_to_date("9.9.9", tmp_path / "released", url, tmp_path)
    assert {table for table, (_names, rows) in content(url).items() if not rows} == LEFT_EMPTY
