"""RIS: tags and values line by line, as reference managers read it."""

from collections.abc import Iterator

from .facts import Facts
from .wording import title_of

TYPES = {"audio": "SOUND", "video": "VIDEO", "map": "MAP", "sheet_music": "MUSIC", "ebook": "EBOOK"}
PEOPLE = {"aut": "AU", "edt": "ED", "com": "ED", "trl": "A4"}


def ris(facts: Facts) -> str:
    """One record, each line "XX  - value" and a CRLF."""
    return "".join(f"{tag}  - {' '.join(value.split())}\r\n" for tag, value in _lines(facts) if value or tag == "ER")


def _lines(facts: Facts) -> Iterator[tuple[str, str]]:
    yield "TY", TYPES.get(facts.format, "BOOK")
    yield "ID", str(facts.number)
    for person in facts.people:
        if person.role in PEOPLE:
            yield PEOPLE[person.role], person.by_parts
    yield "TI", title_of(facts)
    yield "T2", facts.series
    yield "ET", facts.edition
    yield "CY", facts.place
    yield "PB", facts.publisher
    yield "PY", str(facts.year or "")
    yield "SP", str(facts.pages or "")
    yield "SN", facts.isbns[0] if facts.isbns else ""
    yield "LA", facts.language
    yield "CN", facts.call_number
    yield from (("KW", subject) for subject in facts.subjects)
    yield "UR", facts.url
    yield "ER", ""
