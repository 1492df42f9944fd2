"""Merging books: all that belongs to several belongs to one, and can be parted again."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, recorded
from accounts.services.numbers import BARCODES, hold
from catalog.models import Book, Copy
from catalog.services.books import snapshot, version_of
from catalog.services.merged import changed_since, refuse_if_gone
from catalog.services.search import lock
from catalog.services.spelling import doubt_words_of
from catalog.services.uniting import part, unite
from circulation.services.hold_shelf import Trail, pass_on
from circulation.services.locks import lock_copies
from circulation.services.merged_queues import as_values, join_queues, part_queues, refuse_crossed_holds
from circulation.services.search import tell_search_of_copies

MOST_AT_ONCE = 20


@recorded("merge_books")
def merge_books(
    action: Action, keep: Book, *, others: Sequence[Book], take: Mapping[str, int] | None = None,
    both: Iterable[str] = (), seen: str = "", by: User | None, now: datetime,
) -> Book:  # fmt: skip
    """Make ``others`` part of ``keep``: copies with their loans, holds, numbers, records of sources, lines of imports.

    ``take``: field (of catalog.services.books.FIELDS, or "cover") -> key of the one of ``others`` whose value ``keep``
    gets; ``both``: "contributors" and "subjects" that get what all of them say. ``seen``: ``versions_of`` the books
    that the person saw. The addresses of ``others`` lead to ``keep`` from then on. Returns ``keep``.
    Raises Refused("not_here", "nothing_to_merge", "too_many", "changed_since").
    """
    hold(BARCODES)  # nobody finds one of them as what they are about to add a copy to
    books = _locked_books([keep.pk, *(each.pk for each in others)])
    keep, rest = books[0], books[1:]
    if seen and seen != versions_of(books):
        raise Refused("changed_since", _("Somebody changed one of them while you compared. Nothing was merged yet."))
    keys = [each.pk for each in rest]
    copies = {copy.pk: copy for copy in lock_copies(Copy.objects.filter(book__in=books))}
    was = [[copy.pk, copy.book_id] for copy in copies.values() if copy.book_id != keep.pk]
    trail = Trail()
    places, left = join_queues(keep.pk, keys, now=now, trail=trail)
    Copy.objects.filter(book__in=keys).update(book=keep)
    for copy in (copies[pk] for pk in left):
        copy.book = keep
        pass_on(copy, branch=copy.current_branch, by=by, now=now, trail=trail)
    before, after = unite(keep, rest, take=take or {}, both=both, now=now)
    describe(
        action, keep, before=before | {"copies": was} | trail.as_before(),
        after=after | {"merged": keys, "places": as_values(places)} | trail.as_after(),
    )  # fmt: skip
    lock([keep.pk, *keys])
    doubt_words_of(keys)
    Book.objects.filter(pk__in=keys).delete()
    tell_search_of_copies(keep.pk)
    return keep


def part_books(undone: Action) -> Book:
    """Take the merge ``undone`` back, inside the caller's transaction: everything is with the book it was with.

    What was done with copies and loans since goes with the copies. Raises Refused("changed_since") with the reason
    where not everything can be exactly as before.
    """
    hold(BARCODES)
    keep = Book.objects.select_for_update(of=("self",), no_key=True).filter(pk=undone.target_id or 0).first()
    if keep is None:
        raise changed_since(_("The book that stayed is not here any more: it was merged or deleted since."))
    copies = {copy.pk: copy for copy in lock_copies(Copy.objects.filter(book=keep))}
    if any(pk not in copies for pk, _book in undone.before["copies"]):
        raise changed_since(_("A copy that came with the merge was deleted since."))
    others = part(undone.before, undone.after, keep)
    for book in others:
        of_book = [pk for pk, was in undone.before["copies"] if was == book]
        Copy.objects.filter(pk__in=of_book).update(book=book)
    part_queues(undone, keep.pk)
    refuse_crossed_holds([keep.pk, *others])
    tell_search_of_copies(keep.pk, *others)
    return keep


def versions_of(books: Iterable[Book]) -> str:
    """A word that changes whenever the description of one of ``books`` does."""
    return version_of({str(book.pk): version_of(snapshot(book)) for book in books})


def _locked_books(keys: list[int]) -> list[Book]:
    """The books with these ``keys``, in this order, locked in the order of their numbers."""
    if len(keys) < 2 or len(set(keys)) < len(keys):
        raise Refused("nothing_to_merge", _("Choose two different books."))
    if len(keys) > MOST_AT_ONCE:
        raise Refused("too_many", _("Merge at most %(most)d books at a time.") % {"most": MOST_AT_ONCE})
    # NO KEY: who places a hold has a copy locked and refers to the book; it is not to wait for who locks book, copy.
    found = {
        b.pk: b for b in Book.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=keys).order_by("pk")
    }
    refuse_if_gone(len(found), len(keys))
    return [found[key] for key in keys]
