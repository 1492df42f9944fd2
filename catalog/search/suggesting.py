"""What somebody who is typing may mean: titles, authors and subjects that begin so, the most lent first."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from catalog.models import Author, Book, Contributor, SearchDocument, Subject
from catalog.normalize.text import fold

from .asking import ask, titled
from .engine import engine
from .filters import NO_FILTERS
from .words import is_unspaced

SHORTEST = 2
LOOKED_AT = 200  # titles with one beginning; the catalogue may have thousands
TITLES, AUTHORS, SUBJECTS = 5, 2, 2
FEW = 3  # titles below which those that have the words anywhere are looked for too


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go to: ``kind`` is "title", "author" or "subject", ``pk`` the key of the book, author or subject."""

    text: str
    kind: str
    pk: int


def suggest(text: str) -> list[Suggestion]:
    """At most nine suggestions for ``text``, in a constant number of index ranges. Only what readers may see."""
    key = fold(text[:200])
    if len(key) < SHORTEST and not (key and is_unspaced(key)):
        return []
    return [*_titles(key, text), *_authors(key), *_subjects(key)]


class _Title(NamedTuple):
    pk: int
    key: str
    times_lent: int
    title: str
    subtitle: str


def _titles(key: str, text: str) -> list[Suggestion]:
    rows = SearchDocument.objects.filter(is_hidden=False)
    found: dict[str, _Title] = {}
    for name in ("sort_title", "title_key"):
        begun = rows.filter(engine().begins(name, key)).order_by(name, "pk")
        _keep_most_lent(found, begun[:LOOKED_AT])
    if len(found) < FEW:
        _keep_most_lent(found, rows.filter(pk__in=_with_words(text)))
    best = sorted(found.values(), key=lambda row: (-row.times_lent, row.key))
    return [Suggestion(_whole(row), "title", row.pk) for row in best[:TITLES]]


def _whole(row: _Title) -> str:
    return f"{row.title}: {row.subtitle}" if row.subtitle else row.title


def _keep_most_lent(found: dict[str, _Title], rows: QuerySet[SearchDocument]) -> None:
    """One book for each title."""
    for row in map(_Title._make, rows.values_list("pk", "title_key", "times_lent", "book__title", "book__subtitle")):
        known = found.get(row.key)
        if known is None or known.times_lent < row.times_lent:
            found[row.key] = row


def _with_words(text: str) -> list[int]:
    """The newest books whose title has these words, the last perhaps only begun."""
    asked = ask(text)
    question = asked.as_typing() or asked
    if question.is_empty or question.field != "all":
        return []
    with engine().looking():
        return engine().newest(NO_FILTERS.apply(titled(question)), limit=LOOKED_AT, offset=0, before=None)


def _authors(key: str) -> list[Suggestion]:
    """By surname those of the most books found, then by the name as it is spoken."""
    begun = SearchDocument.objects.filter(engine().begins("sort_author", key), is_hidden=False)
    books = list(begun.order_by("sort_author", "pk").values_list("pk", flat=True)[:LOOKED_AT])
    by_surname = Counter(Contributor.objects.filter(book__in=books, order=0).values_list("author", "author__name"))
    shown = Contributor.objects.filter(author=OuterRef("pk"), book__search_document__is_hidden=False)
    spoken = Author.objects.filter(engine().begins("match_key", key), Exists(shown)).order_by("match_key", "pk")
    by_name = spoken.values_list("pk", "name")[:AUTHORS]
    names = dict([pair for pair, _books in by_surname.most_common(AUTHORS)] + list(by_name))
    return [Suggestion(name, "author", pk) for pk, name in list(names.items())[:AUTHORS]]


def _subjects(key: str) -> list[Suggestion]:
    shown = Book.objects.filter(subjects=OuterRef("pk"), search_document__is_hidden=False)
    begun = Subject.objects.filter(engine().begins("match_key", key), Exists(shown)).order_by("match_key", "pk")
    return [Suggestion(name, "subject", pk) for pk, name in begun.values_list("pk", "name")[:SUBJECTS]]
