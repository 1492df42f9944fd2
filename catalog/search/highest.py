"""Orders from the highest value down, where values are words of the index: the first hits have one of a few."""

from collections.abc import Callable, Iterator
from itertools import islice

from .counting import highest_year, number_of
from .expressions import Expression, Mark, all_of, any_of
from .marks import POPULARITIES, POPULARITY, mark, popularity, years

ABOVE_ALL = 2**31 - 1  # years
# Values that are tried before all hits are sorted after all. Of a year it must be asked first which one is next.
MOST_STEPS = {"times_lent": 5, "year": 3}


def with_the_highest(whole: Expression, column: str, wanted: int, value: int | None) -> Expression:
    """Those hits of ``whole`` among which the ``wanted`` ones with the highest ``column`` (of STEPS) surely are.

    ``value``: they are wanted from somewhere among the hits with this value on.
    """
    begun = 0 if value is None else 1  # all hits of the step in which that is may stand before it
    steps: list[Expression] = []
    for step in islice(STEPS[column](value), begun + MOST_STEPS[column]):
        steps.append(step)
        if len(steps) > begun and number_of(all_of([whole, any_of(steps[begun:])]), wanted) == wanted:
            return all_of([whole, any_of(steps)])
    return whole


def _classes(value: int | None) -> Iterator[Expression]:
    highest = POPULARITIES - 1 if value is None else popularity(value)
    return (Mark(mark(POPULARITY, each)) for each in range(highest, 0, -1))


def _spans(value: int | None) -> Iterator[Expression]:
    """One year, two, four, ... down from the highest of any book; who has no year comes last."""
    last, width = highest_year(ABOVE_ALL if value is None else value), 1
    while tokens := years(last - width + 1, last):
        yield any_of(map(Mark, tokens))
        last, width = highest_year(last - width), width * 2


STEPS: dict[str, Callable[[int | None], Iterator[Expression]]] = {"times_lent": _classes, "year": _spans}
