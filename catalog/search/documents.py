"""The search document: everything by which one book can be found, in words of the index."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from catalog.models import Book, Copy
from catalog.normalize.text import fold
from catalog.normalize.titles import sort_title

from . import marks
from .expressions import AUTHOR, NUMBER, PARTS, PUBLISHER, REST, SHELF, SUBJECT, TITLE
from .stems import stems
from .words import other_spellings, words

SORT_LENGTH = 60
MOST_WORDS = 2_000  # of one part; only a description can be longer
SPELLED_PARTS = (TITLE, AUTHOR, SUBJECT)
SHORTEST_SPELLED = 3
LONGEST_SPELLED = 40


@dataclass(frozen=True, slots=True)
class Stock:
    """What circulation knows of a book: how many of its copies are ``out`` (lent, or kept for somebody) that could be
    lent otherwise, how often any was lent, how many people wait."""

    out: int = 0
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


def document(book: Book, stock: Stock) -> Document:
    """The document of ``book``, whose contributors with authors, subjects, identifiers and copies with their types are
    best prefetched."""
    copies = list(book.copies.all())
    standing = [copy for copy in copies if copy.withdrawn_on is None]
    here = [copy for copy in standing if copy.lost_on is None]
    lendable = sum(1 for copy in here if copy.damaged_on is None and copy.copy_type.is_lendable)
    available = max(0, lendable - stock.out)
    people = [part.author for part in book.contributors.all()]
    subjects = sorted(book.subjects.all(), key=lambda subject: subject.pk)
    surface = _surface(book, [person.name for person in people], [subject.name for subject in subjects], copies)
    facets = _facets(book, [person.pk for person in people], [subject.pk for subject in subjects], here)
    is_hidden = bool(copies) and not standing
    return Document(
        pk=book.pk,
        parts=tuple(_part(name, surface[name], book.language) for name in PARTS),
        marks=(
            marks.ALL, *([marks.HIDDEN] if is_hidden else []), *facets, *marks.of_year(book.year),
            *marks.samples(book.pk), *volatile_marks(available, stock.times_lent),
        ),
        fields={
            "is_hidden": is_hidden, "is_stale": False,
            "title_key": fold(book.title)[:500], "sort_title": book.sort_title[:SORT_LENGTH],
            "sort_author": fold(people[0].sort_name)[:SORT_LENGTH] if people else "", "year": book.year or 0,
            "language": book.language, "copies": len(here), "lendable": lendable, "available": available,
            "out": stock.out, "times_lent": stock.times_lent, "holds": stock.holds,
            "facets": " ".join(sorted(token[2:] for token in (*facets, *marks.of_year(book.year)[1:2]))),
        },
        spellings=frozenset(_spelled(word for name in SPELLED_PARTS for text in surface[name] for word in words(text))),
    )  # fmt: skip


def volatile_marks(available: int, times_lent: int) -> list[str]:
    """The marks that loans and returns change."""
    popular = marks.mark(marks.POPULARITY, marks.popularity(times_lent))
    return [popular, marks.AVAILABLE] if available else [popular]


def exact_keys(text: str) -> set[str]:
    """The folded titles, whole or without their article, that ``text`` may be."""
    return {key for key in (fold(text)[:500], sort_title(text)) if key}


def _surface(book: Book, people: list[str], subjects: list[str], copies: list[Copy]) -> dict[str, list[str]]:
    return {
        TITLE: [book.title, book.subtitle],
        AUTHOR: people,
        SUBJECT: subjects,
        PUBLISHER: [book.publisher, book.place],
        NUMBER: [identifier.value for identifier in book.identifiers.all()],
        SHELF: list(dict.fromkeys([book.call_number, *(copy.call_number for copy in copies)])),
        REST: [book.statement, book.series, book.edition, book.published, book.description],
    }


def _part(name: str, texts: Iterable[str], language: str) -> str:
    """The words of one part, then other spellings, then roots. Names and numbers have no roots."""
    texts = [text for text in texts if text]
    found = [word for text in texts for word in words(text)][:MOST_WORDS]
    more = [word for text in texts for word in other_spellings(text)][:MOST_WORDS]
    if name in (TITLE, SUBJECT, REST):
        more += dict.fromkeys(stems(found, language))
    if name == SUBJECT and language != "eng":  # headings are English in most records
        more += dict.fromkeys(stems(found, "eng"))
    return " ".join((*found, *more))


def _facets(book: Book, authors: list[int], subjects: list[int], copies: list[Copy]) -> list[str]:
    values: dict[str, Iterable[object]] = {
        marks.LANGUAGE: [book.language],
        marks.FORMAT: [book.format],
        marks.AUTHOR: authors,
        marks.SUBJECT: subjects,
        marks.BRANCH: [copy.home_branch_id for copy in copies],
        marks.LOCATION: [copy.location for copy in copies],
    }
    return list(
        dict.fromkeys(marks.mark(letter, value) for letter, found in values.items() for value in found if value)
    )


def _spelled(found: Iterable[str]) -> Iterable[str]:
    return (word for word in found if SHORTEST_SPELLED <= len(word) <= LONGEST_SPELLED and word.isalpha())
