"""From an ISBN or a key to everything one needs to know of an edition, by as few requests as are safe."""

import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from catalog.isbn import Isbn, read_isbn

from .client import OpenLibrary
from .contributors import missing_authors
from .errors import OpenLibraryError
from .hits import best_edition, edition_isbns
from .json_values import items, key_of, mapping
from .keys import olid_of, read_olid
from .ranking import rank_editions
from .records import FetchedRecord

__all__ = ["FetchedRecord", "fetch_by_isbn", "fetch_by_key"]

MOST_AUTHOR_CALLS = 3
# Our own limits, a plain "slow down" and a plain "no": asking another address would not be right.
STOP = frozenset({"busy", "limited", "blocked", "no_contact"})

logger = logging.getLogger(__name__)


def fetch_by_isbn(client: OpenLibrary, isbn: Isbn | str, *, language: str = "") -> FetchedRecord:
    """The edition with this ISBN, its work and its authors' names; usually three requests.

    The search index names the edition and the authors at once; where it fails or lags, the ISBN address and the
    older interface are asked. An edition that does not bear the ISBN is never taken.
    ``language``: of the library (MARC or ISO 639-1 code). Raises: OpenLibraryError.
    """
    wanted = isbn if isinstance(isbn, Isbn) else read_isbn(isbn)
    if wanted is None:
        raise OpenLibraryError("not_found", f"{isbn!r} is no ISBN")
    with client.lookup():
        doc, edition = _find_by_search(client, wanted, language)
        if not edition:
            edition = _find_by_number(client, wanted)
        return _complete(client, FetchedRecord(edition=edition), doc)


def fetch_by_key(client: OpenLibrary, olid: str, *, language: str = "") -> FetchedRecord:
    """The edition with this key (OL7353617M or an address of its page), or the best one of a work (OL45804W).

    ``language``: code of the language in which an edition of a work is preferred. Raises: OpenLibraryError.
    """
    key = read_olid(olid)
    with client.lookup():
        if key.endswith("M"):
            return _complete(client, FetchedRecord(edition=client.edition(key)), {})
        if not key.endswith("W"):
            raise OpenLibraryError("not_found", f"{olid!r} is no key of an edition or a work")
        work = client.work(key)
        editions = rank_editions(client.work_editions(olid_of(work["key"])), language=language)
        if not editions:
            raise OpenLibraryError("not_found", f"{key} has no editions")
        return _complete(client, FetchedRecord(edition=editions[0], work=work), {})


def _find_by_search(client: OpenLibrary, isbn: Isbn, language: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The hit and the edition record that bear ``isbn``; two empty ones when the index cannot help."""
    try:
        answer = client.search(isbn=isbn.value, language=language, limit=3)
        for doc in map(mapping, items(answer["docs"])):
            named = best_edition(doc)
            olid = olid_of(key_of(named)) or olid_of(f"/books/{key_of(doc).rsplit('/', 1)[-1]}")
            if olid.endswith("M") and isbn.value in (edition_isbns(named) or {isbn.value}):
                edition = client.edition(olid)
                if isbn.value in edition_isbns(edition):
                    return doc, edition
    except OpenLibraryError as error:
        if error.code in STOP:
            raise
        logger.info("Open Library: no help from the index for %s: %s", isbn.value, error)
    return {}, {}


def _find_by_number(client: OpenLibrary, isbn: Isbn) -> dict[str, Any]:
    try:
        edition = client.edition_by_isbn(isbn)
    except OpenLibraryError as error:
        if error.code in STOP or error.code == "not_found":
            raise
        olid = client.edition_key_by_isbn(isbn)
        if not olid:
            raise
        edition = client.edition(olid)
    if isbn.value not in edition_isbns(edition):
        raise OpenLibraryError("not_found", f"{edition.get('key')} does not bear {isbn.value}")
    return edition


def _complete(client: OpenLibrary, record: FetchedRecord, doc: dict[str, Any]) -> FetchedRecord:
    """``record`` with its work and its authors' names; ``doc`` is used only when it is about this work."""
    work = record.work or _work(client, record.edition)
    own_keys = {olid_of(key_of(work)), olid_of(key_of(record.edition))}
    doc_key = key_of(doc).rsplit("/", 1)[-1]
    record = replace(record, work=work, search_doc=doc if doc_key and doc_key in own_keys else {})
    if work and len(missing_authors(record)) > MOST_AUTHOR_CALLS:
        found = _part(client, partial(client.work_doc, olid_of(key_of(work))))
        record = replace(record, search_doc=record.search_doc or found)
    missing = missing_authors(record)[:MOST_AUTHOR_CALLS]
    fetched = {f"/authors/{key}": _part(client, partial(client.author, key)) for key in missing}
    return replace(record, authors={key: author for key, author in fetched.items() if author})


def _work(client: OpenLibrary, edition: dict[str, Any]) -> dict[str, Any]:
    keys = (olid_of(key_of(work)) for work in items(edition.get("works")))
    key = next((key for key in keys if key.endswith("W")), "")
    return _part(client, partial(client.work, key)) if key else {}


def _part(client: OpenLibrary, fetch: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``fetch`` gives; {} when it is gone.

    While a person waits also {} when it fails: the rest is worth having.
    """
    try:
        return fetch()
    except OpenLibraryError as error:
        if error.code != "not_found" and not client.lane.has_a_person:
            raise
        logger.info("Open Library: a part is missing: %s", error)
        return {}
