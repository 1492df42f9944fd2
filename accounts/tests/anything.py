"""What may be typed, scanned or sent where something else is meant."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from django.core.exceptions import ValidationError
from django.forms import Field

TEXTS = [
    "\x00", "x\x00y", "\x01\x02\r\n\t", "a" * 201, "a" * 10_000, "🦉" * 70, "\u202eabc", "\ufeff", "٣٤٥", "é" * 100,
    "'; DROP TABLE catalog_book;--", "<script>alert(1)</script>", "{{ 7|add:7 }}", "%", "_", "%%s", "\\", "\ud800",
    "9" * 19, "9" * 5000, "-1", "0", "1e9", "NaN", "None", "null", "[]", "{}", " ", "*" * 50, "]C1", "=1+1",
    "../../etc/passwd",
]  # fmt: skip
# For pages, which take long to draw: one of each kind. What reads the texts is tried with all of them.
HARD = [
    "\x00", "\x01\x02\r\n\t", "a" * 10_000, "\u202eabc🦉", "<script>alert(1)</script>", "'%_\\", "9" * 19, "-1", "NaN",
    "[]",
]  # fmt: skip
NUMBERS = ["abc", "", "-1", "0", "1.5", "9" * 18, "9" * 19, "9" * 5000, "1\x00", "٣", " 1", "None", "1,2", "[]", "１２"]


def text(value: str) -> str:
    """As it arrives: what no encoding can hold is replaced by the browser."""
    return value.encode("utf-8", "replace").decode()


def taken_by(field: Field) -> Iterator[Any]:
    """What ``field`` makes of the texts, without those it refuses."""
    for value in TEXTS:
        with suppress(ValidationError):
            yield field.clean(text(value))
