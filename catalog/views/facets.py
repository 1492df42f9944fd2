"""What a search can be narrowed down by, and what it is narrowed down by: plain links with counts."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nsmallest

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from catalog import queries
from catalog.drafts import FORMATS
from catalog.forms.search import SearchForm
from catalog.normalize.languages import language_name
from catalog.search.counting import IN
from catalog.search.filters import Filters
from catalog.search.marks import AUTHOR, BRANCH, DECADE, FORMAT, LANGUAGE, LOCATION, SUBJECT, Facet, facet_of
from catalog.views.results import Results
from catalog.views.searches import REPEATED, Search
from catalog.views.years import span_name, spans_of

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
ByLetter = dict[str, list[tuple[int, str]]]  # of each kind of facet: how often (below zero) which token is there


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a facet: its name, where choosing it leads (nowhere, if it cannot be chosen), how many hits have it.

    ``about``: that number is reckoned. 0 is shown as no number at all.
    """

    name: str
    count: int
    address: str = ""
    about: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one facet that are offered. ``name``: what it is called in addresses, or "year".

    ``is_years``: any other span of years can be asked for beside them.
    """

    name: str
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
    """All that stands beside the results. ``clear`` takes away everything that is chosen."""

    chosen: list[Chosen]
    groups: list[Group]
    clear: str


def facets_beside(form: SearchForm, results: Results | None) -> Facets:
    """What the search in ``form`` is narrowed down by, and what its ``results`` can be; all names in one query."""
    search, filters = Search.of(form.parameters), form.filters()
    by_letter = _by_letter(results) if results else {}
    offered = _offered(results, by_letter) if results else {}
    shown = [facet for values in offered.values() for facet, _count in values]
    names = queries.names_of([*shown, *filters.facets])
    groups = []
    if results and results.count:
        counted = _Counted(results)
        named: dict[str, Group | None] = {
            letter: counted.group(letter, values, names) for letter, values in offered.items()
        }
        named[DECADE] = counted.years(by_letter.get(DECADE, []), keeps_form=form.has_year_errors)
        found = [counted.availability(), *(named.get(letter) for letter in GROUPS)]
        groups = [group for group in found if group]
    return Facets(_chosen(search, filters, names), groups, search.only("q", "field", "sort").address)


def _by_letter(results: Results) -> ByLetter:
    by_letter: ByLetter = defaultdict(list)
    for token, count in results.found.facets.counts.items():
        by_letter[token.partition("_")[0]].append((-count, token))
    return by_letter


def _offered(results: Results, by_letter: ByLetter) -> dict[str, list[tuple[Facet, int]]]:
    """The values to offer of each group but the years that narrows anything down, the most frequent first."""
    offered = {}
    for letter, (name, _heading) in GROUPS.items():
        chosen = {facet for facet in results.filters.facets if facet.letter == letter}
        if letter == DECADE or (chosen and name not in REPEATED):
            continue
        # Hundreds of authors, a few of them shown: the others are not even read.
        first = nsmallest(MOST_VALUES + len(chosen), by_letter.get(letter, []))
        ranked = ((facet_of(token), -count) for count, token in first)
        values = [(facet, count) for facet, count in ranked if facet not in chosen][:MOST_VALUES]
        is_idle = len(values) == 1 and (letter == BRANCH or _all_have_it(results, _short(values[0][0]), values[0][1]))
        if values and not is_idle:
            offered[letter] = values
    return offered


def _short(facet: Facet) -> str:
    """The token as it is counted."""
    return facet.token.removeprefix("__")


def _all_have_it(results: Results, token: str, count: int) -> bool:
    """Whether ``count`` is every hit, as far as that is known: numbers that are reckoned say nothing of it."""
    return results.is_exact and not results.found.facets.about(token) and count >= results.count


@dataclass(frozen=True, slots=True)
class _Counted:
    """Makes the groups of ``results`` from what was counted or reckoned."""

    results: Results

    def availability(self) -> Group | None:
        """Where it is reckoned it is offered in any case: a sample in which no copy is in proves nothing."""
        facets, available = self.results.found.facets, self.results.found.facets.counts[IN]
        is_idle = _all_have_it(self.results, IN, available) or not (available or facets.about(IN))
        if self.results.filters.is_available or is_idle:
            return None
        return Group(
            "available", str(AVAILABILITY), [self._value(_("Available now"), available, facets.about(IN), available=1)]
        )

    def group(self, letter: str, values: Iterable[tuple[Facet, int]], names: Names) -> Group:
        (name, heading), about = GROUPS[letter], self.results.found.facets.about
        found = [self._value(_name(f, names), count, about(_short(f)), **{name: f.value}) for f, count in values]
        return Group(name, str(heading), found)

    def years(self, counts: list[tuple[int, str]], *, keeps_form: bool) -> Group | None:
        """Spans of years, and how many books have no year. ``keeps_form``: what was typed there has to be mended."""
        filters, is_exact = self.results.filters, self.results.found.facets.is_exact
        spans = spans_of({int(facet_of(token).value): -count for count, token in counts}, filters.since, filters.until)
        values = [
            self._value(span_name(first, last), count, not is_exact, **{"from": first, "to": last})
            for first, last, count in spans
        ]
        undated = self.results.count - sum(span.books for span in spans)
        if is_exact and spans and undated > 0:
            values.append(Value(_("Year not known"), undated))
        if len(values) == 1 and is_exact:
            values = []
        is_chosen = filters.since is not None or filters.until is not None
        return Group("year", str(YEAR), values, is_years=True) if values or is_chosen or keeps_form else None

    def _value(self, name: str, count: int, about: bool, **chosen: object) -> Value:
        """Decades that are reckoned one by one may be more than all hits together; that is never said."""
        return Value(name, min(count, self.results.count), self.results.search.having(**chosen).address, about)


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
        found.append(Chosen(str(YEAR), span_name(filters.since, filters.until), search.without("from", "to").address))
    return found


def _name(facet: Facet, names: Names) -> str:
    """The name of a value in the reader's language."""
    if facet.letter == LANGUAGE:
        return language_name(facet.value, get_language() or "en")
    if facet.letter == FORMAT:
        return str(dict(FORMATS).get(facet.value, facet.value))
    return facet.value if facet.letter == LOCATION else names.get(facet, _("unknown"))
