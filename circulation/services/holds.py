"""Holds: placed, cancelled, suspended, moved, trapped by a scan, let go when their time is over."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Action, Branch, LibrarySettings, Member, User
from accounts.services.actions import describe, leave_out, recorded
from catalog.models import Book, Copy
from circulation.exceptions import CirculationRefused, Problem
from circulation.models import Hold, Loan
from circulation.queries.hold_problems import hold_problems
from circulation.queries.holds import is_overdue, overdue_holds, queue
from circulation.queries.problems import block
from circulation.queries.rules import rule_book
from circulation.queries.standing import Standing
from circulation.services.batches import batches
from circulation.services.hold_shelf import (
    Trail,
    end_holds_of,
    last_rank,
    let_go,
    let_go_overdue,
    pass_on,
    take_off_the_shelf,
)
from circulation.services.loans import refuse_unless_overridden
from circulation.services.locks import lock_copies, lock_copy, lock_member
from circulation.services.search import tell_search, tell_search_of_copies

__all__ = [
    "cancel_hold", "end_holds_of", "expire_holds", "move_hold", "pass_on", "place_hold", "resume_hold", "suspend_hold",
    "take_off_the_shelf", "trap_copy",
]  # fmt: skip
Status = Hold.Status


@recorded("place_hold")
def place_hold(
    action: Action, member: Member, *, book: Book, copy: Copy | None = None, branch: Branch, by: User | None,
    now: datetime, starts_on: date | None = None, not_after: date | None = None, overrides: Iterable[str] = (),
    reason: str = "",
) -> Hold:  # fmt: skip
    """Let ``member`` wait for ``book``, or for one ``copy`` of it, to be picked up at ``branch``.

    ``starts_on`` and ``not_after``: the first and the last day on which a copy is of use. ``overrides`` and
    ``reason`` as for issue_copy. No copy is trapped by it, even if one is in: it goes on the pull list.
    Raises CirculationRefused with every reason.
    """
    member = lock_member(member.pk)
    copies = _lock_copies_of(book.pk)
    if copy is not None and copy.pk not in copies:
        raise CirculationRefused([block("unknown_copy", _("This copy is not here any more."))])
    trail = Trail()
    let_go_overdue(book.pk, copies, by=by, now=now, trail=trail)
    standing = Standing(member, rule_book(), now)
    problems = hold_problems(standing, book, branch=branch, copy=copy, starts_on=starts_on, not_after=not_after)
    used = refuse_unless_overridden(problems, overrides, by, reason)
    hold = Hold.objects.create(
        member=member, book=book, copy=copy, branch=branch, placed_at=now, rank=last_rank(book.pk) + 1,
        starts_on=starts_on, not_after=not_after,
    )  # fmt: skip
    action.reason, action.overrides = reason, used
    after = {"member": member.pk, "book": book.pk, "copy": copy.pk if copy else None}
    describe(action, hold, before=trail.as_before(), after=after | trail.as_after())
    tell_search(book.pk)
    return hold


@recorded("cancel_hold")
def cancel_hold(action: Action, hold: Hold, *, reason: str = "", by: User | None, now: datetime) -> Hold:
    """End ``hold``; a copy that stands ready for it passes at once to the next in line.

    Raises CirculationRefused("hold_not_possible") for one that is over.
    """
    hold, copies = _lock(hold)
    copy_id, trail = hold.trapped_copy_id, Trail()
    trail.change(hold, status=Status.CANCELLED, trapped_copy_id=None, closed_at=now)
    if copy_id in copies:
        pass_on(copies[copy_id], branch=copies[copy_id].current_branch, by=by, now=now, trail=trail)
    action.reason = reason
    describe(action, hold, before=trail.as_before(), after=trail.as_after())
    tell_search(hold.book_id)
    return hold


@recorded("suspend_hold")
def suspend_hold(action: Action, hold: Hold, *, until: date | None = None, by: User | None, now: datetime) -> Hold:
    """Pass ``hold`` over until the day ``until``, on which it resumes, or until it is resumed; it keeps its place.

    Raises CirculationRefused("hold_waiting", "hold_not_possible", "due_in_past").
    """
    hold, _copies = _lock(hold)
    problems = _not_waiting(hold)
    if until is not None and until < _today(now):
        problems.append(block("due_in_past", _("The day on which the hold resumes has passed.")))
    if problems:
        raise CirculationRefused(problems)
    return _change(action, hold, is_suspended=True, suspended_until=until)


@recorded("resume_hold")
def resume_hold(action: Action, hold: Hold, *, by: User | None, now: datetime) -> Hold:
    """Let a suspended ``hold`` take a copy again; one that is not suspended stays as it is.

    Raises CirculationRefused("hold_not_possible") for one that is over.
    """
    hold, _copies = _lock(hold)
    if not hold.is_suspended:
        leave_out(action)
        return hold
    return _change(action, hold, is_suspended=False, suspended_until=None)


@recorded("move_hold")
def move_hold(action: Action, hold: Hold, *, to: int, by: User | None, now: datetime) -> Hold:
    """Put ``hold`` in place ``to`` (1 is next) of its queue; beyond the last place is the last.

    Raises CirculationRefused("hold_waiting", "hold_not_possible").
    """
    hold, _copies = _lock(hold)
    if problems := _not_waiting(hold):
        raise CirculationRefused(problems)
    others = [each for each in queue(hold.book, _today(now)) if each.pk != hold.pk]
    ranks = sorted([hold.rank, *(each.rank for each in others)])
    place = min(max(to, 1), len(ranks)) - 1
    trail = Trail()
    for each, rank in zip([*others[:place], hold, *others[place:]], ranks, strict=True):
        if each.rank != rank:
            trail.change(each, rank=rank)
    if not trail.after:
        leave_out(action)
    describe(action, hold, before=trail.as_before(), after=trail.as_after())
    return hold


@recorded("trap_copy")
def trap_copy(action: Action, copy: Copy, *, branch: Branch, by: User | None, now: datetime) -> Hold:
    """A scan of ``copy``, which is in: make it ready at ``branch`` for the first hold in line, and return that hold.

    A hold that did not pick it up in time is let go first. Raises CirculationRefused("unknown_copy", "not_on_loan").
    """
    copy, trail, text = lock_copy(copy.pk), Trail(), _("This copy is not on loan.")
    ready = (
        Hold.objects.ready().select_for_update(of=("self",)).select_related("member").filter(trapped_copy=copy).first()
    )
    if ready and is_overdue(ready, _today(now)):
        let_go(ready, now=now, trail=trail)
        ready = None
    hold = None
    if ready:
        text = _("This copy stands ready for %(member)s.") % {"member": ready.member}
    elif not Loan.objects.open().filter(copy=copy).exists():
        hold = pass_on(copy, branch=branch, by=by, now=now, trail=trail)
    if hold is None:
        raise CirculationRefused([block("not_on_loan", text)])
    before = {"current_branch": copy.current_branch_id}
    has_moved = copy.current_branch_id != branch.pk
    if has_moved:
        Copy.objects.filter(pk=copy.pk).update(current_branch=branch)
    after = {"copy": copy.pk}
    describe(action, copy, before=before | trail.as_before(), after=after | trail.as_after())
    tell = tell_search_of_copies if has_moved else tell_search
    tell(copy.book_id)
    return hold


def expire_holds(*, by: User | None, now: datetime, book: Book | None = None) -> int:
    """Let go every hold whose time is over (of one ``book`` or of all) and pass the copies on; how many holds.

    Each book is an action of its own: what is done stays done, and a second run finds nothing left.
    """
    overdue = overdue_holds(now.astimezone(LibrarySettings.current().zone).date())
    books = Book.objects.filter(pk__in=overdue.values("book"), **({"pk": book.pk} if book else {}))
    return sum(_expire(each, by=by, now=now) for some in batches(books) for each in some)


@recorded("expire_holds")
def _expire(action: Action, book: Book, *, by: User | None, now: datetime) -> int:
    trail = Trail()
    count = let_go_overdue(book.pk, _lock_copies_of(book.pk), by=by, now=now, trail=trail)
    if not count:
        leave_out(action)
    describe(action, book, before=trail.as_before(), after=trail.as_after())
    tell_search(*trail.books)
    return count


def _lock_copies_of(book_id: int) -> dict[int, Copy]:
    return {copy.pk: copy for copy in lock_copies(Copy.objects.filter(book=book_id))}


def _lock(hold: Hold) -> tuple[Hold, dict[int, Copy]]:
    """``hold`` and the copies of its book, locked; refused if it is over."""
    locked, copies = _locked_with_copies(hold.pk, hold.book_id)
    if locked is None or locked.book_id != hold.book_id:  # its book was merged meanwhile
        book = Hold.objects.values_list("book", flat=True).get(pk=hold.pk)
        locked, copies = _locked_with_copies(hold.pk, book)
    if locked is None or locked.status not in Hold.ACTIVE:
        raise CirculationRefused([block("hold_not_possible", _("This hold is over."))])
    return locked, copies


def _locked_with_copies(pk: int, book: int) -> tuple[Hold | None, dict[int, Copy]]:
    copies = _lock_copies_of(book)
    holds = Hold.objects.select_for_update(of=("self",)).select_related("book", "member")
    return holds.filter(pk=pk).first(), copies


def _not_waiting(hold: Hold) -> list[Problem]:
    if hold.status == Status.READY:
        return [block("hold_waiting", _("A copy stands ready for this hold already."))]
    return []


def _change(action: Action, hold: Hold, **values: Any) -> Hold:
    trail = Trail()
    trail.change(hold, **values)
    describe(action, hold, before=trail.as_before(), after=trail.as_after())
    return hold


def _today(now: datetime) -> date:
    return now.astimezone(LibrarySettings.current().zone).date()
