"""Saving what a source says: matched with what is here, never twice, and never over a librarian's edit."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, Branch, User
from accounts.services.actions import FormAlreadyUsed, describe, leave_out, recorded
from accounts.services.numbers import BARCODES, hold
from catalog.drafts import BookDraft
from catalog.models import Book, Copy, CopyType, ImportRow
from catalog.services.books import FIELDS, SHOWN_FIELDS, add_isbns, create_book, draft_value, edit_book
from catalog.services.copies import create_copies
from catalog.services.covers import want_cover
from catalog.services.matching import Match, find_match, match_by_key
from catalog.services.search import index_book
from catalog.services.sources import keep_source


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of a draft. ``outcome``: added, copy_added or known."""

    book: Book
    outcome: str
    copies: list[Copy]


class Doubtful(Exception):
    """Something here may be the same book; ``match`` says which. A person decides."""

    def __init__(self, match: Match) -> None:
        self.match = match
        super().__init__(f"may be book {match.book.pk} ({match.by})")


def save_draft(
    draft: BookDraft, *, by: User | None, if_known: str = "nothing", decision: str = "", copies: int = 1,
    branch: Branch | None = None, copy_type: CopyType | None = None, payload: dict[str, Any] | None = None,
    corrected: BookDraft | None = None, sent: str = "", key: str | None = None, now: datetime | None = None,
    **copy_details: Any,
) -> Saved:  # fmt: skip
    """Add the book of ``draft`` with so many ``copies``, or, when it is here, add a copy or do ``nothing``.

    ``if_known``: "copy", "nothing" or "ask", which raises Doubtful. ``decision`` of a person where the match is
    doubtful: an ImportRow.Decision; "new" makes no second book of a record that is here by its key, "copy" gives the
    book the ISBNs it lacks.
    ``payload`` is the record as received, kept beside the book; ``copy_details`` are further fields of the copies.
    ``corrected``: what a librarian made of the draft; a book with one of its ISBNs counts as here too.
    ``sent`` is a word for what the form said, for ``saved_before``.
    Two desks that save the same record at the same
    moment make one book. Raises Doubtful; Refused("no_title").
    """
    done = _save_draft(
        draft, if_known=if_known, decision=decision, copies=copies, branch=branch, copy_type=copy_type,
        payload=payload, corrected=corrected or draft, sent=sent, by=by, key=key, now=now, **copy_details,
    )  # fmt: skip
    saved = _saved(done)
    if saved is None:  # the form came back after what it made was deleted
        raise FormAlreadyUsed(Action.objects.get(key=key))
    return saved


def saved_before(key: str | None, by: User, *, sent: str) -> Saved | None:
    """What ``save_draft`` made of the form ``key`` of this user when it ``sent`` the same; None if it did not come."""
    action = Action.objects.filter(key=key, verb="save_draft", by=by).first() if key else None
    done = action.result["value"] if action else {}
    return _saved(done) if done.get("sent") == sent else None


def _saved(done: dict[str, Any]) -> Saved | None:
    book = Book.objects.filter(pk=done["book"]).first()
    made = list(Copy.objects.filter(pk__in=done["copies"]).order_by("pk"))
    return Saved(book, done["outcome"], made) if book else None


@transaction.atomic
def save_reviewed(
    draft: BookDraft, corrected: BookDraft, *, by: User | None, key: str | None = None, **how: Any
) -> Saved:
    """As ``save_draft`` with ``how``; a book that is new gets what a librarian ``corrected``, both or neither."""
    titled = replace(draft, title=draft.title or corrected.title)
    saved = save_draft(titled, corrected=corrected, by=by, key=key, **how)
    if saved.outcome != ImportRow.Outcome.ADDED:
        return saved
    edited = edit_book(saved.book, corrected, fields=SHOWN_FIELDS, by=by, key=key and f"{key}-edit")
    return replace(saved, book=edited)


@recorded("save_draft")
def _save_draft(
    action: Action, draft: BookDraft, *, by: User | None, now: datetime, if_known: str, decision: str, copies: int,
    branch: Branch | None, copy_type: CopyType | None, payload: dict[str, Any] | None, corrected: BookDraft, sent: str,
    **copy_details: Any,
) -> dict[str, Any]:  # fmt: skip
    if not draft.title:
        raise Refused("no_title", _("The record has no title. Catalogue the book by hand."))
    hold(BARCODES)
    match = match_by_key(draft) if decision == ImportRow.Decision.NEW else find_match(_with_isbns_of(corrected, draft))
    if match and not decision and (not match.is_certain or if_known == "ask"):
        raise Doubtful(match)
    wanted, outcome = copies, ImportRow.Outcome.ADDED
    if match:
        adds = copies and (if_known == "copy" or decision == ImportRow.Decision.COPY)
        wanted, outcome = (copies, ImportRow.Outcome.COPY_ADDED) if adds else (0, ImportRow.Outcome.KNOWN)
    book = match.book if match else create_book(draft, draft.source)
    if match and not match.is_certain and decision == ImportRow.Decision.COPY:
        add_isbns(book, corrected)
    is_news = keep_source(book, draft, payload or {}, now)
    is_news |= want_cover(book, draft.cover_id)
    place = {"branch": branch, "copy_type": copy_type, **copy_details}
    made = create_copies(book, wanted, now=now, **place) if wanted else []
    if made or not match or decision == ImportRow.Decision.COPY:
        index_book(book)
    done = {"book": book.pk, "outcome": str(outcome), "copies": [copy.pk for copy in made]}
    describe(action, book, after=done)
    if outcome == ImportRow.Outcome.KNOWN and not decision and not is_news:
        leave_out(action)
    return done | {"sent": sent}


@recorded("refresh_book")
def refresh_book(
    action: Action, book: Book, draft: BookDraft, *, fields: list[str], payload: dict[str, Any],
    seen: str = "", by: User | None, now: datetime,
) -> Book:  # fmt: skip
    """Take over from a newly fetched ``draft`` the ``fields`` a librarian ticked, and keep the record as received.

    ``fields``: of FIELDS, or "cover" for a book without a picture. Nothing empty ever replaces something.
    ``seen``: as for edit_book. Raises Refused("changed_since").
    """
    hold(BARCODES)
    given = [name for name in fields if name in FIELDS and draft_value(draft, name)]
    if "year" in given and draft.published:
        given.append("published")
    if given:
        book = edit_book(book, draft, fields=given, origin=draft.source, seen=seen, by=by, now=now)
    if draft.cover_id:
        want_cover(book, draft.cover_id, again="cover" in fields)
    keep_source(book, draft, payload, now)
    describe(action, book, after={"fields": [name for name in fields if name in (*given, "cover")]})
    return book


def refreshed_before(book: Book, fields: list[str], key: str | None, by: User) -> bool:
    """Whether the form ``key`` of this user took the same ``fields`` over before."""
    action = Action.objects.filter(key=key, verb="refresh_book", by=by, target_id=book.pk).first() if key else None
    return action is not None and action.after["fields"] == fields


def _with_isbns_of(corrected: BookDraft, draft: BookDraft) -> BookDraft:
    """``draft`` with the ISBNs of both: what a librarian corrected may be here although the source's is not."""
    return replace(
        draft,
        isbns=tuple(dict.fromkeys((*corrected.isbns, *draft.isbns))),
        isbns_invalid=tuple(dict.fromkeys((*corrected.isbns_invalid, *draft.isbns_invalid))),
    )
