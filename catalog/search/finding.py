"""Finds books: which, in what order, how many, and what they have in common."""

from collections.abc import Iterable
from dataclasses import dataclass

from .asking import Question
from .broad import page_of_many
from .counting import Facets, Total, count, reckon
from .engine import engine
from .filters import Filters
from .narrow import NARROW, all_hits
from .reading import Reading, read

MOST_PAGES = 500  # by number; further on only from page to page


@dataclass(frozen=True, slots=True)
class Found:
    """One page of hits: the keys of its books in order. ``reading``: how the question was taken.

    ``after`` leads to the next page; "" on the last one, and where the number of the page says it all.
    """

    pks: list[int]
    total: Total
    facets: Facets
    reading: Reading
    has_next: bool
    after: str = ""


def find(
    question: Question, filters: Filters, languages: Iterable[str], *, sort: str = "relevance", page: int = 1,
    per_page: int = 20, after: str = "",
) -> Found:  # fmt: skip
    """The books that fit ``question`` and ``filters``, in the order ``sort`` (of SORTS), page by page.

    ``after``: where the page before ended, as its Found says; without it, and where that place is gone, the pages are
    counted, up to MOST_PAGES. A page after the last one has no books. Few hits are counted and ranked one by one; of
    many, the first are found by going down the index, and their number and facets are reckoned from a sample, so that a
    million titles take hardly longer than a thousand.
    """
    with engine().looking():
        reading = read(question, languages, filters.visible)
        whole = filters.apply(reading.whole)
        counted = count(whole, engine().COUNTED + 1)
        if counted <= NARROW:
            return _page_of_few(reading, filters, sort, start=(page - 1) * per_page, limit=per_page)
        total, facets = reckon(whole, counted, filters)
        offset = min(page - 1, MOST_PAGES) * per_page
        shown = page_of_many(reading, filters, sort, offset=offset, limit=per_page, after=after, total=total.number)
    return Found(shown.pks, total, facets, reading, has_next=shown.has_next, after=shown.after)


def _page_of_few(reading: Reading, filters: Filters, sort: str, *, start: int, limit: int) -> Found:
    pks, facets = all_hits(reading, filters, sort)
    has_next = len(pks) > start + limit
    return Found(pks[start : start + limit], Total(len(pks)), facets, reading, has_next)
