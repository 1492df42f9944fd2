"""Merging authors and subjects: their books are one's from then on, until it is taken back."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, recorded
from accounts.services.numbers import BARCODES, hold
from catalog.models import Author, Book, Contributor, RecordKind, Subject
from catalog.services.kept_rows import kept_rows, put_back
from catalog.services.merged import changed_since, forget, refuse_if_gone, remember
from catalog.services.search import follow

MOST_AT_ONCE = 50
AT_ONCE = 500  # rows asked for by their keys
AboutBooks = Book.subjects.through
R = TypeVar("R", Author, Subject)


@recorded("merge_authors")
def merge_authors(action: Action, keep: Author, *, others: Sequence[Author], by: User | None, now: datetime) -> Author:
    """Make ``others`` one with ``keep``, who has their parts in books from then on; returns ``keep``.

    Who brings in one of ``others`` by name or by the key of a source means ``keep`` from then on, and their addresses
    lead there. Raises Refused("not_here", "nothing_to_merge", "too_many").
    """
    hold(BARCODES)  # authors are looked up, else made: one transaction at a time
    keep, *rest = _locked(Author, [keep, *others])
    theirs = Contributor.objects.filter(author__in=rest)
    ours = Contributor.objects.filter(author=keep, book=OuterRef("book"), role=OuterRef("role"))
    _join(action, keep, rest, rows=theirs, doubled=_doubled(theirs, ours, ("book_id", "role")), field="author", now=now)
    action.before |= {"source_key": keep.source_key}
    keep.source_key = keep.source_key or next((each.source_key for each in rest if each.source_key), None)
    action.after |= {"source_key": keep.source_key}
    Author.objects.filter(pk__in=[each.pk for each in rest]).delete()
    keep.save(update_fields=["source_key"])
    follow(Book.objects.filter(contributors__author=keep))
    return keep


@recorded("merge_subjects")
def merge_subjects(
    action: Action, keep: Subject, *, others: Sequence[Subject], by: User | None, now: datetime
) -> Subject:
    """Make ``others`` one with ``keep``, which their books are about from then on; as ``merge_authors``."""
    hold(BARCODES)
    keep, *rest = _locked(Subject, [keep, *others])
    theirs = AboutBooks.objects.filter(subject__in=rest)
    ours = AboutBooks.objects.filter(subject=keep, book=OuterRef("book"))
    _join(action, keep, rest, rows=theirs, doubled=_doubled(theirs, ours, ("book_id",)), field="subject", now=now)
    Subject.objects.filter(pk__in=[each.pk for each in rest]).delete()
    follow(Book.objects.filter(subjects=keep))
    return keep


def part_authors(undone: Action) -> Author:
    """Take the merge of authors ``undone`` back, inside the caller's transaction.

    Raises Refused("changed_since") with the reason where not everything can be as before.
    """
    keep = _part(undone, Author, Contributor.objects.all(), "author")
    follow(Book.objects.filter(contributors__author__in=[keep.pk, *undone.after["merged"]]))
    return keep


def part_subjects(undone: Action) -> Subject:
    """Take the merge of subjects ``undone`` back; as ``part_authors``."""
    keep = _part(undone, Subject, AboutBooks.objects.all(), "subject")
    follow(Book.objects.filter(subjects__in=[keep.pk, *undone.after["merged"]]))
    return keep


def _locked(model: type[R], records: Sequence[R]) -> list[R]:
    """The ``records``, in this order, locked in the order of their numbers."""
    keys = [each.pk for each in records]
    if len(keys) < 2 or len(set(keys)) < len(keys):
        raise Refused("nothing_to_merge", _("Choose two different ones."))
    if len(keys) > MOST_AT_ONCE:
        raise Refused("too_many", _("Merge at most %(most)d at a time.") % {"most": MOST_AT_ONCE})
    found = {each.pk: each for each in model._default_manager.select_for_update().filter(pk__in=keys).order_by("pk")}
    refuse_if_gone(len(found), len(keys))
    return [found[key] for key in keys]


def _doubled(theirs: QuerySet, ours: QuerySet, same: tuple[str, ...]) -> list[int]:
    """The keys of those rows of ``theirs`` that say what ``ours`` or an earlier one says."""
    doubled = list(theirs.filter(Exists(ours)).values_list("pk", flat=True))
    gone, seen = set(doubled), set()
    for pk, *said in theirs.order_by("pk").values_list("pk", *same).iterator():
        if pk not in gone and tuple(said) in seen:
            doubled.append(pk)
        seen.add(tuple(said))
    return doubled


def _join(
    action: Action, keep: R, rest: list[R], *, rows: QuerySet, doubled: list[int], field: str, now: datetime
) -> None:
    """Let the ``rows`` of ``rest`` be those of ``keep``, but for the ``doubled`` ones, which go; note all of it."""
    before: dict[str, Any] = {"gone": kept_rows(rest), "doubled": [], "moved": []}
    for keys in _some(doubled):
        rows_gone = rows.filter(pk__in=keys)
        before["doubled"] += kept_rows(rows_gone.order_by("pk"))
        rows_gone.delete()
    before["moved"] = list(map(list, rows.order_by("pk").values_list("pk", field)))
    rows.update(**{field: keep})
    for each in rest:
        remember(each, keep.pk, now)
    describe(action, keep, before=before, after={"merged": [each.pk for each in rest]})


def _part(undone: Action, model: type[R], rows: QuerySet, field: str) -> R:
    hold(BARCODES)
    keep = model._default_manager.select_for_update().filter(pk=undone.target_id or 0).first()
    if keep is None:
        raise changed_since(_("The one that stayed is not here any more: it was merged since."))
    if isinstance(keep, Author):
        if keep.source_key != undone.after["source_key"]:
            raise changed_since(_("“%(name)s” got another key of a source since.") % {"name": keep.name})
        keep.source_key = undone.before["source_key"]  # the other key is one of theirs again
        keep.save(update_fields=["source_key"])
    put_back(undone.before["gone"])
    _give_back(rows, undone.before["moved"], keep, field)
    _put_back_doubled(rows.model, undone.before["doubled"])
    forget(RecordKind.AUTHOR if model is Author else RecordKind.SUBJECT, undone.after["merged"])
    return keep


def _give_back(rows: QuerySet, moved: list[list[int]], keep: Model, field: str) -> None:
    """Each of ``moved`` (key, whose it was) is that one's again; of books that are gone nothing is."""
    by_owner: dict[int, list[int]] = {}
    for pk, owner in moved:
        by_owner.setdefault(owner, []).append(pk)
    found = 0
    for owner, keys in by_owner.items():
        for some in _some(keys):
            found += rows.filter(pk__in=some, **{field: keep}).update(**{field: owner})
    if found < len(moved):
        raise changed_since(_("A book of theirs was edited or deleted since, and nobody could say whose it was."))


def _put_back_doubled(model: type[Model], kept: list[dict[str, Any]]) -> None:
    books = {row["fields"]["book"] for row in kept}
    here: set[int] = set()
    for some in _some(books):
        here |= set(Book.objects.filter(pk__in=some).values_list("pk", flat=True))
    put_back([row for row in kept if row["fields"]["book"] in here])


def _some(keys: Iterable[int]) -> Iterator[list[int]]:
    in_order = sorted(keys)
    return (in_order[start : start + AT_ONCE] for start in range(0, len(in_order), AT_ONCE))
