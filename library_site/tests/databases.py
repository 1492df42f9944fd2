"""A database for one site that is really run, of the kind the tests run on."""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

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
    server, name = environ.Env.db_url_config(url), f"openshelf_{uuid.uuid4().hex}"
    with psycopg.connect(
        host=server["HOST"], port=server["PORT"] or None, user=server["USER"], password=server["PASSWORD"] or None,
        dbname=server["NAME"], autocommit=True,
    ) as admin:  # fmt: skip
        admin.execute(f"CREATE DATABASE {name}")
        try:
            yield {"DATABASE_URL": f"{url.rpartition('/')[0]}/{name}" + (f"?{options}" if options else "")}
        finally:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
