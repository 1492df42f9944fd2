"""A copy comes over the desk: taken back if it is lent, found if it was lost, kept for whoever waits."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Action, Branch, User
from catalog.models import Copy
from circulation.models import Hold, LedgerEntry, Loan
from circulation.services.holds import trap_copy
from circulation.services.loans import return_copy
from circulation.services.lost import mark_found


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What came in: the ``loan`` it ended or was lost from, the ``hold`` it stands ready for, the money moved."""

    action: Action
    loan: Loan | None = None
    hold: Hold | None = None
    credited_minor: int = 0
    entries: list[LedgerEntry] = field(default_factory=list)

    @property
    def was_lost(self) -> bool:
        """Whether the copy had been marked lost."""
        return self.action.verb == "mark_found"

    @property
    def fine(self) -> LedgerEntry | None:
        """The overdue fine written now, if there is one."""
        return next((entry for entry in self.entries if entry.kind == LedgerEntry.Kind.OVERDUE), None)


def take_in(
    copy: Copy, *, branch: Branch, by: User | None, now: datetime | None = None, key: str | None = None,
    returned_on: date | None = None, loan: Loan | None = None,
) -> TakenIn:  # fmt: skip
    """Take ``copy`` in at ``branch`` as what it is: on loan, lost, or available and waited for.

    A form sent twice does and tells the same. ``returned_on`` and ``loan`` as for return_copy. Raises
    CirculationRefused as return_copy and mark_found do, and "not_on_loan" for a copy that is in and that nobody
    waits for.
    """
    key, now = key or uuid.uuid4().hex, now or timezone.now()
    with transaction.atomic():
        verb = "return" if loan else _verb(copy, by, key)
        if verb == "mark_found":
            mark_found(copy, branch=branch, found_on=returned_on, by=by, now=now, key=key)
        elif verb == "trap_copy":
            trap_copy(copy, branch=branch, by=by, now=now, key=key)
        else:
            which = {"loan": loan} if loan else {}
            return_copy(copy, branch=branch, returned_on=returned_on, by=by, now=now, key=key, **which)
        return _told(Action.objects.get(key=key))


def _verb(copy: Copy, by: User | None, key: str) -> str:
    """What is to be done with ``copy``; of a form sent before, what it did then."""
    if done := Action.objects.filter(key=key, by=by).values_list("verb", flat=True).first():
        return done
    found = Copy.objects.filter(pk=copy.pk).annotate(is_out=Exists(Loan.objects.open().filter(copy=OuterRef("pk"))))
    lost_on, is_out = found.values_list("lost_on", "is_out").first() or (None, False)
    if lost_on:
        return "mark_found"
    return "return" if is_out else "trap_copy"


def _told(action: Action) -> TakenIn:
    after = action.after
    loan_id = action.target_id if action.verb == "return" else after.get("loan")
    loan = Loan.objects.select_related("copy__book", "member").filter(pk=loan_id or 0).first()
    hold = (
        Hold.objects.select_related("member").filter(pk=after["trapped_hold"]).first()
        if after.get("trapped_hold")
        else None
    )
    entries = list(LedgerEntry.objects.filter(pk__in=after["entries"]).order_by("pk")) if after.get("entries") else []
    return TakenIn(action, loan, hold, after.get("credited_minor", 0), entries)
