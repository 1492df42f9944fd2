"""What must always be true of the catalogue; checked by ``check_invariants``."""

from collections.abc import Iterator

from catalog.models import Book, Copy, CopyType
from catalog.normalize.shelf import shelf_key
from catalog.services.books import search_document


def broken() -> Iterator[str]:
    """A sentence for everything that is not as it must be."""
    if not CopyType.objects.exists():
        yield "there is no copy type"
    books = Book.objects.prefetch_related("contributors__author", "subjects", "identifiers").order_by("pk")
    for book in books.iterator(chunk_size=500):
        if book.search_text != search_document(book):
            yield f"book {book.pk} is not found by what it says now"
        if book.shelf_key != shelf_key(book.call_number):
            yield f"book {book.pk} does not stand where its call number says"
    for copy in Copy.objects.exclude(barcode__regex=r"^[A-Z0-9][A-Z0-9./+-]*\Z"):
        yield f"copy {copy.pk} has a barcode that no scan can match"
