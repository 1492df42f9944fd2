"""What a scan at the desk stands for: a card, a barcode, an ISBN, both, or nothing we know."""

from dataclasses import dataclass, field

from accounts.models import LibrarySettings, Member
from accounts.numbering import is_mistyped
from accounts.queries import best_reading, member_with_card
from accounts.scans import readings
from catalog.isbn import read_isbn
from catalog.models import Book, Copy
from catalog.queries import books_with_isbn


@dataclass(frozen=True, slots=True)
class Scan:
    """What was found for one scan. More than one of the fields filled means the desk has to ask."""

    text: str
    member: Member | None = None
    copy: Copy | None = None
    books: list[Book] = field(default_factory=list)
    mistyped: bool = False

    @property
    def is_ambiguous(self) -> bool:
        """Whether it is a card and a barcode or ISBN at once."""
        return self.member is not None and self.book is not None

    @property
    def book(self) -> Book | None:
        """The book it stands for, by its copy or as the first of those with this ISBN."""
        if self.copy:
            return self.copy.book
        return self.books[0] if self.books else None


def read_scan(text: str) -> Scan:
    """Look ``text`` up as a card number, a barcode and, if it is no barcode, an ISBN."""
    member, copy = member_with_card(text), copy_with_barcode(text)
    if copy:
        return Scan(text, member, copy)
    books = list(books_with_isbn(text)) if read_isbn(text) else []
    return Scan(text, member, books=books, mistyped=not (member or books) and _is_mistyped(text))


def copy_with_barcode(text: str) -> Copy | None:
    """The copy whose barcode was scanned, if it is one."""
    codes = readings(text)
    copies = Copy.objects.select_related("book", "copy_type").filter(barcode__in=codes)
    return best_reading(codes, {copy.barcode: copy for copy in copies})


def _is_mistyped(text: str) -> bool:
    library = LibrarySettings.current()
    return any(
        is_mistyped(code, prefix) for code in readings(text) for prefix in (library.card_prefix, library.barcode_prefix)
    )
