"""What the steps of a scenario do: each calls the service that the desk calls, with the scenario's clock."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Branch, Member
from accounts.services.members import restrict_member
from catalog.isbn import read_isbn
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Hold, LedgerEntry, Loan
from circulation.policy import Fine
from circulation.queries.loans import estimate, loan_due_first, open_loan_of
from circulation.queries.problems import block
from circulation.queries.rules import rule_book
from circulation.queries.standing import room_for_fines
from circulation.services import calendars, holds, ledger, lost
from circulation.services.daily import run_daily
from circulation.services.loans import issue_copy, renew_loan
from circulation.services.returning import take_in

from . import telling
from .setting_up import Library
from .telling import day_of, money_of

Result = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a step is done: in this library, at this moment."""

    library: Library
    now: datetime

    @property
    def by(self) -> dict[str, Any]:
        """Who acts, and when."""
        return {"by": self.library.staff, "now": self.now}

    def branch(self, values: Mapping[str, Any]) -> Branch:
        return self.library.branches[values["branch"]] if "branch" in values else self.library.branch

    def copy(self, barcode: str) -> Copy:
        """The copy as it is now. Raises CirculationRefused("unknown_copy")."""
        copy = self.library.copies.get(barcode)
        if copy is None:
            raise CirculationRefused([block("unknown_copy", _("This copy is not here any more."))])
        return Copy.objects.select_related("copy_type", "book").get(pk=copy.pk)

    def member(self, card: str) -> Member:
        """The member as of now. Raises CirculationRefused("unknown_member"), also for one who was removed."""
        member = self.library.members.get(card)
        found = Member.objects.select_related("category").filter(pk=member.pk, removed_at=None) if member else None
        if found is None or (here := found.first()) is None:
            raise CirculationRefused([block("unknown_member", _("This member is not here any more."))])
        return here

    def loan(self, barcode: str) -> Loan:
        """The open loan of a copy. Raises CirculationRefused("unknown_copy", "not_on_loan")."""
        loan = open_loan_of(self.copy(barcode))
        if loan is None:
            raise CirculationRefused([block("not_on_loan", _("This copy is not on loan."))])
        return loan

    def hold(self, name: str) -> Hold:
        """The hold that was placed by this name. Raises CirculationRefused("hold_not_possible") if there is none."""
        hold = self.library.holds.get(name)
        if hold is None:
            raise CirculationRefused([block("hold_not_possible", _("This hold was never placed."))])
        found = Hold.objects.select_related("book", "member", "trapped_copy").filter(pk=hold.pk).first()
        if found is None:
            raise CirculationRefused([block("hold_not_possible", _("This hold is over and was forgotten."))])
        return found


def issue(desk: Desk, values: Mapping[str, Any]) -> Result:
    loan = issue_copy(
        desk.copy(values["copy"]), member=desk.member(values["member"]), branch=desk.branch(values),
        due_on=values.get("due_on"), **_set_aside(values), **desk.by,
    )  # fmt: skip
    filled = Hold.objects.filter(loan=loan).first()
    return {**telling.due(desk.library, loan), "filled_hold": desk.library.names[filled.pk] if filled else None}


def give_back(desk: Desk, values: Mapping[str, Any]) -> Result:
    copy, before = _brought_back(desk, values), _last_line()
    loan = open_loan_of(copy) or (lost.lost_loan_of(copy) if copy.lost_on else None)
    member = loan.member if loan else None
    taken = take_in(copy, branch=desk.branch(values), returned_on=values.get("on"), **desk.by)
    lines = _lines_since(before)
    hold, ended = taken.hold, taken.loan
    return {
        "fine": _fine(desk, lines),
        "explained": _explained(lines, ended if not taken.was_lost else None, member),
        "suspended_until": telling.suspended_until(member, day_of(desk.library, desk.now)) if member else None,
        "trapped_for": hold.member.card_number if hold else None,
        "pickup_by": hold.pickup_by.isoformat() if hold and hold.pickup_by else None,
        "credited": _credited(desk, lines),
        "unlinked": bool(member and ended and ended.member_id is None),
    }


