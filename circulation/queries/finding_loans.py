"""Loans by the words that somebody typed: of a card, a name, a title, a barcode or an ISBN."""

import unicodedata
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Member
from accounts.scans import readings
from catalog.models import Book, BookIdentifier, Copy
from catalog.normalize.text import fold, match_key
from circulation.models import Loan

MOST_WORDS = 8
FEW = 200  # keys that are asked for one by one: both databases then look them up instead of going through all loans


def find_loans(loans: QuerySet[Loan], text: str) -> QuerySet[Loan]:
    """The ``loans`` in which every word of ``text`` is found: in card, name, title, barcode or ISBN.

    Beside words, what is none ("-") does not count.
    """
    typed = text.split()
    for word in ([word for word in typed if fold(word)] or typed)[:MOST_WORDS]:
        loans = loans.filter(_has(word))
    return loans


def _has(word: str) -> Q:
    """Loans of the members, or of the copies, that have ``word``; of a title that many books have, row by row."""
    books = _few(Book.objects.filter(_title_has(word)))
    numbered = BookIdentifier.objects.filter(value=word.replace("-", "")).values("book")
    copies = Copy.objects.filter(Q(barcode__in=readings(word)) | Q(book__in=books or []) | Q(book__in=numbered))
    members = Member.objects.filter(Q(card_number__iexact=word) | Q(name__icontains=word))
    has = _one_of("member", members) | _one_of("copy", copies)
    return has | _title_has(word, "copy__book__") if books is None else has


def _title_has(word: str, book: str = "") -> Q:
    """``book``: the way to the book. Accents do not count, unless signs would be lost with them ("C++")."""
    has = Q(**{f"{book}title__icontains": word})
    key = match_key(word)
    return has if len(key) < len(unicodedata.normalize("NFC", word)) else has | Q(**{f"{book}match_key__contains": key})


def _one_of(name: str, rows: QuerySet[Any]) -> Q:
    keys = _few(rows)
    return Q(**{f"{name}__in": rows.order_by().values("pk") if keys is None else keys})


def _few(rows: QuerySet[Any]) -> list[int] | None:
    """The keys of ``rows``; None where there are more than FEW."""
    keys = list(rows.order_by().values_list("pk", flat=True)[: FEW + 1])
    return keys if len(keys) <= FEW else None
