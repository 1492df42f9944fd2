"""How tests look at covers."""

from catalog.models import Book, Cover
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.covers import want_cover
from catalog.tests.factories import BookFactory
from catalog.tests.services.pictures import opened


def now_of(book: Book) -> Cover:
    return Cover.objects.get(book=book)


def wanted(source_id: int = 17) -> Book:
    book = BookFactory()
    want_cover(book, source_id)
    return book


def stored(cover: Cover) -> tuple[str | None, tuple[int, int]]:
    with cover.file.open() as file:
        data = file.read()
    return opened(data).format, opened(data).size


class Broken:
    """A source that always fails in one way."""

    def __init__(self, code: str) -> None:
        self.code = code

    def cover(self, cover_id: int, size: str) -> bytes:
        raise OpenLibraryError(self.code)
