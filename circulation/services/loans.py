"""Issue, return and renew: done whole and recorded, or refused with every reason."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Max
from django.utils.translation import gettext as _

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.permissions import OVERRIDE_BLOCK
from accounts.services.actions import describe, recorded
from catalog.models import Copy
from circulation import policy
from circulation.exceptions import CirculationRefused, Problem
from circulation.models import Loan
from circulation.policy import DueDate, EffectiveRule, Fine
from circulation.policy.rules import PastClosing
from circulation.queries.loans import lost_loan_of
from circulation.queries.lost import final_fine
from circulation.queries.problems import block, issue_problems, may_set_aside, renewal_problems
from circulation.queries.rules import RuleBook, rule_book
from circulation.queries.standing import Standing
from circulation.services.endings import back_at, close_loan
from circulation.services.events import tell_of_loan
from circulation.services.history import unlink_at_return
from circulation.services.hold_shelf import Trail, hand_over, pass_on
from circulation.services.ledger import write_fine, written
from circulation.services.locks import lock_copy_for, lock_member, lock_members, lock_open_loan
from circulation.services.lost import find_copy
from circulation.services.search import tell_search, tell_search_of_copies


@recorded("issue")
def issue_copy(
    action: Action, copy: Copy, *, member: Member, branch: Branch, by: User | None, now: datetime,
    due_on: date | None = None, overrides: Iterable[str] = (), reason: str = "",
) -> Loan:  # fmt: skip
    """Lend ``copy`` to ``member`` at ``branch``, or refuse with every reason at once.

    The member's own hold on the book is filled. ``due_on`` replaces the rule's due date. ``overrides`` are codes of
    problems that ``by`` sets aside, which counts only with a ``reason``; setting aside ``already_yours`` renews the
    loan there is, ``copy_lost`` finds the copy, ``held_for_other`` puts the hold it stands ready for back to the front.
    Returns the new loan, or the renewed one. Raises CirculationRefused.
    """
    overrides = list(overrides)
    member, copy = _lock_for_issue(copy, member, finds="copy_lost" in overrides)
    book = rule_book()
    found = _find_if_set_aside(copy, book, overrides=overrides, by=by, reason=reason, now=now)
    rule = book.rule(branch.pk, member.category_id, copy.copy_type_id)
    standing = Standing(member, book, now)
    problems = issue_problems(copy, standing, rule)
    due, more = _due_or_problems(lambda: _first_due(now, rule, book, branch=branch, member=member, due_on=due_on))
    if due is not None and due.at < now:
        more.append(block("due_in_past", _("The due date would lie in the past.")))
    used = refuse_unless_overridden([*problems, *more], overrides, by, reason)
    action.reason, action.overrides = reason, sorted({*used, *(["copy_lost"] if found.before else [])})
    if "already_yours" in used:
        again = {"overrides": overrides, "reason": reason, "due_on": due_on}
        loan = renew_loan(copy.loans.open().get(), by=by, now=now, **again)
        describe(action, loan, after={"renewed": True})
        return loan
    assert due is not None
    loan = Loan.objects.create(
        copy=copy, member=member, category=member.category, copy_type=copy.copy_type, branch=branch,
        issued_at=now, due_at=due.at, explanation=_explanation(due, rule, book, "loan_period"),
    )  # fmt: skip
    Member.objects.filter(pk=member.pk).update(loans_ever=F("loans_ever") + 1)
    trail = Trail()
    hand_over(loan, copy, standing.holds_at(copy), by=by, now=now, trail=trail, rules=book)
    after = {"due_at": loan.due_at.isoformat(), "copy": copy.pk, "member": member.pk, **found.after}
    describe(action, loan, before=found.before | trail.as_before(), after=after | trail.as_after())
    tell_of_loan(loan, "issued", book.library, now)
    tell = tell_search_of_copies if found.before else tell_search
    tell(copy.book_id)
    return loan


@recorded("return")
def return_copy(
    action: Action, copy: Copy, *, branch: Branch, by: User | None, now: datetime, returned_on: date | None = None,
    loan: Loan | None = None,
) -> Loan:  # fmt: skip
    """Take ``copy`` back at ``branch``: close its loan, write its fine, bar for late days where the rule says so.

    It is made ready for the first hold in line at once. A member who keeps no reading history is forgotten at once,
    unless something is owed for the loan.

    ``returned_on`` is the day it really came back (book drop); it then counts as back at the end of that day.
    ``loan``: end this one and no other, for by now the copy may have been lent again.
    Returns the closed loan. Raises CirculationRefused("not_on_loan", "date_in_future", "date_before_loan").
    """
    loan = lock_open_loan(copy, loan)
    book = rule_book()
    returned_at = max(loan.issued_at, now if returned_on is None else back_at(returned_on, loan, now, book))
    fine = final_fine(loan, book, returned_at)
    entry = write_fine(loan, fine, by=by, at=now, book=book)
    barred = _suspend(loan, fine, book, returned_at)
    before = {"current_branch": loan.copy.current_branch_id}
    close_loan(loan, Loan.Outcome.RETURNED, returned_at, now)
    has_moved = loan.copy.current_branch_id != branch.pk
    if has_moved:
        Copy.objects.filter(pk=loan.copy_id).update(current_branch=branch)
    trail = Trail()
    if loan.is_waited_for:  # type: ignore[attr-defined] # told by lock_open_loan
        pass_on(loan.copy, branch=branch, by=by, now=now, trail=trail, rules=book)
    unlink_at_return(loan, barred)
    after = {
        "returned_at": returned_at.isoformat(), "copy": loan.copy_id, "member": loan.member_id,
        "fine": entry.pk if entry else None, **written([entry] if entry else []),
        "restriction": barred.pk if barred else None,
    }  # fmt: skip
    describe(action, loan, before=before | trail.as_before(), after=after | trail.as_after())
    if loan.is_listened_to:  # type: ignore[attr-defined] # told by lock_open_loan
        tell_of_loan(loan, "returned", book.library, now)
    tell = tell_search_of_copies if has_moved else tell_search
    tell(loan.copy.book_id)
    return loan


@recorded("renew")
def renew_loan(
    action: Action, loan: Loan, *, by: User | None, now: datetime, due_on: date | None = None,
    overrides: Iterable[str] = (), reason: str = "",
) -> Loan:  # fmt: skip
    """Extend ``loan``, counted from the later of its due date and now; an overdue loan's fine is written first.

    ``due_on``, ``overrides`` and ``reason`` as for issue_copy. Returns the loan. Raises CirculationRefused with every
    reason.
    """
    loan = lock_open_loan(loan.copy, loan)
    book = rule_book()
    rule, member = book.rule_of(loan), loan.member
    assert member is not None
    problems = renewal_problems(loan, Standing(member, book, now), rule)
    due, more = _due_or_problems(lambda: _next_due(loan, now, rule, book, due_on))
    told = any(problem.code == "member_expired" for problem in problems) and "member_expired" not in overrides
    if due is not None and (due.at <= loan.due_at or due.at < now) and not told:
        more.append(block("renewal_not_later", _("Renewing now would not move the due date.")))
    used = refuse_unless_overridden([*problems, *more], overrides, by, reason)
    assert due is not None
    fine = final_fine(loan, book, now)
    entry = write_fine(loan, fine, by=by, at=now, book=book)
    before = {"due_at": loan.due_at.isoformat(), "renewals": loan.renewals, "explanation": loan.explanation}
    length = "loan_period" if rule.renewal_period is None else "renewal_period"
    loan.due_at, loan.renewals, loan.explanation = due.at, loan.renewals + 1, _explanation(due, rule, book, length)
    loan.save(update_fields=["due_at", "renewals", "explanation"])
    after = {"due_at": loan.due_at.isoformat(), "fine": entry.pk if entry else None}
    after |= written([entry] if entry else [])
    action.reason, action.overrides = reason, used
    describe(action, loan, before=before, after=after)
    tell_of_loan(loan, "renewed", book.library, now)
    return loan


def refuse_unless_overridden(
    problems: list[Problem], overrides: Iterable[str], by: User | None, reason: str
) -> list[str]:
    """The codes of ``problems`` that were set aside; raises CirculationRefused for those that were not or cannot be.

    ``by`` None is the system and may set aside what anybody may. Without a ``reason`` nothing is set aside.
    """
    wanted = set(overrides) if reason.strip() else set()
    left = [p for p in problems if p.code not in wanted or not may_set_aside([p], by)]
    if left:
        raise CirculationRefused(left)
    return sorted({p.code for p in problems})


@dataclass(frozen=True, slots=True)
class _Found:
    """What the record of an issue says of the lost copy it found first."""

    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)


def _lock_for_issue(copy: Copy, member: Member, *, finds: bool) -> tuple[Member, Copy]:
    """Both locked, and with them whoever lost a copy that is to be found, and may be refunded."""
    lost = lost_loan_of(copy) if finds else None
    members = lock_members([member.pk, lost.member_id if lost else None])
    locked = members.get(member.pk) or lock_member(member.pk), lock_copy_for(member, copy)
    if finds and lost_loan_of(copy) != lost:  # whose refund it would be is not locked
        raise CirculationRefused([block("on_loan", _("This copy changed in this moment. Try again."))])
    return locked


def _find_if_set_aside(
    copy: Copy, book: RuleBook, *, overrides: Iterable[str], by: User | None, reason: str, now: datetime
) -> _Found:
    """Find a lost ``copy`` where ``copy_lost`` is set aside, before anything else is looked at."""
    wanted = "copy_lost" in overrides and reason.strip() and (by is None or by.has_perm(OVERRIDE_BLOCK))
    if not (copy.lost_on and wanted):
        return _Found()
    before = {"lost_on": copy.lost_on.isoformat()}
    loan, entries = find_copy(copy, book, found_at=now, by=by, now=now)
    return _Found(before, {"found_loan": loan.pk if loan else None, **written(entries)})


def _first_due(
    now: datetime, rule: EffectiveRule, book: RuleBook, *, branch: Branch, member: Member, due_on: date | None
) -> DueDate:
    ends_on = _unexpired(member, now, book)
    if due_on is not None:
        return policy.due_date_by_hand(due_on, book.library.zone, expires_on=ends_on)
    return policy.due_date(now, rule, book.calendar(branch.pk), expires_on=ends_on, past_closing=_past_closing(book))


def _next_due(loan: Loan, now: datetime, rule: EffectiveRule, book: RuleBook, due_on: date | None) -> DueDate:
    assert loan.member is not None
    ends_on = _unexpired(loan.member, now, book)
    if due_on is not None:
        return policy.due_date_by_hand(due_on, book.library.zone, expires_on=ends_on)
    return policy.renewed_due_date(
        loan.due_at, now, rule, book.calendar(loan.branch_id), expires_on=ends_on, past_closing=_past_closing(book)
    )


def _unexpired(member: Member, now: datetime, book: RuleBook) -> date | None:
    """The end of the membership, unless it is over: then a loan is only given by override, and not cut to the past."""
    today = now.astimezone(book.library.zone).date()
    return None if member.expires_on is None or member.expires_on < today else member.expires_on


def _past_closing(book: RuleBook) -> PastClosing:
    return PastClosing(book.library.hours_past_closing)


def _due_or_problems(find: Callable[[], DueDate]) -> tuple[DueDate | None, list[Problem]]:
    try:
        return find(), []
    except policy.NoOpenDay:
        return None, [
            block("no_open_day", _("No due date can be found: the calendar has no open day in the next year."))
        ]


def _explanation(due: DueDate, rule: EffectiveRule, book: RuleBook, length: str) -> dict:
    """The steps to a due date, the rows behind them by their keys, and the row of its ``length`` by its codes."""
    sources = {name: rule.sources[name] for name in ("loan_period", "due_date_mode", "fixed_due_on", "renewal_period")}
    return {"steps": due.steps, "sources": sources, "row": book.codes(rule.sources[length])}


def _suspend(loan: Loan, fine: Fine, book: RuleBook, returned_at: datetime) -> Restriction | None:
    assert loan.member is not None
    if not (fine.units and book.rule_of(loan).suspension_days):
        return None
    rule, returned_on = book.rule_of(loan), returned_at.astimezone(book.library.zone).date()
    running = loan.member.restrictions.filter(source=Restriction.Source.OVERDUE, lifted_at=None)
    span = policy.suspension(fine, rule, returned_on, running.aggregate(last=Max("until_on"))["last"])
    if span is None:
        return None
    return Restriction.objects.create(
        member=loan.member, from_on=span[0], until_on=span[1], source=Restriction.Source.OVERDUE,
        reason=_("Late return of %(title)s") % {"title": loan.copy.book.title[:200]},
    )  # fmt: skip
