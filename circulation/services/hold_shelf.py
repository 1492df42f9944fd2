"""What becomes of holds when a copy comes in or goes out. Not recorded alone: part of the action that causes it.

Whoever makes a copy ready for a hold, or takes it from one, has that copy locked; who has all copies of a book locked
has its queue to himself.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.models import Max, Min

from accounts.models import Action, Branch, Member, User
from accounts.services.actions import as_json
from catalog.models import Copy
from circulation import policy
from circulation.models import Hold, Loan
from circulation.policy.notices import Kind
from circulation.queries.holds import is_overdue
from circulation.queries.rules import RuleBook, rule_book
from circulation.services.events import tell_of_ready_hold
from circulation.services.locks import lock_copies
from circulation.services.notices import queue_hold_notice

STATE = (
    "status", "rank", "is_suspended", "suspended_until", "trapped_copy_id", "ready_at", "pickup_by", "loan_id",
    "closed_at",
)  # fmt: skip
FIELDS = {field.attname: field for field in Hold._meta.concrete_fields}
NOT_READY: dict[str, Any] = {"trapped_copy_id": None, "ready_at": None, "pickup_by": None}


@dataclass(slots=True)
class Trail:
    """The holds that an action changed, each as it was before and is after: for the record, and for taking it back.

    ``books``: the keys of theirs.
    """

    before: dict[str, dict] = field(default_factory=dict)
    after: dict[str, dict] = field(default_factory=dict)
    named: dict[str, int] = field(default_factory=dict)
    books: set[int] = field(default_factory=set)

    def change(self, hold: Hold, name: str = "", **values: Any) -> Hold:
        """Change fields of ``hold`` (locked); ``name`` is what the record calls it."""
        self.before.setdefault(str(hold.pk), state_of(hold))
        self.books.add(hold.book_id)
        for field_name, value in values.items():
            setattr(hold, field_name, value)
        hold.save(update_fields=list(values))
        self.after[str(hold.pk)] = state_of(hold)
        if name:
            self.named[name] = hold.pk
        return hold

    def as_before(self) -> dict[str, Any]:
        """What belongs into ``Action.before``."""
        return {"holds": self.before} if self.before else {}

    def as_after(self) -> dict[str, Any]:
        """What belongs into ``Action.after``: every changed hold, and those with a name by it."""
        return {**self.named, "holds": self.after} if self.after else {}


def state_of(hold: Hold) -> dict[str, Any]:
    """What may change of ``hold``, as JSON values."""
    values = {name: getattr(hold, name) for name in STATE}
    return {name: as_json(_in_utc(value)) for name, value in values.items()}


def _in_utc(value: Any) -> Any:
    """``value`` as the database gives it back, so that what is stored and what is at hand are the same."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def pass_on(
    copy: Copy, *, branch: Branch, by: User | None, now: datetime, trail: Trail | None = None,
    rules: RuleBook | None = None,
) -> Hold | None:  # fmt: skip
    """Make ``copy`` (locked, in, at ``branch``) ready for the first hold in line that takes it, and return that hold.

    None if nobody waits for it, or if it is in no state to be lent.
    """
    if copy.withdrawn_on or copy.lost_on or copy.damaged_on or not copy.copy_type.is_lendable:
        return None
    rules = rules or rule_book()
    today = now.astimezone(rules.library.zone).date()
    hold = policy.first_in_line(_lock_queue(copy.book_id), copy.pk, today)
    if hold is None:
        return None
    rule = rules.rule(branch.pk, hold.member.category_id, copy.copy_type_id)
    pickup_by = policy.pickup_deadline(today, rule.hold_pickup_days, rules.calendar(branch.pk), hold.not_after)
    queue_hold_notice(hold, Kind.HOLD_READY, pickup_by, now)
    ready = (trail or Trail()).change(
        hold, "trapped_hold", status=Hold.Status.READY, trapped_copy_id=copy.pk, ready_at=now, pickup_by=pickup_by,
        is_suspended=False, suspended_until=None,
    )  # fmt: skip
    tell_of_ready_hold(ready, rules.library, now)
    return ready


def let_go(hold: Hold, *, now: datetime, trail: Trail) -> None:
    """Close ``hold`` (locked) as expired: it was not picked up in time, or its last day has passed."""
    last_day = hold.pickup_by if hold.status == Hold.Status.READY else hold.not_after
    queue_hold_notice(hold, Kind.HOLD_EXPIRED, last_day or now.date(), now)
    trail.change(hold, status=Hold.Status.EXPIRED, trapped_copy_id=None, closed_at=now)


def let_go_overdue(book_id: int, copies: dict[int, Copy], *, by: User | None, now: datetime, trail: Trail) -> int:
    """Let go every overdue hold of a book whose ``copies`` are all locked, pass their copies on; how many holds."""
    rules = rule_book()
    today = now.astimezone(rules.library.zone).date()
    overdue = [hold for hold in _lock(Hold.objects.active().filter(book=book_id)) if is_overdue(hold, today)]
    left = [hold.trapped_copy_id for hold in overdue]
    for hold in overdue:
        let_go(hold, now=now, trail=trail)
    for copy in [copies[pk] for pk in left if pk in copies]:
        pass_on(copy, branch=copy.current_branch, by=by, now=now, trail=trail, rules=rules)
    return len(overdue)


