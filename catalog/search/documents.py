"""The search document: everything by which one book can be found, in words of the index."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain

from catalog.normalize.text import fold, title_key
from catalog.normalize.titles import sort_title

from . import marks
from .expressions import AUTHOR, NUMBER, PARTS, PUBLISHER, REST, SHELF, SUBJECT, TITLE
from .facts import BookFacts, CopyFacts, PersonFacts
from .stems import roots_of
from .words import LONGEST, accented_words, name_keys, other_spellings, words

SORT_LENGTH = 60
MOST_WORDS = 2_000  # of one part; only a description can be longer
SPELLED_PARTS = (TITLE, AUTHOR, SUBJECT)
ROOTED_PARTS = (TITLE, SUBJECT, REST)  # names and numbers have no roots
UNKNOWN_LANGUAGE = "eng"  # whose roots a record gets that names no language; so do headings, English in most records
REPEATED_PARTS = (AUTHOR, SUBJECT, PUBLISHER)  # whose texts many books share
KEPT = 20_000  # of these texts with their words
FENCE = "_"  # stands between what is no phrase together
SHORTEST_SPELLED = 3
LONGEST_SPELLED = 40


@dataclass(frozen=True, slots=True)
class Stock:
    """What circulation knows of a book: the keys of its copies that are ``out`` (lent, or kept for somebody) in order,
    divided by blanks; how often any was lent, how many people wait."""

    out: str = ""
    times_lent: int = 0
    holds: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """What is written down for one book. ``parts`` are the texts of PARTS, words divided by blanks."""

    pk: int
    parts: tuple[str, ...]
    marks: tuple[str, ...]
    fields: dict[str, object] = field(default_factory=dict)
    spellings: frozenset[str] = frozenset()


def document(book: BookFacts, stock: Stock) -> Document:
    """The document of a book, from the facts about it and what circulation knows."""
    standing = [copy for copy in book.copies if copy.withdrawn_on is None]
    here = [copy for copy in standing if copy.lost_on is None]
    lendable = _lendable(here)
    branches = branches_in(lendable, stock)
    people = book.people
    surface = _surface(book)
    found = {name: [_words(name, text) for text in texts] for name, texts in surface.items()}
    facets = _facets(book, here)
    is_hidden = bool(book.copies) and not standing
    return Document(
        pk=book.pk,
        parts=tuple(
            _part(name, surface[name], found[name], book.language, _names(people) if name == AUTHOR else [])
            for name in PARTS
        ),
        marks=(
            marks.ALL, *([marks.HIDDEN] if is_hidden else []), *facets, *marks.of_year(book.year),
            *marks.samples(book.pk), *volatile_marks(branches, stock),
        ),
        fields={
            "is_hidden": is_hidden,
            "title_key": fold(title_key(book.title))[:500], "sort_title": book.sort_title[:SORT_LENGTH],
            "sort_author": fold(people[0].sort_name)[:SORT_LENGTH] if people else "", "year": book.year or 0,
            "language": book.language, "copies": len(here), "lendable": lendable, "available": len(branches),
            "out": stock.out, "times_lent": stock.times_lent, "holds": stock.holds, "in_at": in_at(branches),
            "facets": " ".join(sorted(token[2:] for token in (*facets, *marks.of_year(book.year)[1:2]))),
        },
        spellings=frozenset(
            spelled(chain(words(book.series), *(text for name in SPELLED_PARTS for text in found[name])))
        ),
    )  # fmt: skip


def branches_in(lendable: str, stock: Stock) -> list[int]:
    """The branch of each copy that is in. ``lendable``: as documents keep it."""
    out = stock.out.split()
    copies = (each.partition(":") for each in lendable.split())
    return [int(branch) for copy, _colon, branch in copies if copy not in out]


def in_at(branches: Iterable[int]) -> str:
    """The facets of these branches, where a copy is in, as documents keep them."""
    return " ".join(token[2:] for token in _in_at(branches))


def volatile_marks(branches: list[int], stock: Stock) -> list[str]:
    """The marks that loans and returns change. ``branches``: of each copy that is in."""
    popular = marks.mark(marks.POPULARITY, marks.popularity(stock.times_lent))
    return [popular, *(_in_at(branches) or [marks.OUT])]


def _in_at(branches: Iterable[int]) -> list[str]:
    return [marks.mark(marks.IN_AT, branch) for branch in sorted(set(branches))]


def _lendable(copies: list[CopyFacts]) -> str:
    could_be = (copy for copy in copies if copy.damaged_on is None and copy.is_lendable)
    return " ".join(f"{copy.pk}:{copy.branch}" for copy in could_be)


def exact_keys(text: str) -> set[str]:
    """The folded titles, whole or without their article, that ``text`` may be."""
    return {key for key in (fold(text)[:500], sort_title(text)) if key}


def _surface(book: BookFacts) -> dict[str, list[str]]:
    title = f"{book.title} {book.subtitle}"  # a phrase may run from one into the other
    shelf = dict.fromkeys([book.call_number, *(copy.call_number for copy in book.copies)])
    rest = [book.statement, book.series, book.edition, book.published, book.description]
    return {
        TITLE: [title],
        AUTHOR: [person.name for person in book.people],
        SUBJECT: [subject.name for subject in book.subjects],
        PUBLISHER: [book.publisher, book.place],
        NUMBER: book.numbers,
        SHELF: list(shelf),
        REST: [text for text in rest if text],
    }


def _words(name: str, text: str) -> Sequence[str]:
    return _known_words(text) if name in REPEATED_PARTS else words(text)


@lru_cache(maxsize=KEPT)
def _known_words(text: str) -> tuple[str, ...]:
    return tuple(words(text))


_known_spellings = lru_cache(maxsize=KEPT)(other_spellings)


@lru_cache(maxsize=KEPT)
def _name_spellings(name: str) -> list[list[str]]:
    return other_spellings(name, is_name=True)


def _part(name: str, texts: list[str], found: list[Sequence[str]], language: str, more: list[str]) -> str:
    """The words of one part, text by text; then other spellings, then roots and ``more`` tokens."""
    spelled = _name_spellings if name == AUTHOR else _known_spellings if name in REPEATED_PARTS else other_spellings
    if name in ROOTED_PARTS:
        more = _roots(name, texts, found, language)
    tokens: list[str] = []
    for piece in chain(found, *map(spelled, texts)):
        if piece:
            tokens += piece
            tokens.append(FENCE)
    return " ".join(tokens[:MOST_WORDS] + more[:MOST_WORDS])


def _roots(name: str, texts: list[str], found: list[Sequence[str]], language: str) -> list[str]:
    accented: list[str] = []
    for text, parts in zip(texts, found, strict=True):
        accented += parts if text.isascii() else accented_words(text)
    accented, own = accented[:MOST_WORDS], language or UNKNOWN_LANGUAGE
    more = roots_of(accented, UNKNOWN_LANGUAGE) if name == SUBJECT and own != UNKNOWN_LANGUAGE else []
    return roots_of(accented, own) + more


def _names(people: list[PersonFacts]) -> list[str]:
    return sorted({token for person in people for token in _name_tokens(person.name, person.sort_name)})


@lru_cache(maxsize=KEPT)
def _name_tokens(name: str, sort_name: str) -> frozenset[str]:
    """The whole name as one word, each way it may be typed, and the surname."""
    surname = words(sort_name.partition(",")[0])
    ends = {surname[-1], "".join(surname)[:LONGEST]} if surname else set()
    return frozenset({f"_n_{key}" for key in name_keys(name)} | {f"_s_{end}" for end in ends})


def _facets(book: BookFacts, copies: list[CopyFacts]) -> list[str]:
    values: dict[str, Iterable[object]] = {
        marks.LANGUAGE: [book.language],
        marks.FORMAT: [book.format],
        marks.AUTHOR: [person.pk for person in book.people],
        marks.SUBJECT: [subject.pk for subject in book.subjects],
        marks.BRANCH: [copy.branch for copy in copies],
        marks.LOCATION: [copy.location for copy in copies],
    }
    return list(
        dict.fromkeys(marks.mark(letter, value) for letter, found in values.items() for value in found if value)
    )


def spelled(found: Iterable[str]) -> Iterable[str]:
    """Those of these tokens with which misspelt words may be compared."""
    return (word for word in found if SHORTEST_SPELLED <= len(word) <= LONGEST_SPELLED and word.isalpha())
