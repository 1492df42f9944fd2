"""Which notices are called for, and which still are when they are about to go out."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import QuerySet

from accounts.models import LibrarySettings, Member
from circulation.models import Hold, Loan, Notice
from circulation.models.notices import OF_LOANS
from circulation.policy import end_of_day
from circulation.policy.notices import Kind, due_soon_step, overdue_step

ALWAYS_WANTED = (Kind.OVERDUE,)  # nobody can switch it off


class Step(NamedTuple):
    """One notice that is called for: what it is about, the date it speaks of, and by which number of days."""

    kind: str
    due_on: date
    step: int


def loans_to_remind_of(library: LibrarySettings, now: datetime) -> QuerySet[Loan]:
    """The open loans of which a member may have to be reminded ``now``; claimed returned ones never."""
    loans = Loan.objects.open().filter(claimed_returned_at=None, member__removed_at=None).select_related("member")
    if not library.overdue_notice_days:
        loans = loans.filter(due_at__gte=now)
    if not library.due_soon_days:
        return loans.filter(due_at__lt=now) if library.overdue_notice_days else Loan.objects.none()
    last = now.astimezone(library.zone).date() + timedelta(days=max(library.due_soon_days))
    return loans.filter(due_at__lte=end_of_day(last, library.zone))


def step_of(loan: Loan, library: LibrarySettings, now: datetime) -> Step | None:
    """The notice that ``loan`` calls for ``now``, sent or not: the latest step reached, whatever was missed."""
    today, due_on = now.astimezone(library.zone).date(), loan.due_at.astimezone(library.zone).date()
    if loan.due_at < now:
        step = overdue_step((today - due_on).days, library.overdue_notice_days)
        return None if step is None else Step(Kind.OVERDUE, due_on, step)
    step = due_soon_step((due_on - today).days, library.due_soon_days)
    if step is None or due_on - timedelta(days=step) < _lent_on(loan, library):
        return None
    return Step(Kind.DUE_SOON, due_on, step)


def wants(member: Member, kind: str) -> bool:
    """Whether ``member`` takes notices of this kind."""
    return kind in ALWAYS_WANTED or kind not in member.notices_off


def is_told(step: Step, notices: Iterable[Notice]) -> bool:
    """Whether one of a loan's ``notices`` says this or what came after it: told once, sent, failed or cancelled."""
    same = [each.step for each in notices if (each.kind, each.due_on) == (step.kind, step.due_on)]
    return any(each >= step.step if step.kind == Kind.OVERDUE else each <= step.step for each in same)


def members_to_remind(library: LibrarySettings, now: datetime) -> QuerySet[Member]:
    """The members whose membership ends soon enough to be told ``now``."""
    if not library.membership_ending_days:
        return Member.objects.none()
    today = now.astimezone(library.zone).date()
    last = today + timedelta(days=max(library.membership_ending_days))
    return Member.objects.filter(removed_at=None, expires_on__gte=today, expires_on__lte=last)


def step_of_membership(member: Member, library: LibrarySettings, now: datetime) -> Step | None:
    """The notice that the end of the membership calls for ``now``, sent or not."""
    assert member.expires_on is not None
    today = now.astimezone(library.zone).date()
    step = due_soon_step((member.expires_on - today).days, library.membership_ending_days)
    if step is None or member.expires_on - timedelta(days=step) < member.joined_on:
        return None
    return Step(Kind.MEMBERSHIP_ENDING, member.expires_on, step)


def still_holds(notice: Notice, library: LibrarySettings, now: datetime) -> bool:
    """Whether what ``notice`` says is still true: not returned, not renewed, the hold still there, still wanted."""
    member = notice.member
    if member.removed_at is not None or not wants(member, notice.kind):
        return False
    if notice.kind in OF_LOANS:
        return _loan_is_as_said(notice, library, now)
    if notice.kind == Kind.MEMBERSHIP_ENDING:
        return member.expires_on == notice.due_on and notice.due_on >= now.astimezone(library.zone).date()
    hold = notice.hold
    assert hold is not None
    if notice.kind == Kind.HOLD_EXPIRED:
        return hold.status == Hold.Status.EXPIRED
    is_ready = hold.status == Hold.Status.READY and hold.pickup_by == notice.due_on
    return is_ready and notice.due_on >= now.astimezone(library.zone).date()


def notices_for_texts(notices: QuerySet[Notice]) -> QuerySet[Notice]:
    """``notices`` with everything that is looked at and written about, in one query, in the order of a message."""
    related = ("member", "loan__copy__book", "hold__book", "hold__branch")
    return notices.select_related(*related).order_by("due_on", "pk")


def _loan_is_as_said(notice: Notice, library: LibrarySettings, now: datetime) -> bool:
    loan = notice.loan
    assert loan is not None
    is_overdue = loan.due_at < now
    said = notice.kind == Kind.OVERDUE
    due_on: Any = loan.due_at.astimezone(library.zone).date()
    open_still = loan.is_open and loan.claimed_returned_at is None
    return open_still and due_on == notice.due_on and is_overdue == said


def _lent_on(loan: Loan, library: LibrarySettings) -> date:
    """The day from which the present due date was counted: nobody is reminded before."""
    counted = [step["from"] for step in loan.explanation.get("steps", ()) if step.get("step") == "period"]
    counted = [day for day in counted if isinstance(day, str)]
    try:
        return date.fromisoformat(counted[0][:10])
    except (IndexError, ValueError):
        return loan.issued_at.astimezone(library.zone).date()
