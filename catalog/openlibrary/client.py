"""Asking Open Library: one method for each kind of question, plain JSON as the answer."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings

from catalog.isbn import Isbn, read_isbn
from catalog.normalize.languages import html_language
from catalog.normalize.text import one_line

from .connections import new_session
from .errors import OpenLibraryError
from .json_values import integer, items, key_of, mapping, read_json
from .keys import olid_of, path_of, read_olid
from .lanes import LANES, Deadline, Lane
from .limits import Breaker, place
from .remembered import RECORD_KEPT, SEARCH_KEPT, remembered
from .transport import COVERS, Transport

USER_AGENT_PRODUCT = "Openshelf/0.1"
LARGEST_ANSWER = 2 * 1024 * 1024  # bytes
LARGEST_COVER = 10 * 1024 * 1024
MOST_RECORD_REDIRECTS = 5
MOST_HITS = 100
MOST_EDITIONS = 200
# Without this list the index leaves out ISBNs; with "isbn" itself it would send those of all editions.
SEARCH_FIELDS = (
    "key,title,subtitle,author_name,author_key,first_publish_year,cover_i,cover_edition_key,language,edition_count,"
    "editions,editions.key,editions.title,editions.subtitle,editions.isbn,editions.language,editions.cover_i,"
    "editions.publisher,editions.publish_date"
)
Check = Callable[[dict[str, Any]], bool]
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF8", b"RIFF")
SMALLEST_PICTURE = 1_000  # bytes; a missing cover may come as a picture of one point


class OpenLibrary:
    """A client for one lookup at a time, of one thread. Use it in a ``with`` block, or call ``close``.

    ``contact``: an e-mail address or web address of the library, which Open Library demands (the setting
    OPENLIBRARY_CONTACT if empty); ``lane``: "interactive" while a person waits, "preview" for pictures of what was
    found, "batch", "terminal", or other patience; ``session``: another session to use; ``is_fresh_wanted``: do not
    answer from memory; ``on_retry`` hears the failure of every request that is tried again.
    All methods raise OpenLibraryError and nothing else; without a contact every request raises "no_contact".
    """

    def __init__(
        self,
        contact: str = "",
        lane: str | Lane = "interactive",
        session: requests.Session | None = None,
        *,
        is_fresh_wanted: bool = False,
        on_retry: Callable[[OpenLibraryError], Any] = lambda error: None,
    ) -> None:
        self.lane = lane if isinstance(lane, Lane) else LANES[lane]
        self._is_fresh_wanted = is_fresh_wanted
        self._user_agent = _user_agent(contact or settings.OPENLIBRARY_CONTACT)
        self._session = session or new_session()
        self._transport = Transport(self._session, self._user_agent, self.lane, on_retry)
        self._deadline: Deadline | None = None
        self._places = ExitStack()
        self._has_place = False

    def __enter__(self) -> "OpenLibrary":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connections."""
        self._session.close()

    @contextmanager
    def lookup(self) -> Iterator[Deadline]:
        """Everything inside shares one deadline (interactive: 9 s) and one place; a lookup inside belongs to it."""
        if self._deadline is not None:
            yield self._deadline
            return
        self._deadline = Deadline(self.lane.lookup_seconds)
        try:
            with self._places:
                yield self._deadline
        finally:
            self._deadline, self._has_place = None, False

    def search(
        self, *, title: str = "", author: str = "", isbn: str = "", q: str = "", language: str = "", limit: int = 20
    ) -> dict[str, Any]:
        """The answer of the search index: {"numFound": int, "docs": [...]}; see hits.search_hits.

        What is given is combined by "and". ``q``: words from anywhere, or an ISBN; nothing in the texts is taken as
        query syntax. ``language``: of the library (MARC or ISO 639-1 code), editions in it are preferred.
        Raises: OpenLibraryError("too_short") for less than three letters.
        """
        number = read_isbn(isbn) or read_isbn(q)
        asked = {"title": _words(title), "author": _words(author), "isbn": number.value if number else ""}
        if not number:
            asked["q"] = _words(q)
        asked = {name: text for name, text in asked.items() if text}
        if not asked or asked.get("q", "and more").casefold() == "the" or len("".join(asked.values())) < 3:
            raise OpenLibraryError("too_short", repr(asked))
        return self._search({**asked, "lang": html_language(language)}, limit)

    def work_doc(self, olid: str) -> dict[str, Any]:
        """A work as the search index has it, with its authors' names; {} if it has it not."""
        answer = self._search({"q": f"key:{path_of(olid)}"}, limit=1)
        return next((doc for doc in map(mapping, items(answer["docs"])) if olid_of(key_of(doc)) == olid), {})

    def edition(self, olid: str) -> dict[str, Any]:
        """The edition ``olid`` (OL7353617M), or the one it was merged into."""
        return self._record(olid, "M")

    def work(self, olid: str) -> dict[str, Any]:
        """The work ``olid`` (OL45804W), or the one it was merged into."""
        return self._record(olid, "W")

    def author(self, olid: str) -> dict[str, Any]:
        """The author ``olid`` (OL34184A), or the one it was merged into."""
        return self._record(olid, "A")

    def edition_by_isbn(self, isbn: Isbn) -> dict[str, Any]:
        """An edition with this ISBN; if several have it, any of them."""
        record = self._json(f"/isbn/{isbn.value}.json", "record", RECORD_KEPT, _is_edition)
        location = _location(record)
        return self.edition(location) if location else record

    def edition_key_by_isbn(self, isbn: Isbn) -> str:
        """The key (OL1M) of an edition with this ISBN from the older interface; "" if it knows none."""
        bibkeys = ",".join(f"ISBN:{number}" for number in (isbn.value, isbn.isbn10) if number)
        query = urlencode({"bibkeys": bibkeys, "jscmd": "data", "format": "json"})
        answer = self._json(f"/api/books?{query}", "record", SEARCH_KEPT, lambda answer: True)
        keys = (olid_of(key_of(mapping(found))) for found in answer.values())
        return next((key for key in keys if key.endswith("M")), "")

    def work_editions(self, olid: str) -> list[dict[str, Any]]:
        """The editions of a work, at most 200, in no order that means anything."""
        query = urlencode({"limit": MOST_EDITIONS})
        answer = self._json(
            f"{path_of(olid)}/editions.json?{query}", "record", SEARCH_KEPT, lambda answer: "entries" in answer
        )
        return [edition for edition in map(mapping, items(answer["entries"])) if _is_edition(edition)]

    def cover(self, cover_id: int, size: str = "L") -> bytes:
        """The picture of a cover as it came (JPEG, PNG, GIF or WebP); ``size`` S, M or L (500 points high).

        To be checked and encoded again before it is shown: only its first bytes were looked at.
        """
        if size not in ("S", "M", "L") or integer(cover_id, 1, 2**62) is None:
            raise OpenLibraryError("not_found", f"cover {cover_id} in size {size}")
        base = settings.OPENLIBRARY_COVERS_URL
        picture = self._fetch(f"{base}/b/id/{cover_id}-{size}.jpg?default=false", base, COVERS, LARGEST_COVER)
        if picture.startswith(b"GIF8") and len(picture) < SMALLEST_PICTURE:
            raise OpenLibraryError("not_found", "an empty picture")
        if not picture.startswith(PICTURES):
            raise OpenLibraryError("bad_answer", "no picture")
        Breaker(COVERS).succeeded()
        return picture

    def _search(self, asked: dict[str, str], limit: int) -> dict[str, Any]:
        given = {name: text for name, text in asked.items() if text}
        query = urlencode({**given, "fields": SEARCH_FIELDS, "limit": min(max(1, limit), MOST_HITS)})
        return self._json(
            f"/search.json?{query}", "search", SEARCH_KEPT, lambda answer: isinstance(answer.get("docs"), list)
        )

    def _record(self, olid: str, kind: str) -> dict[str, Any]:
        seen: list[str] = []
        olid = read_olid(olid)
        if not olid.endswith(kind):
            raise OpenLibraryError("not_found", f"{olid!r} is no key of this kind")
        with self.lookup():
            while olid not in seen and len(seen) <= MOST_RECORD_REDIRECTS:
                seen.append(olid)
                record = self._json(f"{path_of(olid)}.json", "record", RECORD_KEPT, _is_record_of(olid))
                if not (location := _location(record)):
                    return record
                olid = location
        raise OpenLibraryError("bad_answer", f"merged in a circle: {seen}")

    def _json(self, path: str, family: str, kept_seconds: int, is_right: Check) -> dict[str, Any]:
        base = settings.OPENLIBRARY_URL

        def ask() -> dict[str, Any]:
            answer = _read_object(self._fetch(f"{base}{path}", base, family, LARGEST_ANSWER))
            if answer is None:  # a page of an outage that calls itself a success, and the like
                Breaker(family).failed()
                raise OpenLibraryError("bad_answer", f"{path}: no JSON object")
            if not is_right(answer):
                raise OpenLibraryError("bad_answer", f"{path}: not what was asked for")
            Breaker(family).succeeded()
            if key_of(answer.get("type")) == "/type/delete":
                raise OpenLibraryError("not_found", f"{path}: deleted")
            return answer

        return remembered(
            f"{base}{path}", kept_seconds, ask, is_fresh_wanted=self._is_fresh_wanted, is_kept=self.lane.has_a_person
        )

    def _fetch(self, url: str, base: str, family: str, cap: int) -> bytes:
        if not self._user_agent:
            raise OpenLibraryError("no_contact")
        with self.lookup() as deadline:
            if self.lane.has_a_person and not self._has_place:
                self._places.enter_context(place(for_a_picture=family == COVERS))
                self._has_place = True
            return self._transport.get(url, base=base, family=family, cap=cap, deadline=deadline)


