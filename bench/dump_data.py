"""Writes invented dumps in the form of Open Library's: editions, works and authors, packed, with a list of ISBNs."""

import gzip
import json
import random
from pathlib import Path
from typing import Any

from make_data import SEED, Language

PACKING = 6
WORKS, AUTHORS = 0.73, 0.27  # for each edition, as in the dumps of 2025
CREATED = {"type": "/type/datetime", "value": "2008-04-30T09:38:13.731961"}
CHANGED = "2026-10-{:02}T17:54:01.503315"


def make(folder: Path, editions: int, wanted: int) -> None:
    """Write editions.txt.gz and so on, and isbns.txt with ``wanted`` ISBNs that are spread over the editions."""
    rng = random.Random(SEED)
    language = Language(rng, 20_000)
    works, authors = max(1, int(editions * WORKS)), max(1, int(editions * AUTHORS))
    _write(folder / "editions.txt.gz", (_edition(rng, language, n, works, authors) for n in range(1, editions + 1)))
    _write(folder / "works.txt.gz", (_work(rng, language, n, authors) for n in range(1, works + 1)))
    _write(folder / "authors.txt.gz", (_author(rng, language, n) for n in range(1, authors + 1)))
    chosen = range(1, editions + 1, max(1, editions // wanted))
    (folder / "isbns.txt").write_text("".join(f"{isbn13(n)}\n" for n in chosen))


def isbn13(number: int) -> str:
    """The ISBN of the edition with this number."""
    body = f"9781{number:08}"
    return body + str(-sum((1, 3)[place % 2] * int(digit) for place, digit in enumerate(body)) % 10)


def _isbn10(number: int) -> str:
    body = isbn13(number)[3:12]
    return body + "0X987654321"[sum((10 - place) * int(digit) for place, digit in enumerate(body)) % 11]


def _write(path: Path, records: Any) -> None:
    with gzip.open(path, "wb", PACKING) as file:
        for record in records:
            columns = [record["type"]["key"], record["key"], str(record["revision"]), record["last_modified"]["value"]]
            file.write("\t".join([*columns, json.dumps(record)]).encode() + b"\n")


def _record(rng: random.Random, kind: str, key: str, **facts: Any) -> dict[str, Any]:
    revision = rng.choice([1, 1, 2, 3, 7])
    changed = {"type": "/type/datetime", "value": CHANGED.format(rng.randint(1, 31))}
    stamps = {"created": CREATED, "last_modified": changed, "latest_revision": revision, "revision": revision}
    return {**facts, "key": key, "type": {"key": f"/type/{kind}"}, **stamps}


def _edition(rng: random.Random, language: Language, number: int, works: int, authors: int) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "publishers": [language.phrase(2)], "publish_date": str(rng.randint(1950, 2026)),
        "title": language.phrase(rng.randint(2, 9)), "physical_format": rng.choice(["Paperback", "Hardcover"]),
        "number_of_pages": rng.randint(20, 900), "isbn_10": [_isbn10(number)], "isbn_13": [isbn13(number)],
        "works": [{"key": f"/works/OL{rng.randint(1, works)}W"}],
        "source_records": [f"marc:marc_records/part{number % 40:02}.dat:{number * 911}:{rng.randint(600, 1_900)}"],
        "identifiers": {"goodreads": [str(rng.randint(1, 9_000_000))]},
    }  # fmt: skip
    if rng.random() < 0.7:
        facts["authors"] = [{"key": f"/authors/OL{rng.randint(1, authors)}A"}]
    if rng.random() < 0.5:
        facts["languages"] = [{"key": f"/languages/{rng.choice(['eng', 'eng', 'eng', 'ger', 'fre'])}"}]
    if rng.random() < 0.6:
        facts["subjects"] = [language.phrase(3) for _each in range(rng.randint(1, 8))]
    if rng.random() < 0.3:
        facts["notes"] = {"type": "/type/text", "value": language.phrase(rng.randint(8, 60))}
    return _record(rng, "edition", f"/books/OL{number}M", **facts)


def _work(rng: random.Random, language: Language, number: int, authors: int) -> dict[str, Any]:
    role = {"type": {"key": "/type/author_role"}, "author": {"key": f"/authors/OL{rng.randint(1, authors)}A"}}
    subjects = [language.phrase(2) for _each in range(rng.randint(0, 5))]
    title = language.phrase(rng.randint(2, 9))
    return _record(rng, "work", f"/works/OL{number}W", title=title, authors=[role], subjects=subjects)


def _author(rng: random.Random, language: Language, number: int) -> dict[str, Any]:
    [surname] = language.surnames.draw()
    name = f"{rng.choice(language.given).capitalize()} {surname}"
    return _record(rng, "author", f"/authors/OL{number}A", name=name, personal_name=name)
