"""What normalize makes of texts that many records share, remembered; and numbers, which few share, read fast."""

import re
from dataclasses import replace
from typing import Any

from catalog.isbn import find_isbns
from catalog.normalize.descriptions import LONGEST_DESCRIPTION, read_description
from catalog.normalize.formats import read_format
from catalog.normalize.languages import read_language
from catalog.normalize.pages import read_pages
from catalog.normalize.publishers import MOST_PUBLISHERS, Imprint, read_imprint
from catalog.normalize.subjects import MOST_SUBJECTS, read_subjects, subject_key
from catalog.normalize.text import one_line, strip_full_stop, strip_isbd
from catalog.normalize.years import Year, read_year

from .remembering import remembered

PLAIN_ISBN = re.compile(r"(97[89]\d{10}|\d{9}[\dX])(?: *\(([^()]*)\))?[ :]*")
MOST_NUMBERS = 50
SIGNS_OF_MARKUP = ("<", "&", "[", "*", "_", "=", "--", "://", "ource", "uelle", " cm")
NON_SORTING = str.maketrans("", "", "\x88\x89\x98\x9c")  # around words that do not count in sorting, ISO 6630

language_of = remembered(read_language)
format_of = remembered(read_format)
pages_of = remembered(lambda text: read_pages(None, text))


@remembered
def year_of(text: str, this_year: int) -> Year:
    """As normalize.years.read_year."""
    return read_year(text, this_year=this_year)


def imprint_of(publishers: list[str], places: list[str]) -> Imprint:
    """As normalize.publishers.read_imprint."""
    if len(publishers) > 1:
        return read_imprint(publishers, places)
    named = _publisher(publishers[0]) if publishers else Imprint()
    place = next((found for found in map(_place, places[:MOST_PUBLISHERS]) if found), "")
    return replace(named, place=place) if place else named


@remembered
def _publisher(text: str) -> Imprint:
    return read_imprint([text], [])


@remembered
def _place(text: str) -> str:
    return read_imprint([], [text]).place


@remembered
def subject_of(text: str) -> tuple[str, str]:
    """One subject and the key under which it is found again; both empty for what is none."""
    subject = next(iter(read_subjects([text])), "")
    return subject, subject_key(subject)


def subjects_of(texts: list[str]) -> tuple[str, ...]:
    """The first 25 subjects, each once whatever its case."""
    found: dict[str, str] = {}
    for text in texts:
        subject, key = subject_of(text)
        if key:
            found.setdefault(key, subject)
    return tuple(found.values())[:MOST_SUBJECTS]


def area(text: str, limit: int) -> str:
    """A part of the description without the punctuation that leads to the next one."""
    return strip_isbd(one_line(text, limit)) if text else ""


def sentence(text: str, limit: int) -> str:
    """As ``area``, also without the full stop that ends it."""
    return strip_full_stop(area(text, limit))


def description_of(texts: list[str]) -> str:
    """Paragraphs of plain text, each of ``texts`` one or more."""
    whole = "\n\n".join(texts)
    if not whole:
        return ""
    is_plain = len(whole) < LONGEST_DESCRIPTION and whole.isascii() and whole.isprintable()
    if is_plain and not any(sign in whole for sign in SIGNS_OF_MARKUP):
        return one_line(whole)  # what read_description would make of it, and far faster
    return read_description(whole)


def isbns_of(texts: list[str], wrong_texts: list[str]) -> dict[str, Any]:
    """The fields of a draft for ISBNs: valid, of ten digits, wrong. ``wrong_texts``: called wrong by the record."""
    valid: dict[str, None] = {}
    ten: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for text in texts[:MOST_NUMBERS]:
        for given, isbn13, isbn10 in _read_isbns(text):
            if not isbn13:
                wrong[given] = None
                continue
            valid[isbn13] = None
            if isbn10 and len(given) < 13:
                ten[isbn10] = None
    for text in wrong_texts[:MOST_NUMBERS]:
        wrong |= dict.fromkeys(_unread_number(text))
    wrong_only = tuple(number for number in wrong if number not in valid)
    return {"isbns": tuple(valid), "isbns_10": tuple(ten), "isbns_invalid": wrong_only}


def _read_isbns(text: str) -> list[tuple[str, str, str]]:
    """The digits as given, the ISBN-13 and the ISBN-10 of each number in ``text``; a wrong one has neither."""
    plain = PLAIN_ISBN.fullmatch(text)
    if plain and len(plain[1]) == 13 and _is_ean(plain[1]) and not plain[1].startswith("9790"):
        return [(plain[1], plain[1], "")]
    found = [(isbn.digits, isbn.isbn13, isbn.isbn10) for isbn in find_isbns(text)]
    return found or [(number, "", "") for number in _unread_number(re.sub(r"[^0-9Xx]", "", text.partition("(")[0]))]


def _unread_number(text: str) -> list[str]:
    """Digits of a wrong length or check digit, kept because somebody may search for what is printed in the book."""
    head = text.partition("(")[0][:60].upper()
    number = "".join(sign for sign in head if sign.isascii() and sign.isalnum())
    is_number = 8 <= len(number) <= 20 and number[:-1].isdigit() and len(set(number)) > 1
    return [number] if is_number else []


def _is_ean(digits: str) -> bool:
    weighed = sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))
    return weighed % 10 == 0 and len(set(digits[3:-1])) > 1
