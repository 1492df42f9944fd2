"""Pages of a list: a number anybody typed becomes a page that exists."""

from typing import Any

from django.core.paginator import Page, Paginator
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
