"""A book as the citations want it."""

from catalog.citations import Facts, person
from catalog.discovery.addresses import permalink
from catalog.models import Book
from catalog.normalize.languages import html_language


def facts_of(book: Book) -> Facts:
    """What citations say of ``book``: no query where ``queries.for_lists`` brought it with subjects and identifiers."""
    return Facts(
        number=book.pk, title=book.title, subtitle=book.subtitle,
        people=tuple(person(p.author.name, p.author.sort_name, p.role) for p in book.contributors.all()),
        edition=book.edition, publisher=book.publisher, place=book.place, year=book.year, first_year=book.first_year,
        isbns=tuple(isbns_of(book)), language=html_language(book.language), series=book.series, pages=book.pages,
        format=book.format, call_number=book.call_number, subjects=tuple(s.name for s in book.subjects.all()),
        url=permalink(book),
    )  # fmt: skip


def isbns_of(book: Book) -> list[str]:
    """The valid ISBNs of ``book``, those with thirteen digits first."""
    numbers = [each for each in book.identifiers.all() if each.kind in ("isbn13", "isbn10")]
    return [each.value for each in sorted(numbers, key=lambda each: each.kind != "isbn13")]