def _read_object(body: bytes) -> dict[str, Any] | None:
    """The JSON object in ``body``, None if it is anything else."""
    try:
        answer = read_json(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _user_agent(contact: str) -> str:
    """Product, site and contact, as Open Library asks; "" without a contact. What a header cannot carry is left out."""
    plain = "".join(c for c in contact if c.isascii() and c.isprintable() and c not in "();").strip()
    if not plain:
        return ""
    return f"{USER_AGENT_PRODUCT} (+{settings.SITE_URL}; {plain[:200]})"


def _words(text: str) -> str:
    """``text`` as plain words: signs and words that mean something to the index (Solr) are taken out."""
    plain = re.sub(r'[+&|!(){}\[\]^"~*?:\\/<>=]|(?<!\w)-|-(?!\w)', " ", one_line(text, 300))
    return " ".join(word.lower() if word in ("AND", "OR", "NOT", "TO") else word for word in plain.split())


def _is_edition(record: dict[str, Any]) -> bool:
    return olid_of(record.get("key")).endswith("M")


def _is_record_of(olid: str) -> Check:
    return lambda record: olid_of(record.get("key")) == olid


def _location(record: dict[str, Any]) -> str:
    """Where a merged record leads, "" for any other. Raises: OpenLibraryError when it leads nowhere."""
    if key_of(record.get("type")) != "/type/redirect":
        return ""
    here, there = olid_of(record.get("key")), olid_of(record.get("location"))
    if not there or there[-1:] != here[-1:]:
        raise OpenLibraryError("bad_answer", f"{here} was merged into {record.get('location')!r}")
    return there
