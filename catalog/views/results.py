"""The results of a search: the books of one page, how many there are in all, and where the other pages are."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from catalog import queries
from catalog.forms.search import SORTS, SearchBox
from catalog.isbn import read_isbn
from catalog.models import Book
from catalog.search.asking import MOST_TERMS, whole
from catalog.search.counting import Facets, Total
from catalog.search.engine import engine
from catalog.search.filters import Filters
from catalog.search.finding import MOST_PAGES, Found
from catalog.search.hits import Hit, hits_of
from catalog.search.reading import How
from catalog.search.spelling import Mender, has_unknown_words
from catalog.views.searches import Search

PER_PAGE = 20
SHORT_NUMBER = 5  # digits; so short it is rather a year or a title than a barcode
FEW_HITS = 2  # below which another spelling is offered


@dataclass(frozen=True)
class Results:
    """One page of what ``search`` finds. ``filters`` are those it means."""

    search: Search
    filters: Filters
    found: Found
    books: list[Hit]
    number: int
    order: str
    most_terms: int = MOST_TERMS

    @property
    def start_index(self) -> int:
        """The place of the first book of the page among all."""
        return (self.number - 1) * PER_PAGE + 1

    @property
    def count(self) -> int:
        return self.found.total.number

    @property
    def is_exact(self) -> bool:
        return self.found.total.is_exact

    @property
    def last(self) -> int | None:
        """The number of the last page, where it is known."""
        return _pages(self.count) if self.is_exact else None

    @property
    def previous(self) -> str:
        """The address of the page before; of one beyond the numbers nobody knows it."""
        return self.search.page(self.number - 1) if 1 < self.number <= MOST_PAGES + 1 else ""

    @property
    def back(self) -> tuple[int, str] | None:
        """Where nobody knows the page before: the last one that has a number, and its address."""
        return None if self.previous or self.number == 1 else (MOST_PAGES, self.search.page(MOST_PAGES))

    @property
    def next(self) -> str:
        """The address of the page after, if there is one."""
        if not self.found.has_next or (self.number >= MOST_PAGES and not self.found.after):
            return ""
        return self.search.page(self.number + 1, self.found.after)

    @property
    def numbers(self) -> list[tuple[int, str]]:
        """The numbers to show with their addresses; 0 is a gap between them."""
        near = {1, *range(self.number - 1, self.number + 2), self.last or 1}
        most = min(self.last or self.number + self.found.has_next, MOST_PAGES)
        shown = sorted({number for number in near if 1 <= number <= most} | {self.number})
        gaps = {right for left, right in pairwise(shown) if right - left > 1}
        return [each for n in shown for each in ([(0, "")] if n in gaps else []) + [(n, self.search.page(n))]]

    @property
    def sorts(self) -> list[tuple[str, str, bool]]:
        """The orders there are: name, address, whether it is the one in use. Without words nothing is relevant."""
        has_words = bool(self.search.only("q").pairs)
        return [
            (str(name), self.search.having(sort=sort).address, sort == self.order)
            for sort, name in SORTS
            if has_words or sort != "relevance"
        ]

    @property
    def beside_years(self) -> Search:
        """What stays when other years are looked for."""
        return self.search.without("from", "to")

    @property
    def how(self) -> str:
        return self.found.reading.how

    @property
    def asks_nothing(self) -> bool:
        """Whether something was typed, but nothing to look for: signs, or only words that must not be there."""
        return self.how == How.EVERYTHING and bool(self.search.only("q").pairs)

    @property
    def only_leaves_out(self) -> bool:
        return self.asks_nothing and bool(self.found.reading.question.unwanted)

    @property
    def says_little(self) -> int:
        """How many words of a question there are, if every one stands in nearly every title and it finds many books."""
        wanted = self.found.reading.question.wanted
        return len(wanted) if self.count > PER_PAGE and all(term.says_little for term in wanted) else 0

    @property
    def are_begun(self) -> bool:
        """Whether no book has the words, but some have words that begin with them."""
        return self.how == How.LITERAL and self.found.reading.only_begins

    @property
    def taken_as(self) -> str:
        """The words that were looked for, spelt as they were."""
        return self.found.reading.question.in_words

    @cached_property
    def did_you_mean(self) -> dict[str, str] | None:
        """Another spelling of a question that finds next to nothing, and its address."""
        question = self.found.reading.question
        if self.how != How.LITERAL or self.count > FEW_HITS or not has_unknown_words(question):
            return None
        with engine().looking():
            better = Mender(question, lambda other: self.filters.visible(whole(other))).mended()
        return {"text": better.in_words, "address": self.search.having(q=better.in_words).address} if better else None

    @property
    def wider(self) -> list[tuple[str, str]]:
        """Searches that may find more where this finds nothing: their name and address."""
        is_anywhere = self.search.only("q", "sort")
        plain = self.search.only("q", "field", "sort")
        found = [(_("The same words without filters"), plain)] if self.filters.narrows else []
        if plain != is_anywhere:
            found.append((_("The same words in all fields, without filters"), is_anywhere))
        return [(name, search.address) for name, search in found]


def beside_words(form: SearchBox) -> Search:
    """What stays when other words are looked for."""
    return Search.of(form.parameters).without("q", "field")


def results_of(form: SearchBox, *, shows_hidden: bool = False) -> Results | None:
    """What the search in ``form`` finds: the page it asks for, or the nearest one there is.

    None where the words cannot be looked for, and where the page lies too deep to be found by its number; then
    ``form`` says so.
    """
    if not form.is_askable:
        return None
    filters, after = form.filters(shows_hidden=shows_hidden), form.after_place
    number = form.page if after else min(form.page, MOST_PAGES)
    found = _found(form, filters, number)
    if not found.pks and not after and number > 1:
        number, wanted = min(number, _pages(found.total.number)), number
        found = _found(form, filters, number) if number < wanted else found
    elif form.page > number and found.has_next:
        sentence = _("Pages are numbered up to %(most)d. Go on from there page by page, or narrow the search down.")
        form.add_error(None, sentence % {"most": MOST_PAGES})
        return None
    books = hits_of(found.pks)
    return Results(Search.of(form.parameters), filters, found, books, number, form.order)


def scanned(form: SearchBox, books: Callable[[], QuerySet[Book]], results: Results | None = None) -> Book | None:
    """The one of ``books()`` that was asked for by its ISBN or by the barcode of a copy, if nothing else was asked.

    Without ``results``: only if the text looks like such a number; with them: if it has found nothing as words.
    """
    is_plain = form.is_askable and form.search_field in ("all", "isbn") and form.page == 1 and not form.after_place
    if not is_plain or form.filters().narrows or not (_looks_scanned(form.text) or _has_missed(form.text, results)):
        return None
    found = queries.books_scanned(form.text, books())
    return found[0] if len(found) == 1 else None


def _found(form: SearchBox, filters: Filters, page: int) -> Found:
    found = queries.search_books(
        form.text, field=form.search_field, filters=filters, sort=form.order, page=page, per_page=PER_PAGE,
        after=form.after_place,
    )  # fmt: skip
    if form.text and found.reading.how == How.EVERYTHING:  # no word in it: whoever typed it did not mean every book
        return replace(found, pks=[], total=Total(0), facets=Facets(Counter()), has_next=False, after="")
    return found


def _pages(count: int) -> int:
    return max(1, -(-count // PER_PAGE))


def _looks_scanned(text: str) -> bool:
    if read_isbn(text):
        return True
    is_one_word = len(text.split()) == 1 and any(character.isdigit() for character in text)
    return is_one_word and not (text.isdecimal() and len(text) <= SHORT_NUMBER)


def _has_missed(text: str, results: Results | None) -> bool:
    is_one_word = len(text.split()) == 1
    return results is not None and is_one_word and (not results.count or results.how != How.LITERAL)
