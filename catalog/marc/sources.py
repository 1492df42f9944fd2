"""Whose record it is: the number that makes it the same record when it comes again."""

import re

from catalog.normalize.text import one_line

from .records import Record, first

MARC = "marc"
OPEN_LIBRARY = "openlibrary"
KEY_LENGTH = 60
SYSTEM = re.compile(r"[\w.-][\w .-]{0,30}")
EDITION = re.compile(r"OL[1-9]\d{0,11}M")


def source_of(record: Record) -> tuple[str, str]:
    """The source and the key in it. A number without the word whose it is (003) is none: every system has a 1."""
    number, system = one_line(record.control("001")), one_line(record.control("003"))
    if system == "OpenLibrary" and EDITION.fullmatch(number):
        return OPEN_LIBRARY, number
    return MARC, _fitting(f"({system}){number}" if number and SYSTEM.fullmatch(system) else "")


def source_of_unimarc(record: Record) -> tuple[str, str]:
    """As ``source_of``: 003 is the whole address of the record, else 801 $b says whose number 001 is."""
    number, address = one_line(record.control("001")), one_line(record.control("003"))
    if address.startswith(("http://", "https://")):
        return MARC, _fitting(address)
    agency = address or next((first(text, "b") for text in record.texts("801") if first(text, "b")), "")
    return MARC, _fitting(f"({one_line(agency)}){number}" if number and agency else "")


def _fitting(key: str) -> str:
    return key if len(key) <= KEY_LENGTH else ""
