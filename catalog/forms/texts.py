"""What people type into the form of a book, read: long texts, ISBNs, languages."""

import re
from dataclasses import dataclass
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.drafts import BookDraft
from catalog.isbn import find_isbns, read_isbn
from catalog.normalize.languages import language_name, read_language

FREQUENT_LANGUAGES = [
    "eng", "ger", "fre", "spa", "ita", "por", "dut", "pol", "rus", "ukr", "tur", "ara", "per", "chi", "jpn",
]  # fmt: skip
PIECES = re.compile(r"[,;\n]")


class LongText(forms.CharField):
    """Text whose line breaks count once, as they are kept; browsers send two characters for each."""

    def to_python(self, value: Any) -> str:
        return super().to_python(value).replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True)
class Isbns:
    """ISBNs as a book keeps them: valid ones of 13 digits, those given with 10, and those with a wrong digit."""

    valid: tuple[str, ...] = ()
    ten: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()


def read_isbns(text: str, base: BookDraft) -> Isbns:
    """The ISBNs in ``text``. Numbers of the ``base`` that cannot be read stay, and so do its ten-digit forms.

    Raises: ValidationError for a number that is no ISBN.
    """
    valid, ten, wrong = dict[str, None](), dict[str, None](), dict[str, None]()
    for piece in filter(None, map(str.strip, PIECES.split(text))):
        found = [] if piece in base.isbns_invalid else find_isbns(piece)
        for isbn in found:
            (valid if isbn.is_valid else wrong)[isbn.value] = None
            if isbn.isbn10 and isbn.digits == isbn.isbn10:
                ten[isbn.isbn10] = None
        if piece in base.isbns_invalid:
            wrong[piece] = None
        elif not found and (any(map(str.isdecimal, piece)) or piece == text.strip()):
            raise ValidationError(
                _("“%(text)s” is no ISBN; it has 10 or 13 digits. A book without one is welcome too: leave this empty.")
                % {"text": piece[:60]}
            )
    kept = [number for number in base.isbns_10 if (isbn := read_isbn(number)) and isbn.isbn13 in valid]
    return Isbns(tuple(valid), tuple(dict.fromkeys([*kept, *ten])), tuple(wrong))


def languages(also: str = "") -> list[tuple[str, Any]]:
    """Choices: none, those that most libraries need, then all with a two-letter code, and ``also`` this one."""
    reader = get_language() or "en"
    others = {read_language(tag) for tag in Locale("en").languages if len(tag) == 2} | {also}
    named = sorted((language_name(code, reader), code) for code in others - {"", *FREQUENT_LANGUAGES})
    return [
        ("", "—"),
        (_("Frequent"), [(code, language_name(code, reader)) for code in FREQUENT_LANGUAGES]),
        (_("All"), [(code, name) for name, code in named]),
    ]
