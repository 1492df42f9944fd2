"""A record, however it was written down, as the row of a file: a draft, or a sentence why there is none."""

from collections.abc import Callable
from dataclasses import replace

from django.utils.translation import gettext as _

from catalog.drafts import BookDraft, SourceRow

from . import marc21, unimarc
from .own import WHOLE, copies_are_whole, with_own_words
from .records import Damaged, Record

LOST = "\N{REPLACEMENT CHARACTER}"
DELETED = "d"
AUTHORITY, CLASSIFICATION, COMMUNITY = "z", "w", "q"
HOLDINGS = frozenset("uvxy")


def row(n: int, raw: str, read: Callable[[], Record], digits: int = 2) -> SourceRow:
    """The row ``n`` of a file whose record ``read`` reads. ``raw``: what to write out again for correction."""
    try:
        record = read()
        draft = draft_of(record, digits=digits)
    except Damaged as damage:
        return SourceRow(n, raw, problem=str(damage))
    values = draft.as_json() | ({WHOLE: True} if copies_are_whole(record) else {})
    return SourceRow(n, raw, values=values, draft=draft)


def draft_of(record: Record, *, digits: int = 2) -> BookDraft:
    """The draft of a record of either family. Raises Damaged where it describes no book or has no title."""
    _refuse_other_kinds(record)
    family = unimarc if unimarc.is_unimarc(record) else marc21
    draft = with_own_words(family.book_draft(record, digits=digits), record)
    if LOST in "".join(_texts(draft)):
        draft = replace(draft, warnings=tuple(dict.fromkeys([*draft.warnings, "characters_lost"])))
    if not draft.title:
        raise Damaged(
            _("This record has no title (field 245, in UNIMARC 200). Add it there, or catalogue the book by hand.")
        )
    return draft


def _texts(draft: BookDraft) -> list[str]:
    plain = [draft.title, draft.subtitle, draft.statement, draft.publisher, draft.place, draft.series]
    return [*plain, draft.description, *draft.subjects, *(person.name for person in draft.contributors)]


def _refuse_other_kinds(record: Record) -> None:
    kind = record.leader[6:7]
    if not record.fields:
        raise Damaged(_("This record is empty: it has no fields."))
    if kind == AUTHORITY:
        raise Damaged(_("This is an authority record, which describes a name or a subject. Bring in records of books."))
    if kind in HOLDINGS:
        raise Damaged(
            _("This record holds only copies, without the book. Export books together with their copies (field 852).")
        )
    if kind in (CLASSIFICATION, COMMUNITY):
        raise Damaged(_("This record describes no book. Bring in bibliographic records."))
    if record.leader[5:6] == DELETED:
        raise Damaged(_("The system that this record comes from has marked it as deleted."))
