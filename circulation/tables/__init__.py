"""Tables of members and of what they have on loan, beside the catalogue's of books."""

from catalog.tables.books import BOOKS

from .loans import LOANS
from .members import MEMBERS

SPECS = (BOOKS, MEMBERS, LOANS)

__all__ = ["BOOKS", "LOANS", "MEMBERS", "SPECS"]
