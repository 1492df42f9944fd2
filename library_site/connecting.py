"""How the site speaks to its databases: the options each kind runs with, and connections beside the site's own."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend

from library_site.installation import Environment

# Measured: without IMMEDIATE half of all concurrent writes fail with "database is locked" (docs/decisions/0002).
# All of the file is mapped, as far as SQLite can (2 GB): what lies behind is read anew by each of the 32 threads, and
# a page of search results took a tenth longer with an eighth of that.
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; "
    "PRAGMA mmap_size=2147418112; PRAGMA cache_size=-16000;",
}
CONNECT_SECONDS = 5  # a host that is gone does not answer at all
KEPT_SECONDS = 600
POOL_WAIT_SECONDS = 10


def tuned(database: dict[str, Any], *, pool: int = 0, behind_pgbouncer: bool = False) -> dict[str, Any]:
    """``database`` (as from a URL) with the options the library runs with.

    ``pool``: so many connections at most are shared by the threads of a process. ``behind_pgbouncer``: nothing is
    relied on that lasts longer than a transaction.
    """
    database = {**database, "CONN_MAX_AGE": 0 if pool or behind_pgbouncer else KEPT_SECONDS}
    if database["ENGINE"].endswith("sqlite3"):
        return {**database, "CONN_MAX_AGE": KEPT_SECONDS, "OPTIONS": SQLITE}
    options = {"connect_timeout": CONNECT_SECONDS, **database.get("OPTIONS", {})}
    if behind_pgbouncer:
        # How long a lock is waited for is set at the server, with ALTER ROLE: what a client says reaches others too.
        database["DISABLE_SERVER_SIDE_CURSORS"] = True
        options["prepare_threshold"] = None
    else:
        # As long as SQLite waits: who waits for a lock in vain gets the page that says so.
        options.setdefault("options", "-c lock_timeout=20s")
    if pool:
        options["pool"] = {"min_size": 1, "max_size": pool, "timeout": POOL_WAIT_SECONDS}
    return {**database, "CONN_HEALTH_CHECKS": not behind_pgbouncer, "OPTIONS": options}


def address_of(database: dict[str, Any]) -> str:
    """The address (DATABASE_URL) of a PostgreSQL ``database``. It holds the password: for our own processes only."""
    user, password, host = (quote(str(database[name] or ""), safe="") for name in ("USER", "PASSWORD", "HOST"))
    port, name = (f":{database['PORT']}" if database["PORT"] else ""), quote(str(database["NAME"]), safe="")
    who = f"{user}:{password}" if password else user
    is_socket = str(database["HOST"]).startswith("/")
    where = f"@/{database['HOST']}" if is_socket else f"@{host}{port}"
    options = {
        name: value for name, value in database["OPTIONS"].items() if isinstance(value, str) and name != "options"
    }
    return f"postgres://{who}{where}/{name}" + (f"?{urlencode(options)}" if options else "")


def refuse_unknown(database: dict[str, Any], has_driver: bool) -> None:
    """Raises ImproperlyConfigured for a kind of database that the library does not run on, or lacks the driver of."""
    if database["ENGINE"] not in ("django.db.backends.sqlite3", "django.db.backends.postgresql"):
        raise ImproperlyConfigured('DATABASE_URL must begin with "sqlite:///" or "postgres://".')
    if database["ENGINE"].endswith("postgresql") and not has_driver:
        raise ImproperlyConfigured(
            "DATABASE_URL asks for PostgreSQL, whose driver is missing: "
            "pip install --require-hashes -r requirements-postgres.txt"
        )


def connected_to(url: str) -> Any:
    """A connection to another database than the site's. Raises ImproperlyConfigured in words that name no password."""
    database = Environment.database_at(url)
    refuse_unknown(database, bool(find_spec("psycopg")))
    if database["ENGINE"].endswith("sqlite3"):
        _make_folder(Path(database["NAME"]).parent)
    full = connections.configure_settings({DEFAULT_DB_ALIAS: tuned(database)})[DEFAULT_DB_ALIAS]
    return load_backend(full["ENGINE"]).DatabaseWrapper(full, DEFAULT_DB_ALIAS)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"the folder {folder} of the database cannot be made ({error.strerror})") from error
