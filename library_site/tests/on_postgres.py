"""Runs the suite on PostgreSQL: on DATABASE_URL if it is set, else on a server of our own, made for this run."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# The server is thrown away with its folder: what a machine without power would lose need not be written down.
NOTHING_TO_KEEP = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


@contextmanager
def server() -> Iterator[str]:
    """A PostgreSQL of our own in a scratch folder, on a socket only; its URL."""
    found = programs()
    folder = Path(tempfile.mkdtemp(prefix="openshelf-postgres-"))
    run_as = ordinary_user(folder)

    def run(program: str, *arguments: str) -> None:
        subprocess.run([*run_as, str(found / program), *arguments], check=True, stdout=subprocess.DEVNULL, cwd=folder)

    data = str(folder / "data")
    run("initdb", "-D", data, "-U", "openshelf", "--auth=trust", "-E", "UTF8", "--no-sync", "--locale=C.UTF-8")
    settings = f"-k {folder} -c listen_addresses= -c max_connections=200 {NOTHING_TO_KEEP}"
    run("pg_ctl", "-D", data, "-l", str(folder / "log"), "-w", "-o", settings, "start")
    try:
        yield f"postgres://openshelf@/{folder}/postgres"  # django-environ reads the folder of a socket from the path
    finally:
        run("pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def programs() -> Path:
    """The folder of the newest PostgreSQL's programs."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not found:
        sys.exit("PostgreSQL is not installed: apt install postgresql, or set DATABASE_URL.")
    return found[-1]


def ordinary_user(folder: Path) -> list[str]:
    """PostgreSQL refuses to run as root: then it runs as the user its package made."""
    if os.geteuid() != 0:
        return []
    shutil.chown(folder, "postgres", "postgres")
    folder.chmod(0o755)
    return ["runuser", "-u", "postgres", "--"]


def main(arguments: list[str]) -> int:
    pytest = [sys.executable, "-m", "pytest", *arguments]
    if os.environ.get("DATABASE_URL", "").startswith("postgres"):
        return subprocess.run(pytest, check=False).returncode
    with server() as url:
        return subprocess.run(pytest, env={**os.environ, "DATABASE_URL": url}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
