"""The search that a page answers, and from it the addresses of the searches that its links lead to."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from django.utils.http import urlencode

# In this order they stand in every address, so that one search has one address.
NAMES = (
    "q", "field", "author", "subject", "language", "format", "branch", "location", "from", "to", "available", "sort",
)  # fmt: skip
DEFAULTS = {"field": "all", "sort": "relevance"}  # stand in no address
PLACES = {name: place for place, name in enumerate(NAMES)}
REPEATED = ("author", "subject")
LONG = 80  # letters of a value that is not worth keeping
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Search:
    """Parameters with their values. The page of the results is none of them: whoever changes a search begins anew."""

    pairs: tuple[Pair, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[Pair]) -> "Search":
        """The search that says ``pairs``, in the one order."""
        return cls(tuple(sorted(dict.fromkeys(pairs), key=lambda pair: (PLACES[pair[0]], pair[1]))))

    def having(self, **values: object) -> "Search":
        """The same with these parameters; of authors and subjects one more."""
        kept = [pair for pair in self.pairs if pair[0] not in values or pair[0] in REPEATED]
        new = [(name, str(value)) for name, value in values.items() if DEFAULTS.get(name) != value]
        return Search.of([*kept, *new])

    def without(self, *names: str, value: str | None = None) -> "Search":
        """The same without these parameters, or only without those of them that have this ``value``."""
        return Search(tuple(pair for pair in self.pairs if pair[0] not in names or value not in (None, pair[1])))

    def only(self, *names: str) -> "Search":
        """Of the same nothing but these parameters."""
        return Search(tuple(pair for pair in self.pairs if pair[0] in names))

    @property
    def address(self) -> str:
        """The query part of the address."""
        return _written(self.pairs)

    def page(self, number: int, after: str = "") -> str:
        """The address of a page of its results; ``after``: where the page before ended."""
        more = [("page", str(number)), *([("after", after)] if after else [])] if number > 1 else []
        return _written([*self.pairs, *more])


def _written(pairs: Iterable[Pair]) -> str:
    return f"?{'&'.join(_quoted(pair) if len(pair[1]) < LONG else urlencode([pair]) for pair in pairs)}"


@lru_cache(maxsize=2_000)  # a page has dozens of links that say nearly the same
def _quoted(pair: Pair) -> str:
    return urlencode([pair])