def _brought_back(desk: Desk, values: Mapping[str, Any]) -> Copy:
    if "copy" in values:
        return desk.copy(values["copy"])
    member, isbn = desk.member(values["member"]), read_isbn(values["isbn"])
    books = desk.library.isbns.get(isbn.value if isbn else "", [])
    if not books:
        raise CirculationRefused([block("unknown_copy", _("There is no such book."))])
    loan = loan_due_first(member, books)
    if loan is None:
        raise CirculationRefused([block("not_on_loan", _("This copy is not on loan."))])
    return desk.copy(loan.copy.barcode)


def _explained(lines: list[LedgerEntry], loan: Loan | None, member: Member | None) -> list[dict[str, Any]]:
    """Why the fine written is what it is, day by day; where none was written, why not."""
    written = [Fine.from_json(line.explanation) for line in lines if line.kind == LedgerEntry.Kind.OVERDUE]
    if written or loan is None or loan.returned_at is None:
        return telling.days(written[0]) if written else []
    room = room_for_fines(member) if member else None
    return telling.days(estimate(loan, rule_book(), loan.returned_at, room))


def renew(desk: Desk, values: Mapping[str, Any]) -> Result:
    loan, before = desk.loan(values["copy"]), _last_line()
    by = loan.member.user if values.get("by") == "member" and loan.member else desk.library.staff
    loan = renew_loan(loan, by=by, now=desk.now, **_set_aside(values))
    due = telling.due(desk.library, loan)
    return {**due, "renewals": loan.renewals, "fine": _fine(desk, _lines_since(before))}


def place_hold(desk: Desk, values: Mapping[str, Any]) -> Result:
    copy = desk.copy(values["copy"]) if "copy" in values else None
    member = desk.member(values["member"])
    hold = holds.place_hold(
        member, book=copy.book if copy else desk.library.books[values["book"]], copy=copy, branch=desk.library.branch,
        starts_on=values.get("starts_on"), not_after=values.get("not_after"), **_set_aside(values), **desk.by,
    )  # fmt: skip
    desk.library.holds[values["hold"]] = hold
    desk.library.names[hold.pk] = values["hold"]
    return {"position": telling.position(hold, day_of(desk.library, desk.now))}


def cancel_hold(desk: Desk, values: Mapping[str, Any]) -> Result:
    return _state_of(desk, holds.cancel_hold(desk.hold(values["hold"]), **desk.by))


def suspend_hold(desk: Desk, values: Mapping[str, Any]) -> Result:
    return _state_of(desk, holds.suspend_hold(desk.hold(values["hold"]), until=values.get("until"), **desk.by))


def resume_hold(desk: Desk, values: Mapping[str, Any]) -> Result:
    return _state_of(desk, holds.resume_hold(desk.hold(values["hold"]), **desk.by))


def move_hold(desk: Desk, values: Mapping[str, Any]) -> Result:
    moved = holds.move_hold(desk.hold(values["hold"]), to=values["to"], **desk.by)
    return {"position": telling.position(moved, day_of(desk.library, desk.now))}


def _state_of(desk: Desk, hold: Hold) -> Result:
    return {"status": telling.state(hold, day_of(desk.library, desk.now))}


def _spending(act: Callable[[Desk, Copy], Any]) -> Callable[[Desk, Mapping[str, Any]], Result]:
    """A step on a copy that may cost somebody money, or give it back."""

    def step(desk: Desk, values: Mapping[str, Any]) -> Result:
        before = _last_line()
        act(desk, desk.copy(values["copy"]))
        lines = _lines_since(before)
        return {"charged": _charged(desk, lines), "credited": _credited(desk, lines), "fine": _fine(desk, lines)}

    return step


