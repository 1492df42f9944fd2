"""Pages of a list: a number anybody typed becomes a page that exists."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model, QuerySet
from django.http import HttpRequest

PER_PAGE = 25


class ListPage(Page):
    """A page that knows which page numbers to show; the gaps between them are an ellipsis."""

    @property
    def shown(self) -> list[int | str]:
        return list(self.paginator.get_elided_page_range(self.number, on_each_side=1, on_ends=1))


class ListPaginator(Paginator):
    def _get_page(self, *args: Any, **kwargs: Any) -> ListPage:
        return ListPage(*args, **kwargs)


def page_of(request: HttpRequest, rows: Any, per_page: int = PER_PAGE, count: int | None = None) -> ListPage:
    """The page of ``rows`` that ``?page=`` asks for; the first or the last one where it makes no sense.

    ``count``: how many rows there are, where that is known already and need not be asked for.
    """
    paginator = ListPaginator(rows, per_page)
    if count is not None:
        paginator.count = count
    page = paginator.get_page(request.GET.get("page", "1")[:9])
    assert isinstance(page, ListPage)
    return page


@dataclass(frozen=True, slots=True)
class Stretch:
    """Some rows of a list that grows at its head, and the keys from which on older and newer ones are to be had."""

    rows: list[Any]
    older: int | None
    newer: int | None


def stretch_of(request: HttpRequest, rows: QuerySet, count: int = PER_PAGE) -> Stretch:
    """The ``count`` newest of ``rows``, or those older than ``?before=`` or newer than ``?after=`` (keys).

    Told by keys, not by numbers of pages: what is written meanwhile neither repeats nor hides a row, and the thousandth
    stretch is as quick as the first.
    """
    before, after = (_key(request.GET.get(name, "")) for name in ("before", "after"))
    if after is not None and before is None:
        found: list[Model] = list(rows.filter(pk__gt=after).order_by("pk")[: count + 1])
        shown, more = found[count - 1 :: -1] if len(found) > count else found[::-1], len(found) > count
        return Stretch(shown, shown[-1].pk if shown else None, shown[0].pk if more else None)
    found = list((rows if before is None else rows.filter(pk__lt=before)).order_by("-pk")[: count + 1])
    shown = found[:count]
    return Stretch(shown, shown[-1].pk if len(found) > count else None, shown[0].pk if before and shown else None)


def _key(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
