"""What a scenario can do and ask: the keys of every step, and what can be expected of it."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from circulation.policy import NONE

from .library import Step
from .misread import MONEY, Misread, Node
from .rules import PARAMETERS

Scopes = tuple[tuple[str, ...], ...]
CODES = (
    "unknown_copy", "unknown_member", "on_loan", "already_yours", "not_lendable", "copy_withdrawn", "copy_lost",
    "copy_damaged", "held_for_other", "member_expired", "member_restricted", "member_suspended", "debt_limit",
    "too_many_loans", "too_many_loans_total", "has_overdue", "no_open_day", "due_in_past", "not_on_loan",
    "renewal_limit", "renewal_too_soon", "renewal_not_later", "renewal_hold", "claimed_returned", "hold_limit",
    "hold_duplicate", "hold_not_needed", "hold_already_borrowed", "hold_waiting", "hold_not_possible",
    "amount_not_positive", "amount_above_debt", "nothing_to_refund", "nothing_to_void", "already_lost", "not_lost",
    "date_in_future", "date_before_loan", "calendar_never_open", "calendar_overlap", "calendar_backwards",
    "rule_duplicate",
)  # fmt: skip


class Kind(NamedTuple):
    """One kind of step: the keys it needs and may have, and the keys of its result with what each of them holds."""

    needs: tuple[str, ...] = ()
    may: tuple[str, ...] = ()
    gives: Mapping[str, str] = {}


DUE = {"due_on": "text?", "due_at": "text?"}
HOLD = {"status": "text", "position": "number?", "pickup_by": "text?"}
SPENT = Kind(("copy",), (), {"charged": "money", "credited": "money", "fine": "money"})
PAID = Kind(("member", "amount"), ("reason", "overpay"), {"balance": "money"})
COUNTS = {"holds_expired": "number", "notices_queued": "number", "unlinked": "number", "marked_lost": "number"}
KINDS: dict[str, Kind] = {
    "issue": Kind(
        ("copy", "member"), ("branch", "due_on", "override", "reason"), {**DUE, "filled_hold": "text?"}
    ),
    "return": Kind((), ("copy", "member", "isbn", "on", "branch"), {
        "fine": "money", "explained": "list", "suspended_until": "text?", "trapped_for": "text?", "pickup_by": "text?",
        "credited": "money", "unlinked": "yes_or_no",
    }),
    "renew": Kind(("copy",), ("by", "override", "reason"), {**DUE, "renewals": "number", "fine": "money"}),
    "hold": Kind(
        ("member", "hold"), ("book", "copy", "starts_on", "not_after", "override", "reason"), {"position": "number?"}
    ),
    "cancel_hold": Kind(("hold",), (), {"status": "text"}),
    "resume_hold": Kind(("hold",), (), {"status": "text"}),
    "suspend_hold": Kind(("hold",), ("until",), {"status": "text"}),
    "move_hold": Kind(("hold", "to"), (), {"position": "number?"}),
    "lost": SPENT, "found": SPENT, "claim_returned": SPENT, "damaged": SPENT, "withdraw": SPENT,
    "pay": PAID, "waive": PAID, "write_off": PAID, "refund": PAID,
    "void": Kind(("member",), ("reason",), {"balance": "money"}),
    "restrict": Kind(("member", "reason"), ("until",), {"status": "text"}),
    "close_days": Kind(
        ("from", "to"), ("branch",), {"loans_moved": "number", "holds_moved": "number", "fines_voided": "number"}
    ),
    "daily": Kind((), (), COUNTS),
    "member": Kind(("member",), (), {
        "balance": "money", "open_loans": "number", "overdue_loans": "number", "suspended_until": "text?",
        "total_history": "number",
    }),
    "copy": Kind(("copy",), (), {"status": "text", "trapped_for": "text?", "pickup_by": "text?"}),
    "book": Kind(("book",), (), {"available": "number", "queue": "list"}),
    "loan": Kind(("copy",), (), {
        **DUE, "estimate": "money", "explained": "list", "renewals": "number", "overdue": "yes_or_no",
        "claimed_returned": "yes_or_no",
    }),
    "hold_state": Kind(("hold",), (), HOLD),
    "rule": Kind((), ("branch", "category", "copy_type"), dict.fromkeys(PARAMETERS, "parameter")),
    "on_site": Kind(("copy",), ("member",)),
    "remove_member": Kind(("member",)),
    "is_open": Kind(("on",), ("branch",), {"open": "yes_or_no"}),
    "next_open": Kind(("on",), ("branch",), {"on": "text?"}),
}  # fmt: skip
DATES = ("on", "due_on", "until", "starts_on", "not_after", "from", "to")
BARCODES = ("copy", "member", "isbn")


def read_step(node: Node, currency: str, scopes: Scopes, names: Mapping[str, set[str]]) -> Step:
    """One step. ``scopes``: the branches, categories and copy types there are; ``names``: books and holds so far."""
    if not isinstance(node.value, dict):
        node.fields()
    do = node.at("do").one_of(KINDS)
    kind = KINDS[do]
    given = node.fields("at", "do", "expect", *kind.needs, *kind.may)
    values: dict[str, Any] = {}
    for key in (*kind.needs, *kind.may):
        if key in given or key in kind.needs:
            values[key] = _value(do, key, node.at(key), currency, scopes)
    _refuse_what_does_not_go_together(node, do, values, names)
    expect = given["expect"].fields("ok", "refused", *kind.gives) if "expect" in given else {}
    return Step(
        place=node.place,
        at=_sensible(given["at"]) if "at" in given else None,
        do=do,
        values=values,
        expect={
            key: _expected({**kind.gives, "ok": "yes_or_no", "refused": "list"}[key], e) for key, e in expect.items()
        },
    )


def _sensible(node: Node) -> Any:
    moment = node.moment()
    if not 1000 <= moment.year <= 9998:
        raise node.wrong(_("This day is too far away to reckon with."))
    return moment


def _value(do: str, key: str, node: Node, currency: str, scopes: Scopes) -> Any:
    if key == "to" and do == "move_hold":
        return node.number(1)
    if key in DATES:
        return node.date()
    if key in ("branch", "category", "copy_type"):
        return node.one_of(scopes[("branch", "category", "copy_type").index(key)])
    readers: dict[str, Callable[[Node], Any]] = {
        "amount": lambda each: each.money(currency, least=-(10**15)),
        "override": lambda each: [code.one_of(CODES) for code in each.items()],
        "by": lambda each: each.one_of(("member", "staff")),
        "overpay": Node.yes_or_no,
        "reason": _reason if do != "restrict" else Node.text,
    }
    return readers.get(key, lambda each: each.text(40))(node)


def _reason(node: Node) -> str:
    return "" if node.value == "" else node.text()


def _refuse_what_does_not_go_together(
    node: Node, do: str, values: Mapping[str, Any], names: Mapping[str, set[str]]
) -> None:
    if do == "hold" and ("book" in values) == ("copy" in values):
        raise node.wrong(_("Give either a book or a copy."))
    if do == "return" and ("copy" in values) == ("member" in values or "isbn" in values):
        raise node.wrong(_("Give either a copy, or a member and an ISBN."))
    if do == "return" and ("member" in values) != ("isbn" in values):
        raise node.wrong(_("Give a member and an ISBN."))
    if "book" in values and values["book"] not in names["book"]:
        raise Misread(f"{node.place}.book", _("There is no book “%(id)s” in this file.") % {"id": values["book"]})
    if do != "hold" and "hold" in values and values["hold"] not in names["hold"]:
        raise Misread(f"{node.place}.hold", _("No step before places a hold “%(name)s”.") % {"name": values["hold"]})


def _expected(kind: str, node: Node) -> Any:
    """What is expected, as it stands in the file; only its type is looked at."""
    value = node.value
    if kind == "parameter":
        return _parameter(node)
    if kind.endswith("?") and value is None:
        return None
    fits = {
        "text": isinstance(value, str),
        "number": isinstance(value, int) and not isinstance(value, bool),
        "money": isinstance(value, str) and bool(MONEY.fullmatch(value)),
        "yes_or_no": isinstance(value, bool),
        "list": isinstance(value, list),
    }
    if not fits[kind.rstrip("?")]:
        raise node.wrong(_EXPECTED[kind.rstrip("?")]())
    return value


def _parameter(node: Node) -> Any:
    if isinstance(node.value, dict):
        node.fields("value", "from")
        return {name: NONE if name == "value" and part is None else part for name, part in node.value.items()}
    if isinstance(node.value, list | float):
        raise node.wrong(_('A value of the parameter is expected here, or {"value": …, "from": […]}.'))
    return NONE if node.value is None else node.value


_EXPECTED: dict[str, Callable[[], str]] = {
    "text": lambda: _("A text is expected here."),
    "number": lambda: _("A whole number is expected here."),
    "money": lambda: _('Money is expected here, as a text: "0.50".'),
    "yes_or_no": lambda: _("true or false is expected here."),
    "list": lambda: _("A list is expected here: […]."),
}
