"""The secrets of a library of several containers: invented once, each in the folder of whoever needs it."""

import secrets
import sys
from pathlib import Path

SITE, DATABASE, CACHE = "site/.env", "database/password", "cache/cache.conf"
FOR_ITS_OWNER, FOR_ANOTHER_USER = 0o600, 0o644  # database and cache run as users of their own, alone with their folder
CACHE_CONF = """requirepass {password}
save ""
maxmemory 128mb
maxmemory-policy volatile-lru
"""


def write_secrets(folder: Path) -> bool:
    """Write what is not in ``folder`` yet. False: all of it is, and stays as it is.

    The site's file comes last: as long as it is not there, nobody has used the others, and all are written anew.
    """
    if (folder / SITE).exists():
        return False
    database, cache = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
    _write(folder / DATABASE, database, FOR_ANOTHER_USER)
    _write(folder / CACHE, CACHE_CONF.format(password=cache), FOR_ANOTHER_USER)
    lines = [
        f"SECRET_KEY={secrets.token_urlsafe(48)}",
        f"DATABASE_URL=postgres://openshelf:{database}@db:5432/openshelf",
        f"CACHE_URL=redis://:{cache}@cache:6379/0",
    ]
    _write(folder / SITE, "\n".join([*lines, ""]), FOR_ITS_OWNER)
    return True


def _write(file: Path, text: str, mode: int) -> None:
    """Whole or not at all."""
    unfinished = file.with_name(f"{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=mode)
    unfinished.write_text(text, encoding="utf-8")
    unfinished.rename(file)


if __name__ == "__main__":
    try:
        write_secrets(Path(sys.argv[1]))
    except OSError as error:
        sys.exit(f"Openshelf cannot write its secrets: {error.filename} ({error.strerror}).")
