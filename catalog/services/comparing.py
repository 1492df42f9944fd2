"""A book beside what a source says of it today: where the two differ."""

from dataclasses import dataclass
from typing import Any

from catalog.drafts import BookDraft
from catalog.models import Book, Cover
from catalog.normalize.names import name_key
from catalog.normalize.subjects import subject_key
from catalog.services.books import LIBRARIAN, SHOWN_FIELDS, draft_value, snapshot
from catalog.services.uniting import UNITABLE


@dataclass(frozen=True, slots=True)
class Difference:
    """One field (of services.books.FIELDS, or "cover") in the words of ``snapshot``: ``ours`` and ``theirs``."""

    name: str
    ours: Any
    theirs: Any
    is_edited: bool = False

    @property
    def fills_a_gap(self) -> bool:
        """Whether there is nothing here, and not because a person took it away."""
        return not self.ours and not self.is_edited


def differences(book: Book, draft: BookDraft) -> list[Difference]:
    """The fields in which ``draft`` says something, and something else than ``book``.

    Names and subjects that are spelled in another way, and subjects in another order, are no difference.
    """
    ours = snapshot(book)
    theirs = {name: draft_value(draft, name) for name in SHOWN_FIELDS}
    found = [
        Difference(name, ours[name], theirs[name], book.origins.get(name) == LIBRARIAN)
        for name in SHOWN_FIELDS
        if theirs[name] and _meaning(name, theirs[name]) != _meaning(name, ours[name])
    ]
    cover = Cover.objects.filter(book=book).first()
    is_settled = cover is None or (not cover.file and cover.is_finished)
    if draft.cover_id and is_settled:
        was_removed = bool(cover and cover.state == Cover.State.DONE)
        found.append(Difference("cover", None, draft.cover_id, was_removed))
    return found


@dataclass(frozen=True, slots=True)
class Beside:
    """One field of two books, in the words of ``snapshot``. ``differs``: they do not mean the same."""

    name: str
    one: Any
    other: Any
    differs: bool

    @property
    def can_be_united(self) -> bool:
        """Whether one may have what both say."""
        return self.name in UNITABLE and bool(self.one and self.other)


def beside(one: Book, other: Book) -> list[Beside]:
    """What two books say, field by field, where either says anything; their covers last, where both have a picture."""
    mine, theirs = snapshot(one), snapshot(other)
    rows = [
        Beside(name, mine[name], theirs[name], _meaning(name, mine[name]) != _meaning(name, theirs[name]))
        for name in SHOWN_FIELDS
        if mine[name] or theirs[name]
    ]
    pictures = dict(Cover.objects.filter(book__in=[one, other]).exclude(file="").values_list("book", "file"))
    if len(pictures) == 2:
        rows.append(Beside("cover", pictures[one.pk], pictures[other.pk], differs=True))
    return rows


def _meaning(name: str, value: Any) -> Any:
    if name == "contributors":
        return [(name_key(person["name"]), person["role"]) for person in value]
    if name == "subjects":
        return {subject_key(subject) for subject in value}
    if name == "identifiers":
        return {tuple(pair) for pair in value}
    return value
