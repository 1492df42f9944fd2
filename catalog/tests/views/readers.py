"""Books as tests put them on the shelf for readers, and what a page says of them."""

from typing import Any

from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book
from catalog.services.books import add_book
from circulation.services.copies import mark_copy
from circulation.tests.views.pages import tree, words

PRIDE = BookDraft(
    title="Pride and Prejudice", subtitle="A Novel", contributors=(DraftContributor("Jane Austen"),),
    isbns=("9780192802385",), isbns_10=("0192802380",), publisher="Oxford University Press", place="Oxford", year=2004,
    subjects=("Love stories", "England"), description="Money & manners.", pages=333, language="eng", call_number="823",
    format="paperback", first_year=1813, series="World's Classics", edition="2nd",
)  # fmt: skip


def add(stock: int = 0, **changes: Any) -> Book:
    values = {name: getattr(PRIDE, name) for name in BookDraft.__slots__} | changes
    return add_book(BookDraft(**values), stock=stock, by=None)


def withdrawn(book: Book) -> Book:
    for copy in book.copies.all():
        mark_copy(copy, state="withdrawn", by=None)
    return book


def titles(response: Any) -> list[str]:
    """The titles in the list of results, in its order."""
    return [words(each) for each in tree(response).iterfind(".//ol[@class='hits']//h2")]
