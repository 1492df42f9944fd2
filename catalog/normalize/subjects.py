"""Subjects: what a book is about, without what machines and shelves left there."""

import re
from functools import lru_cache

from .text import KEPT, NAME_LENGTH, match_key, one_line, strip_full_stop, strip_isbd

MOST_SUBJECTS = 25
LONGEST_LIST = 2_000  # some works carry thousands of tags
MACHINE_TAG = re.compile(
    r"(?:nyt|award|series|collectionid|genre|franchise|lexile)\s*:|[a-z_-]+:[^\s=]*=", re.IGNORECASE
)
SHELVES = {
    "accessible book", "protected daisy", "in library", "lending library", "overdrive", "general", "unknown",
    "internet archive wishlist", "new york times reviewed", "new york times bestseller", "nyt reviewed",
    "open library staff picks", "long now manual for civilization",
}  # fmt: skip
READING_LEVEL = re.compile(r"reading level\b", re.IGNORECASE)


def read_subjects(values: list[str]) -> tuple[str, ...]:
    """The first 25 subjects of ``values``: no final full stop, each once whatever its case, no machine tags.

    " -- " divides a heading of the Library of Congress and stays.
    """
    subjects: dict[str, str] = {}
    for value in values[:LONGEST_LIST]:
        if found := _read_subject(one_line(value, NAME_LENGTH)):
            subjects.setdefault(*found)
        if len(subjects) == MOST_SUBJECTS:
            break
    return tuple(subjects.values())


@lru_cache(maxsize=KEPT)
def subject_key(name: str) -> str:
    """The key under which a subject is found again (Subject.match_key)."""
    return match_key(name, NAME_LENGTH)


@lru_cache(maxsize=KEPT)
def _read_subject(text: str) -> tuple[str, str] | None:
    """Key and name of one subject; None where it is none."""
    subject = strip_full_stop(strip_isbd(text))
    key = subject_key(subject)
    return (key, subject) if key and not _is_of_machines(subject, key) else None


def _is_of_machines(subject: str, key: str) -> bool:
    return key in SHELVES or bool(MACHINE_TAG.match(subject) or READING_LEVEL.match(subject))
