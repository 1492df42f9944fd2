"""Two records that may be one; of which a person said that they are two."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from catalog.models import NotTheSame, RecordKind

AT_ONCE = 200
CROWD = 12  # of more that look alike each is only put beside so many that follow it


class Pair(NamedTuple):
    """Two records (keys, the lower first) that may be one, and why (a key of the reasons)."""

    one: int
    other: int
    reason: str


def pairs_told_apart(kind: RecordKind) -> set[tuple[int, int]]:
    """Of which pairs a person said that they are two; a person says it one by one, so that they are not many."""
    return set(NotTheSame.objects.filter(kind=kind).values_list("one", "other"))


def still_likely(kind: RecordKind, pairs: Iterable[Pair]) -> Iterator[Pair]:
    """``pairs`` without those of which a person said that they are two, in the same order."""
    told = pairs_told_apart(kind)
    return (pair for pair in pairs if (pair.one, pair.other) not in told)


def crowd(keys: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Each two of ``keys``, the lower first; of a crowd only those that are near each other."""
    if len(keys) <= CROWD:
        yield from combinations(sorted(keys), 2)
        return
    for place, key in enumerate(keys):
        yield from ((min(key, near), max(key, near)) for near in keys[place + 1 : place + CROWD])
