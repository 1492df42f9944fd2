"""Makes rows of the catalogue for tests; never more than the name says."""

import factory
from factory.django import DjangoModelFactory

from accounts.queries import default_branch
from catalog.models import Author, Book, BookIdentifier, Copy, CopyType
from catalog.normalize.shelf import shelf_key
from catalog.queries import default_copy_type
from catalog.services.search import index_book


class AuthorFactory(DjangoModelFactory):
    class Meta:
        model = Author

    name = factory.Sequence(lambda n: f"Author {n}")
    sort_name = factory.LazyAttribute(lambda author: author.name)
    match_key = factory.LazyAttribute(lambda author: author.name.casefold())


class BookFactory(DjangoModelFactory):
    """A book; with ``searchable=True`` one that search finds by its title, as every book that a service made."""

    class Meta:
        model = Book
        skip_postgeneration_save = True

    title = factory.Sequence(lambda n: f"Book {n}")
    sort_title = factory.LazyAttribute(lambda book: book.title.casefold())
    match_key = factory.LazyAttribute(lambda book: book.title.casefold())
    shelf_key = factory.LazyAttribute(lambda book: shelf_key(getattr(book, "call_number", "")))

    @factory.post_generation
    def searchable(self, create: bool, extracted: object, **options: object) -> None:
        if create and extracted:
            index_book(self)


class BookIdentifierFactory(DjangoModelFactory):
    class Meta:
        model = BookIdentifier

    book = factory.SubFactory(BookFactory)
    kind = "isbn13"
    value = "9780553382563"


class CopyTypeFactory(DjangoModelFactory):
    class Meta:
        model = CopyType

    code = factory.Sequence(lambda n: f"TYPE{n}")
    name = factory.Sequence(lambda n: f"Type {n}")


class CopyFactory(DjangoModelFactory):
    """A copy of the first type (a plain book) at the first branch."""

    class Meta:
        model = Copy

    book = factory.SubFactory(BookFactory)
    barcode = factory.Sequence(lambda n: f"COPY{n}")
    home_branch = factory.LazyFunction(default_branch)
    current_branch = factory.LazyFunction(default_branch)
    copy_type = factory.LazyFunction(default_copy_type)
