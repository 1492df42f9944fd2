"""How many books fit, and what they have in common: counted where that is quick, else reckoned from a fair sample."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from accounts.databases import reading
from accounts.models import Branch
from catalog.models import SearchDocument

from . import marks
from .engine import engine
from .expressions import Expression, Mark, all_of
from .filters import Filters

SAMPLED = 500  # a sample has at least about so many hits
FIRST_SAMPLE = 700  # books, at least, in the sample that is looked at first: enough of a frequent word
IN = "in"  # the facet of books that have a copy in, which documents keep as a number
OF_BRANCH, OF_PLACE = f"{marks.BRANCH}_", f"{marks.IN_AT}_"
FEW_BRANCHES = 4  # so many are counted exactly, each by a look into the index


@dataclass(frozen=True, slots=True)
class Facets:
    """How many hits have which facet (tokens as documents keep them); ``is_exact``, else reckoned to two digits from a
    sample, which may lack rare ones. Those of ``counted`` are exact in any case."""

    counts: Counter[str]
    is_exact: bool = True
    counted: frozenset[str] = frozenset()

    def about(self, token: str) -> bool:
        """Whether the number of ``token`` is reckoned."""
        return not self.is_exact and token not in self.counted


@dataclass(frozen=True, slots=True)
class Total:
    """How many hits there are; ``is_exact``, else reckoned to two digits."""

    number: int
    is_exact: bool = True


def count(expression: Expression, most: int) -> int:
    """How many documents fit ``expression``, counting no further than ``most``."""
    sql, values = engine().counting(expression, most)
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchone()[0]


def number_of(expression: Expression, most: int, but: Sequence[int] = ()) -> int:
    """How many documents fit ``expression`` and are none of ``but``: each was looked at, but no more than ``most``."""
    sql, values = engine().ids(expression)
    others = f" WHERE id NOT IN ({', '.join(['%s'] * len(but))})" if but else ""
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) i{others} LIMIT %s) n", [*values, *but, most])  # noqa: S608 - our own pieces
        return cursor.fetchone()[0]


_Rows = list[tuple[str, str]]


def facets_of(rows: Iterable[tuple[str, str]], filters: Filters) -> Facets:
    """What hits have in common; ``rows`` are the facets of each and those of the branches where a copy is in.

    What ``filters`` say of a branch and of copies that are in is said of the same copy: beside a branch that was chosen
    those hits are available that have a copy in there, beside available ones a branch has those with a copy in there.
    """
    rows = list(rows)
    counts = Counter(" ".join(facets for facets, _in_at in rows).split())
    if filters.is_available:
        at = Counter(" ".join(in_at for _facets, in_at in rows).split())
        for token in [token for token in counts if token.startswith(OF_BRANCH)]:
            del counts[token]
        counts.update({f"{OF_BRANCH}{token.removeprefix(OF_PLACE)}": number for token, number in at.items()})
    wanted = {f"{OF_PLACE}{branch}" for branch in filters.branches}
    if available := sum(1 for _facets, in_at in rows if in_at and (not wanted or wanted.issubset(in_at.split()))):
        counts[IN] = available
    return Facets(counts)


def reckon(expression: Expression, counted: int, filters: Filters) -> tuple[Total, Facets]:
    """The number of hits of ``expression``, many, and their facets; ``counted``: as far as they were counted."""
    is_exact = counted <= engine().COUNTED
    level, rows = _looked_at(expression, _level_of(counted)) if is_exact else _fair_sample(expression)
    total = Total(counted) if is_exact else Total(_rounded(len(rows) << level), is_exact=False)
    found = facets_of(rows, filters)
    if level == 0:
        return total, found
    known = _chosen(filters, total.number)
    if total.is_exact:
        known |= _counted(expression, counted, filters)
    counts = _multiplied(found.counts, level, total.number) | known
    for name in [name for name, number in known.items() if not number]:
        del counts[name]
    return total, Facets(Counter(counts), is_exact=False, counted=frozenset(known if total.is_exact else ()))


def _multiplied(counts: Counter[str], level: int, most: int) -> dict[str, int]:
    """What so many in the sample ``level`` are in all. Of a thousand facets most have the same few counts."""
    each = {n: min(_rounded(n << level), most) for n in set(counts.values())}
    return {name: each[n] for name, n in counts.items()}


def _fair_sample(expression: Expression) -> tuple[int, _Rows]:
    """The level of a sample with hits enough, and their facets. A small one is enough for a frequent word; else it
    tells how large the other has to be."""
    first = max(0, min(marks.SAMPLES, (highest_key() // FIRST_SAMPLE).bit_length() - 1))
    level, rows = _looked_at(expression, first)
    better = _level_of(len(rows) << first)
    return (level, rows) if better >= first or len(rows) * 5 >= SAMPLED * 3 else _looked_at(expression, better)


def _looked_at(expression: Expression, level: int) -> tuple[int, _Rows]:
    return level, engine().facets(_sample(expression, level) if level else expression)


def _level_of(hits: int) -> int:
    """The smallest sample that has SAMPLED of so many hits, or about as many."""
    return max(0, min(marks.SAMPLES, (hits // SAMPLED).bit_length() - 1))


def highest_key() -> int:
    """The highest key of a book: about how many there are."""
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute("SELECT max(book_id) FROM catalog_searchdocument")
        return cursor.fetchone()[0] or 0


def highest_year(most: int) -> int:
    """The highest year of a book, up to ``most``; below zero where none has one."""
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute("SELECT max(year) FROM catalog_searchdocument WHERE year BETWEEN 1 AND %s", [most])
        return cursor.fetchone()[0] or -1


def _chosen(filters: Filters, total: int) -> dict[str, int]:
    """What every hit has, because it was asked for."""
    tokens = [facet.token[2:] for facet in filters.facets]
    return dict.fromkeys([*tokens, IN] if filters.is_available else tokens, total)


def _counted(expression: Expression, total: int, filters: Filters) -> dict[str, int]:
    """What is cheap to count besides: how many hits are in, and how many each branch has, where there are a few."""
    letter = marks.IN_AT if filters.is_available else marks.BRANCH
    wanted: dict[str, list[str]] = {}
    if filters.branches and not filters.is_available:
        wanted[IN] = [marks.mark(marks.IN_AT, branch) for branch in filters.branches]
    if not filters.branches and 1 < len(branches := _branches()) <= FEW_BRANCHES:
        wanted |= {f"{OF_BRANCH}{branch}": [marks.mark(letter, branch)] for branch in branches}
    found = {name: _number_with(expression, tokens) for name, tokens in wanted.items()}
    if not filters.branches and not filters.is_available:
        found[IN] = total - _number_with(expression, [marks.OUT])
    return found


def _number_with(expression: Expression, tokens: list[str]) -> int:
    return count(all_of([expression, *map(Mark, tokens)]), engine().COUNTED)


def _branches() -> list[int]:
    """The keys of the first branches of the library, one more than are few."""
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(f"SELECT id FROM {Branch._meta.db_table} ORDER BY id LIMIT %s", [FEW_BRANCHES + 1])  # noqa: S608
        return [pk for (pk,) in cursor.fetchall()]


def _sample(expression: Expression, level: int) -> Expression:
    return all_of([expression, Mark(marks.mark(marks.SAMPLE, level))])


def _rounded(number: int) -> int:
    """``number`` to its first two digits."""
    return round(number, 2 - len(str(number))) if number > 99 else number
