"""What hits are narrowed down by."""

from dataclasses import dataclass

from . import marks
from .expressions import Expression, Mark, all_of, any_of, without


@dataclass(frozen=True, slots=True)
class Filters:
    """Only books that have every one of ``facets``, came out ``since`` to ``until``, and have a copy in; if a branch is
    among them, in there.

    ``shows_hidden``: also those whose every copy was withdrawn; for the desk.
    """

    facets: tuple[marks.Facet, ...] = ()
    since: int | None = None
    until: int | None = None
    is_available: bool = False
    shows_hidden: bool = False

    @property
    def narrows(self) -> bool:
        """Whether anything is filtered that a reader chose."""
        return bool(self.facets) or self.since is not None or self.until is not None or self.is_available

    @property
    def branches(self) -> list[str]:
        """The keys of the branches that were chosen."""
        return [facet.value for facet in self.facets if facet.letter == marks.BRANCH]

    def apply(self, expression: Expression) -> Expression:
        """``expression`` narrowed down."""
        wanted: list[Expression] = [Mark(self._token(facet)) for facet in self.facets]
        if self.since is not None or self.until is not None:
            wanted.append(self._years())
        if not wanted or expression != Mark(marks.ALL):  # every document has that one: beside others it says nothing
            wanted.insert(0, expression)
        out = [Mark(marks.OUT)] if self.is_available and not self.branches else []
        return without(all_of(wanted), [*self._unseen, *out])

    def fits(self, facets: str, in_at: str, year: int) -> bool:
        """Whether a document with these facts, as documents keep them, fits what a reader chose."""
        has = {*facets.split(), *in_at.split()}
        if self.since is not None or self.until is not None:
            since, until = self.since or marks.FIRST_YEAR, marks.LAST_YEAR if self.until is None else self.until
            if not (year and since <= year <= until):
                return False
        return (bool(in_at) or not self.is_available) and has.issuperset(self._token(each)[2:] for each in self.facets)

    def visible(self, expression: Expression) -> Expression:
        """What of ``expression`` may be seen, not narrowed down otherwise."""
        return without(expression, self._unseen)

    @property
    def _unseen(self) -> list[Expression]:
        return [] if self.shows_hidden else [Mark(marks.HIDDEN)]

    def _token(self, facet: marks.Facet) -> str:
        is_in = self.is_available and facet.letter == marks.BRANCH
        return marks.mark(marks.IN_AT, facet.value) if is_in else facet.token

    def _years(self) -> Expression:
        since = marks.FIRST_YEAR if self.since is None else self.since
        until = marks.LAST_YEAR if self.until is None else self.until
        tokens = marks.years(since, until)
        return any_of(Mark(token) for token in tokens) if tokens else Mark(marks.mark(marks.YEAR, "none"))


NO_FILTERS = Filters()
