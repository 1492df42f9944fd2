"""Hits of a search, each one work with the edition of it that fits best."""

from dataclasses import dataclass
from typing import Any

from catalog.isbn import find_isbns
from catalog.normalize.languages import read_languages
from catalog.normalize.names import read_name
from catalog.normalize.titles import read_title

from .json_values import integer, items, key_of, mapping, strings
from .keys import olid_of

MOST_HITS = 100
MOST_NAMES = 10
MOST_ISBNS = 20


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One hit. Keys are short (OL45804W, OL7353617M); either may be "", never both."""

    work_key: str = ""
    edition_key: str = ""
    title: str = ""
    subtitle: str = ""
    authors: tuple[str, ...] = ()
    first_year: int | None = None
    cover_id: int | None = None
    isbns: tuple[str, ...] = ()
    language: str = ""


def search_hits(answer: Any) -> tuple[SearchHit, ...]:
    """The hits in an answer of search.json, in its order; at most 100. Never raises.

    Left out: hits without a key or without a title.
    """
    hits = map(_hit, items(mapping(answer).get("docs"))[:MOST_HITS])
    return tuple(hit for hit in hits if hit.title and (hit.work_key or hit.edition_key))


def best_edition(doc: Any) -> dict[str, Any]:
    """The one edition that search.json names of a work, or {}."""
    return next(
        (mapping(found) for found in items(mapping(mapping(doc).get("editions")).get("docs")) if mapping(found)), {}
    )


def edition_isbns(edition: dict[str, Any]) -> set[str]:
    """Every ISBN of an edition, of a record or of a hit, as kept (``Isbn.value``)."""
    texts = [text for name in ("isbn_13", "isbn_10", "isbn") for text in strings(edition.get(name))]
    return {isbn.value for text in texts for isbn in find_isbns(text)}


def _hit(value: Any) -> SearchHit:
    doc = mapping(value)
    edition = best_edition(doc)
    # The index knows an edition without a work as a work whose key has an edition's number: /works/OL10910782M.
    own_key = olid_of(key_of(doc)) or olid_of(f"/works/{key_of(doc)}")
    edition_keys = [
        olid_of(key_of(edition)),
        own_key,
        *(olid_of(f"/books/{key}") for key in strings(doc.get("cover_edition_key"))),
    ]
    title = read_title(edition.get("title"), edition.get("subtitle"))
    if not title.title:
        title = read_title(doc.get("title"), doc.get("subtitle"))
    return SearchHit(
        work_key=own_key if own_key.endswith("W") else "",
        edition_key=next((key for key in edition_keys if key.endswith("M")), ""),
        title=title.title,
        subtitle=title.subtitle,
        authors=tuple(name for name in map(read_name, strings(doc.get("author_name"))[:MOST_NAMES]) if name),
        first_year=integer(doc.get("first_publish_year"), 1, 3000),
        cover_id=_cover(edition) or _cover(doc),
        isbns=_isbns(edition) or _isbns(doc),
        language=next(iter(read_languages(edition.get("language")) or _only(read_languages(doc.get("language")))), ""),
    )


def _cover(doc: dict[str, Any]) -> int | None:
    return integer(doc.get("cover_i"), 1, 2**62)


def _isbns(doc: dict[str, Any]) -> tuple[str, ...]:
    found = (isbn for text in strings(doc.get("isbn"))[:MOST_ISBNS] for isbn in find_isbns(text))
    return tuple(dict.fromkeys(isbn.isbn13 for isbn in found if isbn.is_valid))


def _only(languages: tuple[str, ...]) -> tuple[str, ...]:
    """The languages of a work's editions say something about the hit only when there is one."""
    return languages if len(languages) == 1 else ()
