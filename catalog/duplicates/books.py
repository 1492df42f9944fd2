"""Books that are probably there twice."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

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


def likely_books() -> Iterator[Pair]:
    """Books that are probably one, the likeliest first; those with one title, of a few hundred titles at a time."""
    yield from _of_books(_sharing_numbers(["isbn13", "isbn_invalid"]), ISBN)
    yield from _of_books(_sharing_numbers(["lccn", "oclc"]), NUMBER)
    yield from _of_books(_sharing_titles(), SAME_YEAR, NEAR_YEAR, NO_YEAR)
    yield from _of_books(_sharing_numbers(["isbn13", "isbn_invalid"]), ISBN_ONLY)


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


def _of_books(groups: Iterable[list[int]], *wanted: str) -> Iterator[Pair]:
    """Each two books of a group for which one of the reasons ``wanted`` is the best; each pair once."""
    rest, seen = iter(groups), set[Pair]()
    while some := list(islice(rest, AT_ONCE)):
        facts = facts_of({pk for group in some for pk in group})
        found: dict[Pair, None] = {}
        for one, other in dict.fromkeys(two for group in some for two in crowd(group)):
            if (reason := reason_for_books(facts[one], facts[other])) in wanted:
                found[Pair(one, other, reason)] = None
        new = [pair for pair in found if pair not in seen]  # books may share several numbers
        seen.update(new)
        yield from still_likely(RecordKind.BOOK, sorted(new, key=lambda pair: wanted.index(pair.reason)))


def facts_of(keys: Iterable[int]) -> dict[int, Facts]:
    """What tells about the books with these ``keys``, in a constant number of queries for each few hundred."""
    in_order, facts = sorted(keys), {}
    for start in range(0, len(in_order), 2 * AT_ONCE):
        some = in_order[start : start + 2 * AT_ONCE]
        books = Book.objects.filter(pk__in=some).annotate(author_key=_first_author()).order_by()
        columns = ("pk", "title", "match_key", "year", "author_key", *TELLS_APART)
        for pk, title, match_key, year, author, *said in books.values_list(*columns):
            facts[pk] = Facts(pk, title, match_key, year, author or "", tuple(map(fold, said)))
        for pk, kind, value in BookIdentifier.objects.filter(book__in=some).values_list("book", "kind", "value"):
            if kind in ("isbn13", "isbn_invalid"):
                facts[pk].isbns.add(value)
            elif kind != "isbn10":
                facts[pk].numbers.add((kind, value))
    return facts


def _sharing_numbers(kinds: list[str]) -> Iterator[list[int]]:
    """The books that share one number of these ``kinds``, number by number."""
    numbers = BookIdentifier.objects.filter(kind__in=kinds)
    shared = numbers.order_by("value", "kind").values("value", "kind").annotate(n=Count("pk")).filter(n__gt=1)
    for some in _in_batches(shared.values_list("value", flat=True)):
        by_number: dict[tuple[str, str], list[int]] = defaultdict(list)
        for kind, value, book in numbers.filter(value__in=some).order_by("book").values_list("kind", "value", "book"):
            by_number[kind, value].append(book)
        yield from (books for books in by_number.values() if len(books) > 1)


def _sharing_titles() -> Iterator[list[int]]:
    """The books that share title and first author, by their years."""
    shared = Book.objects.order_by("match_key").values("match_key").annotate(n=Count("pk")).filter(n__gt=1)
    for some in _in_batches(shared.values_list("match_key", flat=True)):
        books = Book.objects.filter(match_key__in=some).annotate(author_key=_first_author())
        rows = books.order_by("match_key", "author_key", "year", "pk").values_list("match_key", "author_key", "pk")
        for _key, group in groupby(rows, key=lambda row: row[:2]):
            if len(keys := [pk for _match_key, _author, pk in group]) > 1:
                yield keys


def _first_author() -> Subquery:
    return Subquery(
        Contributor.objects.filter(book=OuterRef("pk")).order_by("order", "pk").values("author__match_key")[:1]
    )


def _in_batches(values: QuerySet) -> Iterator[list[str]]:
    rest = values.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rest, AT_ONCE)):
        yield some


def _differ(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether both say something, and not the same, in one of the fields that tell books apart."""
    return any(mine and theirs and mine != theirs for mine, theirs in zip(one, other, strict=True))
