"""What was merged into what: remembered, looked up, forgotten when it is taken back."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, leave_out, recorded
from catalog.models import Author, Book, MergedRecord, NotTheSame, RecordKind, Subject
from catalog.services.covers import forget_file

MODELS = {RecordKind.BOOK: Book, RecordKind.AUTHOR: Author, RecordKind.SUBJECT: Subject}
KINDS: dict[type[Book] | type[Author] | type[Subject], RecordKind] = {
    Book: RecordKind.BOOK, Author: RecordKind.AUTHOR, Subject: RecordKind.SUBJECT,
}  # fmt: skip


@recorded("tell_apart")
def tell_apart(action: Action, kind: RecordKind, *, one: int, other: int, by: User | None, now: datetime) -> None:
    """Remember that the records with the keys ``one`` and ``other``, which look alike, are two.

    Raises Refused("not_here") if one of them is gone.
    """
    lower, higher = sorted([one, other])
    records = list(MODELS[kind]._default_manager.filter(pk__in=[lower, higher]).order_by("pk"))
    refuse_if_gone(len(records), 2)
    _row, is_new = NotTheSame.objects.get_or_create(kind=kind, one=lower, other=higher)
    describe(action, records[0], after={"other": higher})
    if not is_new:
        leave_out(action)


def remember(old: Book | Author | Subject, kept: int, now: datetime, *, cover: str = "") -> None:
    """Note that ``old`` became part of the record with the key ``kept``, inside the caller's transaction."""
    name, keys = str(old), {}
    if not isinstance(old, Book):
        keys["match_key"] = old.match_key
    if isinstance(old, Author):
        keys["source_key"] = old.source_key or ""
    MergedRecord.objects.create(
        kind=KINDS[type(old)], old=old.pk, kept=kept, name=name[:500], merged_at=now, cover=cover, **keys
    )


def forget(kind: RecordKind, olds: Iterable[int]) -> None:
    """The records with the keys ``olds`` are there again."""
    MergedRecord.objects.filter(kind=kind, old__in=list(olds)).delete()


def kept_of(kind: RecordKind, old: int) -> int | None:
    """The key of the record that ``old`` became part of, however often that was merged in turn; None if it was not."""
    seen = {old}
    while (kept := MergedRecord.objects.filter(kind=kind, old=old).values_list("kept", flat=True).first()) is not None:
        if kept in seen:
            return None
        seen.add(kept)
        old = kept
    return old if len(seen) > 1 else None


def kept_author(match_key: str, source_key: str = "") -> Author | None:
    """The author that one with this key of a source, or else with this name, became part of."""
    asked = Q(source_key=source_key) if source_key else Q(match_key=match_key)
    kept = _kept(RecordKind.AUTHOR, asked)
    return Author.objects.filter(pk=kept).first() if kept else None


def kept_subject(match_key: str) -> Subject | None:
    """The subject that one with this name became part of."""
    kept = _kept(RecordKind.SUBJECT, Q(match_key=match_key))
    return Subject.objects.filter(pk=kept).first() if kept else None


def _kept(kind: RecordKind, asked: Q) -> int | None:
    old = MergedRecord.objects.filter(asked, kind=kind).order_by("-pk").values_list("old", flat=True).first()
    return kept_of(kind, old) if old is not None else None


def forget_covers(before: datetime) -> int:
    """Delete the pictures of books merged ``before`` then, which nobody can take back any more; how many."""
    found = list(MergedRecord.objects.filter(merged_at__lt=before).exclude(cover=""))
    for merged in found:
        forget_file(merged.cover)
    MergedRecord.objects.filter(pk__in=[merged.pk for merged in found]).update(cover="")
    return len(found)


def changed_since(why: str) -> Refused:
    """The refusal to take a merge back: ``why`` it cannot be exactly as before."""
    return Refused("changed_since", why)


def refuse_if_gone(found: int, wanted: int) -> None:
    """Raises Refused("not_here") where fewer records were ``found`` than are to be merged."""
    if found < wanted:
        raise Refused("not_here", _("One of them is not here any more: it was deleted or merged. Look again."))
