"""A database for one site that is really run, of the kind the tests run on."""

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import environ
import psycopg
from django.db import connection


@contextmanager
def own_database() -> Iterator[dict[str, str]]:
    """The environment of a site with a database of its own; on SQLite its own folder is enough."""
    if connection.vendor == "sqlite":
        yield {}
        return
    url, _question, options = os.environ["DATABASE_URL"].partition("?")
    name = f"openshelf_{uuid.uuid4().hex}"
    with _connected(url) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def row_in(environment: dict[str, str], sql: str) -> tuple[Any, ...]:
    """What the database of a site in ``environment`` answers, one row: a process that asked it would take a second."""
    if url := environment.get("DATABASE_URL"):
        with _connected(url) as server:
            return server.execute(sql).fetchone() or ()
    with closing(sqlite3.connect(Path(environment["DATA_DIR"], "library.db"))) as file:
        return file.execute(sql).fetchone()


def _connected(url: str) -> psycopg.Connection:
    server = environ.Env.db_url_config(url)
    return psycopg.connect(
        host=server["HOST"], port=server["PORT"] or None, user=server["USER"], password=server["PASSWORD"] or None,
        dbname=server["NAME"], autocommit=True,
    )  # fmt: skip
