"""Two PostgreSQL servers, one following the other: pages are read from the copy, and nobody misses what they did.

Takes long, and so only runs with LONG=1.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import environ
import psycopg
import pytest

from library_site.tests.desks import Desk, furnish
from library_site.tests.live import LIVE
from library_site.tests.running import Running
from library_site.tests.two_clusters import clusters

pytestmark = LIVE

FOLLOWING_SECONDS = 60
COPY_TYPE = "from catalog.models import CopyType; print(CopyType.objects.all()[0].pk)"


@pytest.fixture
def servers() -> Iterator[tuple[str, str]]:
    with clusters() as urls:
        yield urls


def at(url: str) -> psycopg.Connection:
    server = environ.Env.db_url_config(url)
    options = server.get("OPTIONS", {})
    return psycopg.connect(
        host=server["HOST"], user=server["USER"], dbname=server["NAME"], autocommit=True, port=options["port"]
    )


def until(server: psycopg.Connection, question: str) -> None:
    """Wait until the answer is yes."""
    deadline = time.monotonic() + FOLLOWING_SECONDS
    while server.execute(question).fetchone() != (True,):
        assert time.monotonic() < deadline, question
        time.sleep(0.05)


def finds(desk: Desk, title: str) -> bool:
    return title in desk.look("/search/?q=nightfall").text


def test_reader_sees_the_copy_and_who_wrote_sees_what_they_wrote(servers: tuple[str, str], tmp_path: Path) -> None:
    one, copy = servers
    running = Running(tmp_path, "--demo", "no", DATABASE_URL=one, REPLICA_URL=copy, REPLICA_LAG_SECONDS="600").wait()
    try:
        furnish(running, books=1, members=1)
        with at(copy) as follower:
            librarian, visitor = Desk.signed_in(running), Desk(running)
            librarian.browser.cookies.pop("wrote", None)
            assert visitor.look("/search/?q=book").status_code == 200
            [[asked]] = follower.execute("SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend'")
            assert asked > 1  # the site has connections of its own here
            follower.execute("SELECT pg_wal_replay_pause()")  # from now on the copy lags for ever
            until(follower, "SELECT pg_get_wal_replay_pause_state() = 'paused'")
            form = {"title": "Nightfall", "stock": "0"}
            copy_type = running.manage("shell", "-v", "0", "-c", COPY_TYPE).strip()
            sent = librarian.send("/desk/books/add/", form | {"copy_type": copy_type})
            assert (sent.status_code, "wrote" in librarian.browser.cookies) == (302, True)
            assert librarian.look(sent.headers["Location"]).status_code == 200
            assert (finds(librarian, "Nightfall"), finds(visitor, "Nightfall")) == (True, False)
            follower.execute("SELECT pg_wal_replay_resume()")
            until(follower, "SELECT count(*) > 0 FROM catalog_book WHERE title = 'Nightfall'")
            assert finds(visitor, "Nightfall")
        assert running.manage("check_invariants") == "The library is sound.\n"
    finally:
        running.stop()
