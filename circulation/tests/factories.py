"""Makes rows of circulation for tests, the way the desk would: loans through the services."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from accounts.models import Action, Branch, LibrarySettings, Member, Restriction
from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from catalog.models import Book, Copy
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Allocation, CirculationRule, Closure, Hold, LedgerEntry, Loan, OpeningHours
from circulation.services.holds import place_hold, trap_copy
from circulation.services.loans import issue_copy

ZURICH = ZoneInfo("Europe/Zurich")


def make_loan(
    copy: Copy | None = None, member: Member | None = None, *, now: datetime | None = None, **how: Any
) -> Loan:
    """A loan issued ``now`` (default: the clock) at the first branch by the system."""
    return issue_copy(
        copy or CopyFactory(), member=member or MemberFactory(), branch=default_branch(), by=None, now=now, **how
    )


def make_hold(
    book: Book | None = None, member: Member | None = None, *, now: datetime | None = None, **how: Any
) -> Hold:
    """A hold placed ``now`` (default: the clock) at the first branch by the system; ``copy`` for that copy only."""
    copy = how.get("copy")
    book = book or (copy.book if copy else CopyFactory().book)
    return place_hold(member or MemberFactory(), book=book, branch=default_branch(), by=None, now=now, **how)


def make_ready_hold(copy: Copy | None = None, member: Member | None = None, *, now: datetime | None = None) -> Hold:
    """A hold for which ``copy`` was trapped ``now`` by a scan at the first branch."""
    copy = copy or CopyFactory()
    make_hold(copy.book, member, now=now)
    return trap_copy(copy, branch=default_branch(), by=None, now=now)


def make_overdue_loan(copy: Copy | None = None, member: Member | None = None, *, days: int = 3) -> Loan:
    """A loan that was due so many ``days`` ago."""
    loan = make_loan(copy, member, now=timezone.now() - timedelta(days=60))
    due_at = timezone.now() - timedelta(days=days)
    Loan.objects.filter(pk=loan.pk).update(due_at=due_at)
    loan.refresh_from_db()
    return loan


class HoldFactory(DjangoModelFactory):
    """A hold of any copy that waits."""

    class Meta:
        model = Hold

    member = factory.SubFactory(MemberFactory)
    book = factory.SubFactory(BookFactory)
    branch = factory.LazyFunction(default_branch)
    placed_at = factory.LazyFunction(timezone.now)


def set_library(**settings: Any) -> LibrarySettings:
    """Change the library's settings."""
    LibrarySettings.objects.filter(pk=1).update(**settings)
    return LibrarySettings.current()


def set_rule(**parameters: Any) -> CirculationRule:
    """Change the rule for everything."""
    CirculationRule.objects.filter(branch=None, category=None, copy_type=None).update(**parameters)
    return CirculationRule.objects.get(branch=None, category=None, copy_type=None)


def open_on(weekdays: str, *, branch: Branch | None = None, opens: str = "10:00", closes: str = "16:00") -> None:
    """Give a branch (default: the first) an opening week of these ISO weekdays."""
    for weekday in weekdays:
        OpeningHours.objects.create(
            branch=branch or default_branch(), weekday=int(weekday),
            opens_at=time.fromisoformat(opens), closes_at=time.fromisoformat(closes),
        )  # fmt: skip


def close_on(first: str, last: str = "", **fields: Any) -> Closure:
    """Close every branch (or the one given) on these days."""
    return Closure.objects.create(from_on=date.fromisoformat(first), to_on=date.fromisoformat(last or first), **fields)


def zurich(text: str) -> datetime:
    """The moment a clock in Zurich shows ``text``."""
    return datetime.fromisoformat(text).replace(tzinfo=ZURICH)


def what_there_is() -> dict[str, int]:
    """How much there is of everything circulation writes: to show that nothing was done."""
    return {
        model.__name__: model.objects.count() for model in (Loan, Hold, LedgerEntry, Allocation, Restriction, Action)
    }
