"""The site behind PgBouncer that hands out connections by transaction. Takes long, and so only runs with LONG=1."""

import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest

from library_site.tests.desks import Desk, furnish
from library_site.tests.live import LIVE, program, wants
from library_site.tests.on_postgres import ordinary_user, server
from library_site.tests.released import manage
from library_site.tests.running import Running

PROGRAM = program("pgbouncer")
pytestmark = [*LIVE, wants("pgbouncer")]
DESKS, CONNECTIONS = 6, 3
SETTINGS = """[databases]
* = host={server} user=openshelf
[pgbouncer]
unix_socket_dir = {folder}
listen_port = 6432
auth_type = any
pool_mode = transaction
default_pool_size = {connections}
logfile = {folder}/log
"""


@contextmanager
def bouncer(url: str) -> Iterator[str]:
    """The URL of the same database through a PgBouncer with few connections."""
    folder = Path(tempfile.mkdtemp(prefix="openshelf-pgbouncer-"))
    run_as = ordinary_user(folder)
    there = url.partition("@/")[2].rpartition("/")[0]
    (folder / "ini").write_text(SETTINGS.format(server=there, folder=folder, connections=CONNECTIONS))
    process = subprocess.Popen([*run_as, str(PROGRAM), str(folder / "ini")], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while not (folder / ".s.PGSQL.6432").exists():
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield f"postgres://openshelf@/{folder}/postgres?port=6432"
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def urls() -> Iterator[tuple[str, str]]:
    with server() as url, bouncer(url) as through:
        yield url, through


@pytest.mark.parametrize("pool", ["0", "4"])
def test_more_desks_than_connections_lend_and_take_back(urls: tuple[str, str], tmp_path: Path, pool: str) -> None:
    direct, through = urls
    manage(direct, tmp_path, "migrate", "-v0")
    how = {"DATABASE_URL": through, "PGBOUNCER": "true", "DATABASE_POOL": pool}
    running = Running(tmp_path, "--demo", "no", **how).wait()
    try:
        barcodes = furnish(running, books=DESKS, members=DESKS)
        first = Desk.signed_in(running)

        def work(n: int) -> list[int]:
            desk, answers = first.colleague(), []
            for _each in range(5):
                lent = {"member": n + 1, "scan": barcodes[n]}
                answers.append(desk.send(f"/desk/issue/?member={n + 1}", lent).status_code)
                answers.append(desk.send("/desk/return/", {"scan": barcodes[n]}).status_code)
                answers.append(desk.look("/search/?q=book").status_code)
            return answers

        with ThreadPoolExecutor(DESKS) as pool_of_desks:
            answers = list(pool_of_desks.map(work, range(DESKS)))
        assert answers == [[302, 302, 200] * 5] * DESKS
    finally:
        running.stop()
    assert manage(direct, tmp_path, "check_invariants") == "The library is sound.\n"
