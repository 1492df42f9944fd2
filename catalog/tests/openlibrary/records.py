"""Recorded answers of Open Library (see data/openlibrary/SOURCES.md)."""

import json
from pathlib import Path

DATA = Path(__file__).parent.parent / "data" / "openlibrary"


def edition(olid):
    return _read(f"editions/{olid}")


def work(olid):
    return _read(f"works/{olid}")


def author(olid):
    return _read(f"authors/{olid}")


def search(name):
    return _read(f"search/{name}")


def everything():
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(DATA.glob("*/*.json"))}


def _read(name):
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
