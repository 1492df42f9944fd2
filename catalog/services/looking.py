"""What a librarian who looks for a book at Open Library sees: its answer beside what is here."""

from dataclasses import dataclass
from datetime import date

from catalog.drafts import BookDraft
from catalog.isbn import Isbn, read_isbn
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.hits import SearchHit, search_hits
from catalog.openlibrary.keys import read_olid
from catalog.openlibrary.lookup import fetch_by_isbn, fetch_by_key
from catalog.openlibrary.normalize import book_draft
from catalog.openlibrary.offline import complete, find_by_isbn, find_by_key
from catalog.openlibrary.records import FetchedRecord
from catalog.queries import Here, editions_here, here_as
from catalog.services.matching import find_match


@dataclass(frozen=True, slots=True)
class Hit:
    """One book found. ``record``: what to fetch it by. ``draft``: the whole record where one book was asked for.

    ``here``: the same edition in our catalogue; ``akin``: another edition of the work, or what may be the same book.
    """

    record: str
    title: str
    subtitle: str
    people: tuple[str, ...]
    year: int | None
    cover_id: int | None
    language: str
    here: Here | None = None
    akin: Here | None = None
    draft: BookDraft | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The hits, and the ISBN where one was asked for (``isbn.is_valid`` False: worth a warning).

    ``as_of``: the day for which the answer holds, if it is from the local copy.
    """

    hits: list[Hit]
    isbn: Isbn | None = None
    as_of: date | None = None


def look_up(client: OpenLibrary, text: str, *, language: str) -> Found:
    """Ask Open Library for ``text``: for the one book if it is an ISBN or a key, else for up to 20 that fit.

    Raises OpenLibraryError.
    """
    isbn = read_isbn(text)
    if isbn or read_olid(text):
        record = fetch_record(client, text, language=language)
        return Found([_hit_of_draft(book_draft(record))], isbn, record.as_of)
    answer = client.search(q=text, language=language, limit=20)
    return Found(_beside_ours(search_hits(answer)))


def fetch_record(client: OpenLibrary, text: str, *, language: str, is_local_wanted: bool = True) -> FetchedRecord:
    """The record that ``text`` names: an Open Library key (OL7353617M, OL45804W) or an ISBN in any form.

    From the local copy if it is there and ``is_local_wanted``, else from the service. ``language``: of the library; of
    several editions one in it is preferred. Raises OpenLibraryError, "not_found" also for a text that is neither.
    """
    if is_local_wanted and (found := _find_here(text, language)):
        return complete(found, client)
    if olid := read_olid(text):
        return fetch_by_key(client, olid, language=language)
    if isbn := read_isbn(text):
        return fetch_by_isbn(client, isbn, language=language)
    raise OpenLibraryError("not_found", f"neither key nor ISBN: {text[:40]}")


def _find_here(text: str, language: str) -> FetchedRecord | None:
    """What the local copy has under the key or ISBN in ``text``."""
    if olid := read_olid(text):
        return find_by_key(olid)
    isbn = read_isbn(text)
    return find_by_isbn(isbn, language=language) if isbn else None


def _hit_of_draft(draft: BookDraft) -> Hit:
    people = tuple(person.name for person in draft.contributors if person.role == "aut")
    match = find_match(draft)
    here = akin = None
    if match and match.is_certain:
        here = here_as(match.book)
    elif match:
        akin = here_as(match.book)
    else:
        akin = next(iter(editions_here([], [draft.work_key], [])), None)
    return Hit(
        draft.source_key, draft.title, draft.subtitle, people, draft.year, draft.cover_id, draft.language, here, akin,
        draft,
    )  # fmt: skip


def _beside_ours(found: tuple[SearchHit, ...]) -> list[Hit]:
    known = editions_here(
        [hit.edition_key for hit in found],
        [hit.work_key for hit in found],
        [isbn for hit in found for isbn in hit.isbns],
    )
    hits = []
    for hit in found:
        numbers = {hit.edition_key, *hit.isbns} - {""}
        here = next((each for each in known if each.numbers & numbers), None)
        akin = None if here else next((each for each in known if hit.work_key in each.works), None)
        hits.append(
            Hit(
                hit.edition_key or hit.work_key, hit.title, hit.subtitle, hit.authors, hit.first_year, hit.cover_id,
                hit.language, here, akin,
            )
        )  # fmt: skip
    return hits
