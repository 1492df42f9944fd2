"""Search hears what the desk does in the very transaction. Called last: documents are the last locks of a service."""

from catalog.services.search import index_books, lock, set_stock
from circulation.queries.stock import stock_for_search


def tell_search(*books: int) -> None:
    """Loans or holds of these ``books`` (keys) have changed: let their search documents say so."""
    set_stock(books, stock_for_search)


def tell_search_of_copies(*books: int) -> None:
    """Copies of these ``books`` (keys) have changed, and with them what there is to lend and where it stands."""
    if books:
        lock(books)
        index_books(books, stock_for_search(books))