def _paying(service: Callable[..., LedgerEntry], *more: str) -> Callable[[Desk, Mapping[str, Any]], Result]:
    """A step that moves money of a member. ``more``: further keys the service takes."""

    def step(desk: Desk, values: Mapping[str, Any]) -> Result:
        member = desk.member(values["member"])
        how = {key: values[key] for key in more if key in values}
        service(member, amount_minor=values["amount"], reason=values.get("reason", ""), **how, **desk.by)
        return _balance(desk, member)

    return step


def void(desk: Desk, values: Mapping[str, Any]) -> Result:
    member = desk.member(values["member"])
    ledger.void_last_entry(member, reason=values.get("reason", ""), **desk.by)
    return _balance(desk, member)


def restrict(desk: Desk, values: Mapping[str, Any]) -> Result:
    member = desk.member(values["member"])
    try:
        restrict_member(member, reason=values["reason"], until_on=values.get("until"), **desk.by)
    except Refused as refusal:
        raise CirculationRefused([block("calendar_backwards", refusal.message)]) from refusal
    return {"status": "restricted"}


def close_days(desk: Desk, values: Mapping[str, Any]) -> Result:
    closed = calendars.close_days(
        from_on=values["from"], to_on=values["to"], branch=desk.branch(values), **desk.by
    )  # fmt: skip
    return {name: closed[name] for name in ("loans_moved", "holds_moved", "fines_voided")}


def daily(desk: Desk, _values: Mapping[str, Any]) -> Result:
    return run_daily(desk.now)._asdict()


def on_site(desk: Desk, values: Mapping[str, Any]) -> Result:
    member = desk.member(values["member"]) if "member" in values else None
    lost.use_on_site(desk.copy(values["copy"]), member=member, branch=desk.library.branch, **desk.by)
    return {}


def remove_member(desk: Desk, values: Mapping[str, Any]) -> Result:
    lost.remove_member(desk.member(values["member"]), **desk.by)
    return {}


def _set_aside(values: Mapping[str, Any]) -> dict[str, Any]:
    return {"overrides": values.get("override", ()), "reason": values.get("reason", "")}


def _last_line() -> int:
    return LedgerEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0


def _lines_since(last: int) -> list[LedgerEntry]:
    return list(LedgerEntry.objects.filter(pk__gt=last).order_by("pk"))


def _fine(desk: Desk, lines: list[LedgerEntry]) -> str:
    fines = (line.amount_minor for line in lines if line.kind == LedgerEntry.Kind.OVERDUE)
    return money_of(desk.library, sum(fines))


def _charged(desk: Desk, lines: list[LedgerEntry]) -> str:
    return money_of(desk.library, sum(line.amount_minor for line in lines if line.amount_minor > 0))


def _credited(desk: Desk, lines: list[LedgerEntry]) -> str:
    return money_of(desk.library, -sum(line.amount_minor for line in lines if line.amount_minor < 0))


def _balance(desk: Desk, member: Member) -> Result:
    return {"balance": telling.balance(desk.library, member)}


ACTS: dict[str, Callable[[Desk, Mapping[str, Any]], Result]] = {
    "issue": issue,
    "return": give_back,
    "renew": renew,
    "hold": place_hold,
    "cancel_hold": cancel_hold,
    "suspend_hold": suspend_hold,
    "resume_hold": resume_hold,
    "move_hold": move_hold,
    "lost": _spending(lambda desk, copy: lost.mark_lost(copy, **desk.by)),
    "found": _spending(lambda desk, copy: lost.mark_found(copy, branch=desk.library.branch, **desk.by)),
    "claim_returned": _spending(lambda desk, copy: lost.claim_returned(copy, **desk.by)),
    "damaged": _spending(lambda desk, copy: lost.mark_damaged(copy, **desk.by)),
    "withdraw": _spending(lambda desk, copy: lost.withdraw_copy(copy, **desk.by)),
    "pay": _paying(ledger.take_payment, "overpay"),
    "waive": _paying(ledger.waive),
    "write_off": _paying(ledger.write_off),
    "refund": _paying(ledger.refund),
    "void": void,
    "restrict": restrict,
    "close_days": close_days,
    "daily": daily,
    "on_site": on_site,
    "remove_member": remove_member,
}
