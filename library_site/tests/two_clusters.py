"""A PostgreSQL server and a copy that streams from it, both of our own, on sockets in a scratch folder."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from library_site.tests.on_postgres import ordinary_user, programs

PRIMARY, COPY = 54_311, 54_312  # names of sockets: nothing listens on the network


@contextmanager
def clusters() -> Iterator[tuple[str, str]]:
    """The URLs of a database and of its copy."""
    folder = Path(tempfile.mkdtemp(prefix="openshelf-clusters-"))
    run_as, found = ordinary_user(folder), programs()

    def run(program: str, *arguments: str) -> None:
        command = [*run_as, str(found / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    def start(name: str, port: int) -> None:
        how = f"-k {folder} -p {port} -c listen_addresses= -c fsync=off -c max_connections=60"
        run("pg_ctl", "-D", str(folder / name), "-l", str(folder / f"{name}.log"), "-w", "-o", how, "start")

    started = []
    try:
        run("initdb", "-D", str(folder / "one"), "-U", "openshelf", "--auth=trust", "-E", "UTF8", "--no-sync",
            "--locale=C.UTF-8")  # fmt: skip
        start("one", PRIMARY)
        started.append("one")
        run("pg_basebackup", "-D", str(folder / "copy"), "-h", str(folder), "-p", str(PRIMARY), "-U", "openshelf",
            "--write-recovery-conf", "--checkpoint=fast", "--no-sync")  # fmt: skip
        start("copy", COPY)
        started.append("copy")
        yield _url(folder, PRIMARY), _url(folder, COPY)
    finally:
        for name in reversed(started):
            run("pg_ctl", "-D", str(folder / name), "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def _url(folder: Path, port: int) -> str:
    return f"postgres://openshelf@/{folder}/postgres?port={port}"
