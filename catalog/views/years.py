"""The years of results as spans: few enough to be looked over, and none of the books left out."""

from collections.abc import Mapping
from typing import NamedTuple

from django.utils.translation import gettext as _

MOST_SPANS = 8


class Span(NamedTuple):
    """From ``first`` to ``last``, in which so many ``books`` came out."""

    first: int
    last: int
    books: int


def spans_of(decades: Mapping[int, int], since: int | None, until: int | None) -> list[Span]:
    """Spans that hold every book of ``decades`` (number of the decade -> books), the newest first.

    Where there are too many, neighbours with few books become one, the oldest first. ``since`` and ``until``: the years
    that were chosen, beyond which no span reaches.
    """
    spans = [Span(decade * 10, decade * 10 + 9, count) for decade, count in sorted(decades.items())]
    while len(spans) > MOST_SPANS:
        place = min(range(len(spans) - 1), key=lambda n: spans[n].books + spans[n + 1].books)
        older, newer = spans[place : place + 2]
        spans[place : place + 2] = [Span(older.first, newer.last, older.books + newer.books)]
    return [
        Span(max(first, since or 0), last if until is None else min(last, until), count)
        for first, last, count in reversed(spans)
    ]


def span_name(since: int | None, until: int | None) -> str:
    """What the years from ``since`` to ``until`` are called; None for an end that is open."""
    if until is None:
        return _("from %(year)s") % {"year": since}
    if since is None:
        return _("up to %(year)s") % {"year": until}
    return str(since) if since == until else f"{since}–{until}"
