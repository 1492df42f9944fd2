"""Books that are probably there twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from catalog.models import Book, BookIdentifier, Contributor, RecordKind
from catalog.normalize.text import fold
from catalog.services.matching import similar

from .pairs import AT_ONCE, Pair, crowd, still_likely

ISBN, NUMBER, SAME_YEAR, NEAR_YEAR, NO_YEAR, ISBN_ONLY = (
    "isbn",
    "number",
    "same_year",
    "near_year",
    "no_year",
    "isbn_only",
)
REASONS = {
    ISBN: _("Same ISBN"),
    NUMBER: _("Same LCCN or OCLC number"),
    SAME_YEAR: _("Same title, author and year"),
    NEAR_YEAR: _("Same title and author, a year apart"),
    NO_YEAR: _("Same title and author; one has no year"),
    ISBN_ONLY: _("Same ISBN, but another title"),
}
ISBNS, OTHER_NUMBERS = ("isbn13", "isbn_invalid"), ("lccn", "oclc")  # the first ones are first by name too
TELLS_APART = ("subtitle", "edition", "language", "format", "series")


@dataclass(slots=True)
class Facts:
    """What of a book tells whether it is another one."""

    pk: int
    title: str
    match_key: str
    year: int | None
    author: str
    said: tuple[str, ...]
    isbns: set[str] = field(default_factory=set)
    numbers: set[tuple[str, str]] = field(default_factory=set)


Alike = tuple[list[list[int]], dict[int, Facts]]  # groups of books (keys), and what is to be known of them


def likely_books() -> Iterator[Pair]:
    """Books that are probably one, the likeliest first; those with one number or title, a few hundred at a time."""
    return still_likely(RecordKind.BOOK, _all_likely())


def _all_likely() -> Iterator[Pair]:
    later: list[Pair] = []
    yield from _of_books(_sharing_numbers(), (ISBN, NUMBER), ISBN_ONLY, later)
    yield from _of_books(_sharing_titles(), (SAME_YEAR, NEAR_YEAR, NO_YEAR))
    yield from later


def reason_for_books(one: Facts, other: Facts) -> str:
    """The best reason (of REASONS) why two books may be one; "" if there is none, or if something tells them apart."""
    if one.isbns & other.isbns:
        return ISBN if similar(one.title, other.title) else ISBN_ONLY
    if (one.isbns and other.isbns) or _differ(one.said, other.said):
        return ""
    if one.numbers & other.numbers and similar(one.title, other.title):
        return NUMBER
    if one.match_key != other.match_key or one.author != other.author or not one.author:
        return ""
    if one.year is None or other.year is None:
        return NO_YEAR
    return {0: SAME_YEAR, 1: NEAR_YEAR}.get(abs(one.year - other.year), "")


def _of_books(
    found: Iterable[Alike], wanted: tuple[str, ...], put_off: str = "", later: list[Pair] | None = None
) -> Iterator[Pair]:  # fmt: skip
    """Each two books of a group for which one of the reasons ``wanted`` is the best; each pair once.

    Those with the reason ``put_off`` are given to ``later``.
    """
    seen = set[Pair]()
    for groups, facts in found:
        pairs: dict[Pair, None] = {}
        for one, other in dict.fromkeys(two for group in groups for two in crowd(group)):
            if (reason := reason_for_books(facts[one], facts[other])) in (*wanted, put_off) and reason:
                pairs[Pair(one, other, reason)] = None
        new = [pair for pair in pairs if pair not in seen]  # books may share several numbers
        seen.update(new)
        if later is not None:
            later += [pair for pair in new if pair.reason == put_off]
        new = [pair for pair in new if pair.reason != put_off]
        yield from sorted(new, key=lambda pair: wanted.index(pair.reason))


def _facts(books: QuerySet[Book]) -> dict[int, Facts]:
    """What tells about ``books``, in one query."""
    columns = ("identifiers__kind", "identifiers__value", "pk", "title", "match_key", "year", "author_key")
    rows = books.annotate(author_key=_first_author()).order_by("pk").values_list(*columns, *TELLS_APART)
    facts: dict[int, Facts] = {}
    for kind, value, pk, title, match_key, year, author, *said in rows.iterator(chunk_size=AT_ONCE):
        if pk not in facts:
            facts[pk] = Facts(pk, title, match_key, year, author or "", tuple(map(fold, said)))
        if kind in ISBNS:
            facts[pk].isbns.add(value)
        elif kind in OTHER_NUMBERS:
            facts[pk].numbers.add((kind, value))
    return facts


def _sharing_numbers() -> Iterator[Alike]:
    """The books that share one number, number by number; those that share an ISBN first."""
    numbers = BookIdentifier.objects.filter(kind__in=(*ISBNS, *OTHER_NUMBERS))
    shared = numbers.order_by("kind", "value").values("kind", "value").annotate(n=Count("pk")).filter(n__gt=1)
    for some in _in_batches(shared.values_list("kind", "value")):
        by_number: dict[tuple[str, str], list[int]] = {_number(*number): [] for number in some}
        having = numbers.filter(value__in={value for _kind, value in some}).values("book")
        facts = _facts(Book.objects.filter(pk__in=having))
        for pk, each in facts.items():
            for number in (*(("isbn", isbn) for isbn in sorted(each.isbns)), *sorted(each.numbers)):
                if number in by_number:
                    by_number[number].append(pk)
        yield [books for books in by_number.values() if len(books) > 1], facts


def _number(kind: str, value: str) -> tuple[str, str]:
    """Right ISBNs and wrong ones are one kind of number."""
    return "isbn" if kind in ISBNS else kind, value


def _sharing_titles() -> Iterator[Alike]:
    """The books that share title and first author, by their years."""
    shared = Book.objects.order_by("match_key").values("match_key").annotate(n=Count("pk")).filter(n__gt=1)
    for some in _in_batches(shared.values_list("match_key", flat=True)):
        facts = _facts(Book.objects.filter(match_key__in=some))
        in_order = sorted(facts.values(), key=lambda each: (each.match_key, each.author, each.year or 0, each.pk))
        by_title = groupby(in_order, key=lambda each: (each.match_key, each.author))
        groups = [[each.pk for each in group] for _key, group in by_title]
        yield [group for group in groups if len(group) > 1], facts


def _first_author() -> Subquery:
    return Subquery(
        Contributor.objects.filter(book=OuterRef("pk")).order_by("order", "pk").values("author__match_key")[:1]
    )


def _in_batches(values: QuerySet) -> Iterator[list[Any]]:
    rest = values.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _differ(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether both say something, and not the same, in one of the fields that tell books apart."""
    return any(mine and theirs and mine != theirs for mine, theirs in zip(one, other, strict=True))
