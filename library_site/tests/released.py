"""Filled databases of released versions: made when a version is released, migrated by every later one.

``python -m library_site.tests.released 0.1.0`` writes those of the present code, of SQLite and, where it is installed,
of PostgreSQL. They are committed with the release and never changed after.
"""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from library_site.tests.on_postgres import programs, server

FOLDER = Path(__file__).resolve().parent / "released"
ROOT = FOLDER.parent.parent.parent
ENDINGS = {"sqlite": ".sqlite3.gz", "postgresql": ".sql.gz"}
FILL = "from library_site.tests.library_in_full import make_library_in_full; make_library_in_full()"


def versions(vendor: str) -> list[str]:
    """The versions of which there is a database of this kind."""
    ending = ENDINGS[vendor]
    return sorted(path.name.removesuffix(ending) for path in FOLDER.glob(f"*{ending}"))


def file_of(version: str, vendor: str, folder: Path = FOLDER) -> Path:
    """Where the database of ``version`` is."""
    return folder / f"{version}{ENDINGS[vendor]}"


def environment_of(url: str, folder: Path) -> dict[str, str]:
    """The environment in which a command works on the database at ``url``."""
    own = {"DATABASE_URL": url, "DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "library_site.tests.settings"}
    return {**os.environ, **own}


def manage(url: str, folder: Path, *arguments: str) -> str:
    """Run a command on the database at ``url``; what it said."""
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=environment_of(url, folder), check=True,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return done.stdout


def make_sqlite(version: str, target: Path) -> None:
    """Write a filled SQLite database of the present code."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, url = Path(scratch), f"sqlite:///{scratch}/library.db"
        _fill(url, folder)
        with (folder / "library.db").open("rb") as source, _packed(version, "sqlite", target) as packed:
            shutil.copyfileobj(source, packed)


def make_postgres(version: str, target: Path) -> None:
    """Write a filled PostgreSQL database of the present code."""
    with tempfile.TemporaryDirectory() as scratch, server() as url:
        _fill(url, Path(scratch))
        host = url.partition("@/")[2].rpartition("/")[0]
        dump = [
            str(programs() / "pg_dump"),
            "--no-owner",
            "--no-privileges",
            "--host",
            host,
            "-U",
            "openshelf",
            "postgres",
        ]
        done = subprocess.run(dump, check=True, stdout=subprocess.PIPE)
        lines = [
            line for line in done.stdout.splitlines(keepends=True) if not line.startswith((b"\\restrict", b"\\unre"))
        ]
        with _packed(version, "postgresql", target) as packed:
            packed.write(b"".join(lines))


def unpack(version: str, vendor: str, target: Path, folder: Path = FOLDER) -> None:
    """Write the database of ``version`` to ``target``, as it was."""
    with gzip.open(file_of(version, vendor, folder)) as packed, target.open("wb") as file:
        shutil.copyfileobj(packed, file)


def _fill(url: str, folder: Path) -> None:
    manage(url, folder, "migrate", "-v0")
    manage(url, folder, "shell", "-v", "0", "-c", FILL)


def _packed(version: str, vendor: str, folder: Path) -> Any:
    folder.mkdir(exist_ok=True)
    return gzip.GzipFile(file_of(version, vendor, folder), "wb", mtime=0)


def main(version: str) -> None:
    if version in versions("sqlite"):
        sys.exit(f"The database of {version} is there already: what was released does not change.")
    make_sqlite(version, FOLDER)
    make_postgres(version, FOLDER)
    for vendor in ENDINGS:
        print(file_of(version, vendor), file_of(version, vendor).stat().st_size)


if __name__ == "__main__":
    main(sys.argv[1])
