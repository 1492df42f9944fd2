"""A book in the words of schema.org, for machines that read pages (JSON-LD)."""

from collections.abc import Iterable
from typing import Any

from accounts.models import LibrarySettings
from catalog.discovery.addresses import absolute, cover_address, permalink
from catalog.discovery.citing import isbns_of
from catalog.models import Book, Copy
from catalog.normalize.languages import html_language
from catalog.normalize.names import looks_like_body

ROLES = {"aut": "author", "edt": "editor", "trl": "translator", "ill": "illustrator", "nrt": "readBy"}
FORMATS = {
    "paperback": "Paperback", "hardcover": "Hardcover", "library": "Hardcover", "ebook": "EBook",
    "audio": "AudiobookFormat",
}  # fmt: skip
AVAILABILITY = {"available": "InStock", "not_lendable": "InStoreOnly"}
LENT_OUT = "http://purl.org/goodrelations/v1#LeaseOut"


def linked_data(book: Book, copies: Iterable[Copy], library: LibrarySettings) -> dict[str, Any]:
    """``book`` as a schema.org Book; each of ``copies`` (with its ``status``) an offer of the library to lend it."""
    address = permalink(book)
    said = {
        "@context": "https://schema.org",
        "@type": "Book",
        "@id": address,
        "url": address,
        "name": book.full_title,
        **_people(book),
        "isbn": isbns_of(book),
        "inLanguage": html_language(book.language),
        "publisher": {"@type": "Organization", "name": book.publisher} if book.publisher else None,
        "datePublished": str(book.year or ""),
        "bookEdition": book.edition,
        "bookFormat": f"https://schema.org/{FORMATS[book.format]}" if book.format in FORMATS else None,
        "numberOfPages": book.pages,
        "isPartOf": {"@type": "BookSeries", "name": book.series} if book.series else None,
        "about": [{"@type": "Thing", "name": subject.name} for subject in book.subjects.all()],
        "description": book.description,
        "image": cover_address(book),
        "offers": [_offer(copy, library) for copy in copies],
    }
    return {name: value for name, value in said.items() if value}


def _people(book: Book) -> dict[str, list[dict[str, str]]]:
    people: dict[str, list[dict[str, str]]] = {}
    for part in book.contributors.all():
        kind = "Organization" if looks_like_body(part.author.name) else "Person"
        address = absolute(part.author.get_absolute_url())
        person = {"@type": kind, "@id": address, "name": part.author.name}
        people.setdefault(ROLES.get(part.role, "contributor"), []).append(person)
    return people


def _offer(copy: Copy, library: LibrarySettings) -> dict[str, Any]:
    """A copy as libraries offer it: to be lent, for nothing, at a branch, known by call number and barcode."""
    status = AVAILABILITY.get(getattr(copy, "status", ""), "OutOfStock")
    offer = {
        "@type": "Offer",
        "businessFunction": LENT_OUT,
        "availability": f"https://schema.org/{status}",
        "offeredBy": {"@type": "Library", "@id": absolute("/"), "name": library.name},
        "availableAtOrFrom": {"@type": "Place", "name": str(copy.current_branch)},
        "sku": copy.call_number,
        "serialNumber": copy.barcode,
    }
    return {name: value for name, value in offer.items() if value}
