"""A handful of books that search finds, made at once."""

from catalog.models import Author, Book, Contributor
from catalog.normalize.titles import sort_title
from catalog.search.documents import Stock
from catalog.services.search import index_books


def shelve(*titles: str, by: str = "", lent: dict[str, int] | None = None, **fields: object) -> list[Book]:
    """Books with these titles in this order; ``by`` one author, some of them lent so many times."""
    books = Book.objects.bulk_create(
        Book(title=title, sort_title=sort_title(title), match_key=title.casefold(), **fields) for title in titles
    )
    if by:
        author = Author.objects.create(name=by, sort_name=by, match_key=by.casefold())
        Contributor.objects.bulk_create(Contributor(book=book, author=author) for book in books)
    times = lent or {}
    index_books([book.pk for book in books], {b.pk: Stock(times_lent=times.get(b.title, 0)) for b in books})
    return books
