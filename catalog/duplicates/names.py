"""Authors and subjects that are probably one: the same name spelt, ordered or shortened in another way."""

import re
from array import array
from collections import defaultdict
from collections.abc import Callable, Iterator
from itertools import groupby, islice, pairwise

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Author, RecordKind, Subject

from .pairs import Pair, crowd, still_likely

SAME, SPELLING, SWAPPED, INITIALS, FEWER, PLURAL = "same", "spelling", "swapped", "initials", "fewer", "plural"
REASONS = {
    SAME: _("Same name"),
    SPELLING: _("Same name, spelt in another way"),
    SWAPPED: _("Same words in another order"),
    INITIALS: _("Initials instead of names"),
    FEWER: _("One has more given names"),
    PLURAL: _("Singular and plural"),
}
YEAR = re.compile(r"\d{3,4}")
VOWELS = re.compile("(?<=[aou])e")  # ä, ö and ü are written ae, oe and ue where there is no such key
MOST_OF_A_NAME = 500  # who share a family name and the letter after it are compared, each with those that follow

Row = tuple[int, str, str]  # key, match key, name


def likely_authors() -> Iterator[Pair]:
    """Authors who are probably one, the likeliest first."""
    authors = Author.objects.order_by("match_key", "pk").values_list("pk", "match_key", "name")
    alike = list(_signed_alike(authors, lambda key: " ".join(sorted(_loose(key).split()))))
    for reasons in ((SAME,), (SPELLING,), (SWAPPED,)):
        yield from still_likely(RecordKind.AUTHOR, _with_reason(alike, reason_for_authors, reasons))
    yield from still_likely(
        RecordKind.AUTHOR, _with_reason(_of_one_family(authors), reason_for_authors, (INITIALS, FEWER))
    )


def likely_subjects() -> Iterator[Pair]:
    """Subjects that are probably one, the likeliest first."""
    subjects = Subject.objects.order_by("match_key").values_list("pk", "match_key", "name")
    alike = list(_signed_alike(subjects, lambda key: " ".join(sorted(map(_singular, _loose(key).split())))))
    for reasons in ((SPELLING,), (PLURAL,), (SWAPPED,)):
        yield from still_likely(RecordKind.SUBJECT, _with_reason(alike, reason_for_subjects, reasons))


def reason_for_authors(one: Row, other: Row) -> str:
    """The best reason why two names may be one person's; "" if there is none or their years tell them apart."""
    if _other_years(one[2], other[2]):
        return ""
    if one[1] == other[1]:
        return SAME
    mine, theirs = _loose(one[1]).split(), _loose(other[1]).split()
    if mine == theirs:
        return SPELLING
    if sorted(mine) == sorted(theirs):
        return SWAPPED
    return _reason_by_given_names(mine, theirs)


def reason_for_subjects(one: Row, other: Row) -> str:
    """The best reason why two subjects may be one, or ""."""
    mine, theirs = _loose(one[1]).split(), _loose(other[1]).split()
    if "".join(mine) == "".join(theirs):
        return SPELLING
    if list(map(_singular, mine)) == list(map(_singular, theirs)):
        return PLURAL
    return SWAPPED if sorted(map(_singular, mine)) == sorted(map(_singular, theirs)) else ""


def _reason_by_given_names(mine: list[str], theirs: list[str]) -> str:
    """``INITIALS`` or ``FEWER`` where the family names are one and no given name contradicts."""
    if len(mine) < 2 or len(theirs) < 2 or mine[0] != theirs[0]:
        return ""
    pairs = list(zip(mine[1:], theirs[1:], strict=False))
    if not all(a == b or (min(len(a), len(b)) == 1 and a[0] == b[0]) for a, b in pairs):
        return ""
    return INITIALS if len(mine) == len(theirs) else FEWER


def _other_years(one: str, other: str) -> bool:
    mine, theirs = YEAR.findall(one), YEAR.findall(other)
    return bool(mine and theirs and mine[0] != theirs[0])


def _loose(key: str) -> str:
    return VOWELS.sub("", key)


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def _with_reason(
    groups: Iterator[list[Row]] | list[list[Row]], reason_for: Callable[[Row, Row], str], wanted: tuple[str, ...]
) -> Iterator[Pair]:
    for group in groups:
        rows = {row[0]: row for row in group}
        for one, other in crowd(list(rows)):
            if (reason := reason_for(rows[one], rows[other])) in wanted:
                yield Pair(one, other, reason)


def _signed_alike(rows: QuerySet, sign: Callable[[str], str]) -> Iterator[list[Row]]:
    """The rows whose keys have one signature. Of all others only a number of eight bytes is remembered."""
    numbers = array("q", sorted(hash(sign(key)) for _pk, key, _name in rows.iterator(chunk_size=2_000)))
    doubled = {one for one, other in pairwise(numbers) if one == other}
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows.iterator(chunk_size=2_000) if doubled else ():
        if (number := hash(sign(row[1]))) in doubled:
            groups[number].append(row)
    yield from groups.values()


def _of_one_family(authors: QuerySet) -> Iterator[list[Row]]:
    """The authors who share a family name and the first letter of what follows it."""
    for _begin, group in groupby(authors.iterator(chunk_size=2_000), key=lambda row: _beginning(row[1])):
        if len(some := list(islice(group, MOST_OF_A_NAME))) > 1:
            yield some


def _beginning(key: str) -> str:
    family, _blank, rest = _loose(key).partition(" ")
    return f"{family} {rest[:1]}"
