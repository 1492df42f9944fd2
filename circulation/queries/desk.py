"""What the desk shows: today's numbers and what this person did last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Func, IntegerField, Model, Q, QuerySet, Subquery
from django.utils import timezone

from accounts.models import Action, LibrarySettings, Member, User
from accounts.queries import current_members, last_actions
from catalog.models import Book, Copy
from circulation.models import LedgerEntry, Loan
from circulation.policy.undoing import undo_refusal
from circulation.queries.loans import loans_for_pages

DESK_VERBS = (
    "issue", "return", "renew", "mark_lost", "mark_found", "claim_returned", "take_payment", "waive", "charge",
    "write_off", "refund", "void", "undo",
)  # fmt: skip
SITTING = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Done:
    """An action at the desk with the loan, ledger entry or copy it concerned."""

    action: Action
    loan: Loan | None
    entry: LedgerEntry | None
    copy: Copy | None
    can_be_undone: bool
    is_today: bool

    @property
    def member(self) -> Member | None:
        """Whom it concerned, unless the loan forgot its member."""
        target = self.loan or self.entry
        return target.member if target else None


@dataclass(frozen=True, slots=True)
class Today:
    """The day's work in numbers."""

    on_loan: int
    overdue: int
    due_today: int
    issued_today: int
    returned_today: int
    members: int
    books: int
    copies: int


def last_done(user: User, now: datetime, verbs: tuple[str, ...] = DESK_VERBS, count: int = 10) -> list[Done]:
    """The last ``count`` things ``user`` did at the desk, newest first, in four queries for any number."""
    return _with_targets(list(last_actions(user, verbs, count)), now)


def this_sitting(user: User, verbs: tuple[str, ...], now: datetime, member: Member | None = None) -> list[Done]:
    """What ``user`` did with ``verbs`` in the last half hour and did not take back, newest first."""
    actions = Action.objects.filter(by=user, verb__in=verbs, at__gte=now - SITTING, undone_by=None).order_by(
        "-at", "-pk"
    )
    done = _with_targets(list(actions[:100]), now)
    return [each for each in done if member is None or (each.loan and each.loan.member_id == member.pk)]


def returned_before(user: User, key: str | None) -> Loan | None:
    """The loan that ``user`` took back with the form of this ``key``, if it was sent before."""
    action = Action.objects.filter(by=user, verb="return", key=key).first() if key else None
    return Loan.objects.select_related("copy__book").filter(pk=action.target_id or 0).first() if action else None


def today_in_numbers(now: datetime, midnight: datetime) -> Today:
    """The numbers of the day that began at ``midnight`` (local, aware), in two queries."""
    tomorrow, is_open = midnight + timedelta(days=1), Q(closed_at=None)
    loans = {
        "on_loan": is_open,
        "overdue": is_open & Q(due_at__lt=now),
        "due_today": is_open & Q(due_at__gte=midnight, due_at__lt=tomorrow),
        "issued_today": Q(issued_at__gte=midnight) & ~Q(outcome=Loan.Outcome.UNDONE),
        "returned_today": Q(outcome=Loan.Outcome.RETURNED, closed_at__gte=midnight),
    }
    asked_for = is_open | Q(issued_at__gte=midnight) | Q(closed_at__gte=midnight)  # years of closed loans are not
    counts = {name: Count("pk", filter=condition) for name, condition in loans.items()}
    return Today(
        **Loan.objects.filter(asked_for).order_by().aggregate(**counts),
        **_how_many(members=current_members(), books=Book.objects.all(), copies=Copy.objects.filter(withdrawn_on=None)),
    )


def _how_many(**tables: QuerySet) -> dict[str, int]:
    """How many rows each of ``tables`` has, in one query."""
    columns = {
        name: Subquery(rows.order_by().values(n=Func("pk", function="COUNT", output_field=IntegerField())))
        for name, rows in tables.items()
    }
    counts = LibrarySettings.objects.values_list(*columns.values()).get(pk=1)
    return dict(zip(columns, counts, strict=True))


def _with_targets(actions: list[Action], now: datetime) -> list[Done]:
    loans = _by_id(loans_for_pages(Loan.objects.all()), _ids(actions, Loan))
    copies = _by_id(Copy.objects.select_related("book"), _ids(actions, Copy))
    entries = _by_id(LedgerEntry.objects.select_related("member"), _ids(actions, LedgerEntry))
    return [
        Done(
            action,
            loans.get(action.target_id or 0) if action.target_type == Loan._meta.label_lower else None,
            entries.get(action.target_id or 0) if action.target_type == LedgerEntry._meta.label_lower else None,
            copies.get(action.target_id or 0) if action.target_type == Copy._meta.label_lower else None,
            not undo_refusal(action.verb, action.at, action.undone_by_id is not None, now),
            timezone.localdate(action.at) == timezone.localdate(now),
        )
        for action in actions
    ]


def _ids(actions: Iterable[Action], model: type[Model]) -> list[int]:
    return [a.target_id for a in actions if a.target_type == model._meta.label_lower and a.target_id]


def _by_id(rows: Any, ids: list[int]) -> dict[int, Any]:
    return rows.in_bulk(ids) if ids else {}