def put_back(hold: Hold, *, trail: Trail, name: str = "") -> Hold:
    """Take its copy from a ready ``hold`` (locked): it waits again, before everybody else."""
    rank = Hold.objects.filter(book=hold.book_id).aggregate(rank=Min("rank"))["rank"] - 1
    return trail.change(hold, name, status=Hold.Status.WAITING, rank=rank, **NOT_READY)


def take_off_the_shelf(copy: Copy, trail: Trail) -> Hold | None:
    """The hold that ``copy`` (locked) stood ready for, put back to the front of the queue; None if there was none.

    For a copy that is lost, damaged or withdrawn from now on.
    """
    hold = next(iter(_lock(Hold.objects.ready().filter(trapped_copy=copy))), None)
    return put_back(hold, trail=trail, name="released_hold") if hold else None


def end_holds_of(member: Member, *, by: User | None, now: datetime, trail: Trail) -> None:
    """Cancel every hold of ``member`` (locked); copies that stood ready for them pass on."""
    books = member.holds.active().order_by().values("book")
    copies = {copy.pk: copy for copy in lock_copies(Copy.objects.filter(book__in=books))}
    for hold in _lock(member.holds.active()):
        copy_id = hold.trapped_copy_id
        trail.change(hold, status=Hold.Status.CANCELLED, trapped_copy_id=None, closed_at=now)
        if copy_id:
            pass_on(copies[copy_id], branch=copies[copy_id].current_branch, by=by, now=now, trail=trail)


def hand_over(
    loan: Loan, copy: Copy, holds: list[Hold], *, by: User | None, now: datetime, trail: Trail, rules: RuleBook
) -> None:
    """Settle the ``holds`` concerned when ``copy`` goes out by ``loan``; locked as ``lock_copy_for`` does.

    The member's own hold is filled, and a copy that stood ready for it elsewhere passes on. Somebody else's hold that
    the copy stood ready for goes back to the front, or is let go if its deadline was missed.
    """
    today = now.astimezone(rules.library.zone).date()
    for hold in sorted(holds, key=lambda hold: hold.member_id == loan.member_id):  # who was bypassed comes first
        copy_id = hold.trapped_copy_id
        if is_overdue(hold, today):
            let_go(hold, now=now, trail=trail)
        elif hold.member_id != loan.member_id:
            put_back(hold, trail=trail, name="bypassed_hold")
        elif policy.can_be_filled_by(hold, copy.pk):
            trail.change(
                hold, "filled_hold", status=Hold.Status.FILLED, loan_id=loan.pk, trapped_copy_id=None, closed_at=now
            )
        else:
            continue
        if copy_id not in (None, copy.pk):
            _pass_on_other(copy_id, by=by, now=now, trail=trail, rules=rules)


def _pass_on_other(pk: int, *, by: User | None, now: datetime, trail: Trail, rules: RuleBook) -> None:
    """Pass on another copy of the same book, which is locked."""
    copy = Copy.objects.select_related("copy_type", "current_branch").get(pk=pk)
    pass_on(copy, branch=copy.current_branch, by=by, now=now, trail=trail, rules=rules)


def copies_named(action: Action) -> set[int]:
    """The copies that ``action`` took from holds or made ready for them."""
    states = [*action.before.get("holds", {}).values(), *action.after.get("holds", {}).values()]
    return {state["trapped_copy_id"] for state in states} - {None}


def restore(action: Action) -> bool:
    """Put the holds that ``action`` changed back as they were; False, and nothing done, if that is not possible.

    The copies it names must be locked. Not possible: a hold has changed since, its copy is not there any more, or the
    member has placed another one.
    """
    before, after = action.before.get("holds", {}), action.after.get("holds", {})
    holds = {str(hold.pk): hold for hold in _lock(Hold.objects.filter(pk__in=before))}
    if {pk: state_of(hold) for pk, hold in holds.items()} != after:
        return False
    in_order = sorted(holds, key=lambda pk: before[pk]["status"] == Hold.Status.READY)  # first they let copies go
    for pk in in_order:
        if not _may_be(holds[pk], before[pk]):
            return False
        for name, value in before[pk].items():
            setattr(holds[pk], name, FIELDS[name].to_python(value))
        holds[pk].save(update_fields=STATE)
    return True


def _may_be(hold: Hold, state: dict[str, Any]) -> bool:
    others = Hold.objects.active().filter(member=hold.member_id, book=hold.book_id).exclude(pk=hold.pk)
    if state["status"] in Hold.ACTIVE and others.exists():
        return False
    if state["status"] != Hold.Status.READY:
        return True
    fit = Copy.objects.filter(pk=state["trapped_copy_id"], withdrawn_on=None, lost_on=None, damaged_on=None)
    taken = Loan.objects.open().filter(copy=state["trapped_copy_id"]).exists()
    kept = Hold.objects.ready().filter(trapped_copy=state["trapped_copy_id"]).exclude(pk=hold.pk).exists()
    return fit.exists() and not taken and not kept


def last_rank(book_id: int) -> int:
    """The last rank in the queue of a book, also of those who were served: what is taken back may wait again."""
    return Hold.objects.filter(book=book_id).aggregate(rank=Max("rank"))["rank"] or 0


def _lock(holds: Any) -> list[Hold]:
    """``holds`` locked, in the order of their numbers, as all locks of one kind are taken."""
    return list(holds.select_for_update(of=("self",)).select_related("member").order_by("pk"))


def _lock_queue(book_id: int) -> list[Hold]:
    """The waiting holds of a book, locked, in the order of the queue."""
    return sorted(_lock(Hold.objects.waiting().filter(book=book_id)), key=lambda hold: (hold.rank, hold.pk))
