"""What a search can be narrowed down by, and what it is narrowed down by: plain links with counts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from catalog import queries
from catalog.drafts import FORMATS
from catalog.normalize.languages import language_name
from catalog.search.counting import IN
from catalog.search.filters import Filters
from catalog.search.marks import AUTHOR, BRANCH, DECADE, FORMAT, LANGUAGE, LOCATION, SUBJECT, Facet, facet_of
from catalog.views.results import Results
from catalog.views.searches import REPEATED, Search

MOST_VALUES = 8  # of one group
AVAILABILITY, YEAR = gettext_lazy("Availability"), gettext_lazy("Year")
# In the order of the page: letter -> parameter and heading.
GROUPS = {
    FORMAT: ("format", gettext_lazy("Format")),
    LANGUAGE: ("language", gettext_lazy("Language")),
    DECADE: ("", YEAR),
    AUTHOR: ("author", gettext_lazy("Author")),
    SUBJECT: ("subject", pgettext_lazy("of a book", "Subject")),
    BRANCH: ("branch", gettext_lazy("Branch")),
    LOCATION: ("location", gettext_lazy("Location")),
}  # fmt: skip
Names = Mapping[Facet, str]


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: its name, how many hits have it, where choosing it leads."""

    name: str
    count: int
    address: str


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one facet that are offered. ``is_years``: any other span of years can be asked for beside them."""

    heading: str
    values: list[Value]
    is_years: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that the search is narrowed down by: under which heading, its name, where taking it away leads."""

    heading: str
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Facets:
    """All that stands beside the results; ``is_exact``: the counts are not reckoned. ``clear`` takes away all of it."""

    chosen: list[Chosen]
    groups: list[Group]
    is_exact: bool
    clear: str


def facets_beside(results: Results) -> Facets:
    """The facets beside ``results``, with the names of those that are shown in one query."""
    search, filters, found = results.search, results.filters, results.found
    offered = _offered(found.facets.counts, filters, results.count)
    shown = [facet for values in offered.values() for facet, _count in values]
    names = queries.names_of([*shown, *filters.facets])
    groups = [_group(letter, values, search, filters, names) for letter, values in offered.items()]
    available = found.facets.counts[IN]
    if 0 < available < results.count and not filters.is_available:
        value = Value(_("Available now"), available, search.having(available=1).address)
        groups.insert(0, Group(str(AVAILABILITY), [value]))
    clear = search.only("q", "field", "sort").address
    return Facets(_chosen(search, filters, names), groups, found.facets.is_exact, clear)


def _offered(counts: Counter[str], filters: Filters, total: int) -> dict[str, list[tuple[Facet, int]]]:
    """The values to offer of each group that narrows anything down, the most frequent first; decades newest first."""
    by_letter: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for token, count in counts.items():
        by_letter[token.partition("_")[0]].append((-count, token))
    offered = {}
    for letter, (name, _heading) in GROUPS.items():
        chosen = {facet for facet in filters.facets if facet.letter == letter}
        if chosen and name not in REPEATED:
            continue
        # Hundreds of authors, a few of them shown: the others are not even read.
        first = nsmallest(MOST_VALUES + len(chosen), by_letter[letter])
        ranked = ((facet_of(token), -count) for count, token in first)
        values = [(facet, count) for facet, count in ranked if facet not in chosen][:MOST_VALUES]
        if letter == DECADE:
            values.sort(key=lambda value: -int(value[0].value))
        is_idle = len(values) == 1 and (values[0][1] >= total or letter == BRANCH)
        if values and not is_idle:
            offered[letter] = values
    return offered


def _group(letter: str, values: Iterable[tuple[Facet, int]], search: Search, filters: Filters, names: Names) -> Group:
    name, heading = GROUPS[letter]
    if letter == DECADE:
        decades = ((_years_of(facet, filters), count) for facet, count in values)
        found = [
            Value(_span(first, last), count, search.having(**{"from": first, "to": last}).address)
            for (first, last), count in decades
        ]
        return Group(str(heading), found, is_years=True)
    return Group(
        str(heading),
        [Value(_name(f, names), count, search.having(**{name: f.value}).address) for f, count in values],
    )


def _years_of(decade: Facet, filters: Filters) -> tuple[int, int]:
    """The years of a decade as far as they lie in the span that was chosen."""
    first = int(decade.value) * 10
    since, until = filters.since, filters.until
    return max(first, since or 0), first + 9 if until is None else min(first + 9, until)


def _chosen(search: Search, filters: Filters, names: Names) -> list[Chosen]:
    found = [
        Chosen(str(heading), _name(facet, names), search.without(name, value=facet.value).address)
        for letter, (name, heading) in GROUPS.items()
        for facet in filters.facets
        if facet.letter == letter
    ]
    if filters.is_available:
        found.insert(0, Chosen(str(AVAILABILITY), _("Available now"), search.without("available").address))
    if filters.since is not None or filters.until is not None:
        found.append(Chosen(str(YEAR), _span(filters.since, filters.until), search.without("from", "to").address))
    return found


def _span(since: int | None, until: int | None) -> str:
    if until is None:
        return _("from %(year)s") % {"year": since}
    if since is None:
        return _("up to %(year)s") % {"year": until}
    return str(since) if since == until else f"{since}–{until}"


def _name(facet: Facet, names: Names) -> str:
    """The name of a value in the reader's language."""
    if facet.letter == LANGUAGE:
        return language_name(facet.value, get_language() or "en")
    if facet.letter == FORMAT:
        return str(dict(FORMATS).get(facet.value, facet.value))
    return facet.value if facet.letter == LOCATION else names.get(facet, _("unknown"))
