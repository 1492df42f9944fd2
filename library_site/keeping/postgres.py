"""Snapshots of a PostgreSQL library by pg_dump, and putting one in the place of another."""

import os
import re
import secrets
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import takewhile
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.db.backends.postgresql.client import DatabaseClient
from django.db.migrations.recorder import MigrationRecorder

from library_site.backups import BackupBroken, BackupFailed
from library_site.connecting import address_of
from library_site.keeping.archives import DATABASES, Manifest

NAME = DATABASES["postgresql"]
INSTALLED = Path("/usr/lib/postgresql")  # Debian's place, where several versions stand side by side
SCRATCH = "openshelf_scratch_"
LEFT_AFTER = 24 * 3600  # seconds
EMPTY_FIRST = "DROP SCHEMA public CASCADE; CREATE SCHEMA public;"


@contextmanager
def snapshot(connection: Any, folder: Path) -> Iterator[tuple[Path, Manifest]]:
    """A dump of the database as it is at one moment, and what is in it; others write meanwhile."""
    pg_dump, dump = tool("pg_dump", connection), folder / NAME
    own = connection.copy()
    try:
        own.set_autocommit(True)
        with own.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            [moment] = cursor.fetchone()
            found = contents(own)
            _run([pg_dump, "--format=custom", "--compress=0", "--no-owner", "--no-privileges",
                  f"--snapshot={moment}", f"--file={dump}"], own)  # fmt: skip
    finally:
        own.close()
    yield dump, found


def contents(connection: Any) -> Manifest:
    """The rows and migrations in the database of ``connection``."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")
        tables = [name for (name,) in cursor.fetchall()]
        rows = {}
        for table in tables:
            cursor.execute(f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}")  # noqa: S608 - names come from the database itself
            [rows[table]] = cursor.fetchone()
    applied = MigrationRecorder(connection).applied_migrations()
    return Manifest(rows, [list(each) for each in applied])


@contextmanager
def scratch(connection: Any, unpacked: Path) -> Iterator[tuple[str, Manifest]]:
    """The unpacked dump in a database made for it beside that of ``connection``: its URL and what is in it."""
    if connection.vendor != "postgresql":
        raise BackupBroken("it is one of a PostgreSQL library: DATABASE_URL must name a server to try it on")
    pg_restore = tool("pg_restore", connection)
    own = connection.copy()
    own.settings_dict = {**connection.settings_dict, "NAME": f"{SCRATCH}{int(time.time())}_{secrets.token_hex(8)}"}
    with _made(connection, own.settings_dict["NAME"]):
        try:
            _run([pg_restore, "--no-owner", "--exit-on-error", str(unpacked / NAME)], own)
            yield address_of(own.settings_dict), contents(own)
        finally:
            own.close()


@contextmanager
def _made(connection: Any, name: str) -> Iterator[None]:
    """A database called ``name`` for as long as the block lasts."""
    admin = connection.copy()
    try:
        admin.set_autocommit(True)
        with admin.cursor() as cursor:
            _drop_leftovers(cursor)
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    except DatabaseError as error:
        admin.close()
        reason = str(error).strip().splitlines()[0]
        user = connection.settings_dict["USER"]
        raise BackupFailed(
            f"no database could be made to try it in ({reason}): ALTER ROLE {user} CREATEDB lets it"
        ) from error
    try:
        yield
    finally:
        with suppress(DatabaseError), admin.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
        admin.close()


def _drop_leftovers(cursor: Any) -> None:
    """Scratch databases of a day ago: whoever made them was killed, and they hold everything about everybody."""
    cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [SCRATCH])
    for name in [name for (name,) in cursor.fetchall()]:
        made = re.match(r"\d+", name.removeprefix(SCRATCH))
        if made and int(made[0]) < time.time() - LEFT_AFTER:
            with suppress(DatabaseError):  # another user's
                cursor.execute(f"DROP DATABASE {cursor.db.ops.quote_name(name)} WITH (FORCE)")


def put_in_place(unpacked: Path, connection: Any) -> None:
    """Make the database of ``connection`` what the unpacked one is, in one transaction. Raises BackupFailed."""
    script = unpacked / "restore.sql"
    pg_restore, psql = tool("pg_restore", connection), tool("psql", connection)
    _run([pg_restore, "--no-owner", "--no-privileges", f"--file={script}", str(unpacked / NAME)], None)
    connection.close()
    empty = EMPTY_FIRST if not _makes_its_schema(script) else EMPTY_FIRST.partition(";")[0]
    how = ["--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--command={empty}"]
    _run([psql, *how, f"--file={script}"], connection)


def _makes_its_schema(script: Path) -> bool:
    """Whether the dump makes the schema itself; that stands before its first table."""
    with script.open(encoding="utf-8") as lines:
        head = takewhile(lambda line: not line.startswith("CREATE TABLE"), lines)
        return any(line.startswith("CREATE SCHEMA public") for line in head)


def bytes_of(connection: Any) -> int:
    """How large the database is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return cursor.fetchone()[0]


def tool(name: str, connection: Any) -> str:
    """The path of one of PostgreSQL's programs that is no older than the server. Raises BackupFailed."""
    own = sorted(INSTALLED.glob(f"*/bin/{name}"), key=lambda path: float(path.parts[-3]))
    path = str(own[-1]) if own else shutil.which(name)
    server = connection.pg_version // 10_000
    if not path:
        raise BackupFailed(f"{name} is not installed: install the client programs of PostgreSQL {server}")
    said = subprocess.run([path, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603 - found above
    found = int(version[1]) if (version := re.search(r"(\d+)", said)) else 0
    if found < server:
        raise BackupFailed(
            f"{name} {found} is older than the server: install the client programs of PostgreSQL {server}"
        )
    return path


def _run(command: list[str], connection: Any) -> None:
    """Run one of PostgreSQL's programs on the database of ``connection``. Raises BackupFailed with its first line."""
    options: list[str] = []
    environment: dict[str, str] = {}
    if connection is not None:
        arguments, given = DatabaseClient.settings_to_cmd_args_env(connection.settings_dict, [])
        options, environment = [*arguments[1:-1], f"--dbname={arguments[-1]}"], given or {}
    done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs
        [command[0], *options, *command[1:]],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"{Path(command[0]).name} ended with {done.returncode}"]
        raise BackupFailed(lines[0])
