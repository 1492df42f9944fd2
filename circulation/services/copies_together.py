"""Many copies changed together, and changed back as one."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, User
from accounts.services.actions import as_json, describe, leave_out, recorded
from catalog.models import Book, Copy
from catalog.services.search import index_books, lock, mark_stale
from circulation.models import Loan
from circulation.queries.stock import stock_for_search
from circulation.services.copies import STATES
from circulation.services.hold_shelf import Trail, restore, take_off_the_shelf
from circulation.services.locks import lock_copies

MOST_AT_ONCE = 2_000
AT_ONCE = 500
SEARCHED_AT_ONCE = 200  # books whose documents are written at once; those of more by the worker
CHANGEABLE = ("home_branch", "copy_type", "location", "call_number", "price_minor", "condition", "acquired_on")
MARKS = ("withdraw", "damage", "unwithdraw", "repair")
COLUMNS = {each.attname: each for each in Copy._meta.concrete_fields}
ATTRIBUTES = {each.name: each.attname for each in Copy._meta.concrete_fields}
WHERE = "current_branch_id"


@dataclass(slots=True)
class Planned:
    """What would become of one copy: ``new`` values by column, as they are stored; or why it stays as it is."""

    copy: Copy
    new: dict[str, Any] = field(default_factory=dict)
    problem: str = ""

    @property
    def old(self) -> dict[str, Any]:
        """What these columns say now."""
        return {name: getattr(self.copy, name) for name in self.new}


def plan(copies: Sequence[Copy], values: dict[str, Any], mark: str = "", *, today: date) -> list[Planned]:
    """What ``change_copies`` would do to each of ``copies``. Changes nothing.

    ``values``: by name of CHANGEABLE. ``mark`` (of MARKS): withdrawn or damaged from ``today`` on, or not any more. A
    copy on loan keeps being lent by the terms it was issued on; it cannot be withdrawn. A copy at home moves with it.
    """
    out = _on_loan(copies) if mark == "withdraw" else set()
    return [_planned(copy, values, mark, today, is_out=copy.pk in out) for copy in copies]


@recorded("change_copies")
def change_copies(
    action: Action, *, copies: Sequence[int], values: dict[str, Any], mark: str = "", reason: str = "", seen: str = "",
    by: User | None, now: datetime,
) -> dict[str, int]:  # fmt: skip
    """Change ``copies`` (keys) together, as ``plan`` says: all in one transaction, one action, one undo.

    ``seen``: the ``version_of`` the plan that the person saw. Copies with a problem stay as they are. Returns how many
    were "changed", stayed because it was "same" already, or were "refused".
    Raises Refused("nothing_chosen", "too_many", "changed_since").
    """
    refuse_if_too_many(len(copies))
    locked = _locked(copies)
    planned = plan(locked, values, mark, today=timezone.localdate(now, LibrarySettings.current().zone))
    if seen and seen != version_of(planned):
        raise Refused(
            "changed_since", _("Some of these copies changed since you looked. Look again what would change.")
        )
    changing = [each for each in planned if each.new and not each.problem]
    trail = Trail()
    before = [[each.copy.pk, as_json(each.old)] for each in changing]
    for each in changing:
        for name, value in each.new.items():
            setattr(each.copy, name, value)
        if each.new.get("withdrawn_on") or each.new.get("damaged_on"):
            take_off_the_shelf(each.copy, trail)
    _save([each.copy for each in changing], {name for each in changing for name in each.new})
    action.reason = reason
    counts = {
        "changed": len(changing), "refused": sum(bool(each.problem) for each in planned),
        "same": sum(not each.new and not each.problem for each in planned),
    }  # fmt: skip
    after = [[each.copy.pk, as_json(each.new)] for each in changing]
    if changing:
        describe(
            action, changing[0].copy, before={"copies": before} | trail.as_before(),
            after={"copies": after, "counts": counts} | trail.as_after(),
        )  # fmt: skip
    else:
        leave_out(action)
    _tell_search(each.copy for each in changing)
    return counts


def change_back(undone: Action, *, by: User, now: datetime) -> Copy:
    """Take the change ``undone`` back, inside the caller's transaction: each copy says what it said.

    Raises Refused("changed_since") if one of them was changed in the same respect since, lent after it had been brought
    back into use, or is gone.
    """
    old, new = dict(undone.before["copies"]), dict(undone.after["copies"])
    copies = {copy.pk: copy for copy in _locked(list(old))}
    other = [copy for pk, copy in copies.items() if any(_stands_otherwise(copy, new[pk]))]
    out = _on_loan([copy for pk, copy in copies.items() if old[pk].get("withdrawn_on")])
    lent = [copy for pk, copy in copies.items() if pk in out]
    if len(copies) < len(old) or other or lent:
        raise _changed_since(len(old) - len(copies), [*other, *lent])
    for pk, copy in copies.items():
        for name, value in old[pk].items():
            if name != WHERE or copy.current_branch_id == new[pk][WHERE]:  # one that went on since stays where it is
                setattr(copy, name, COLUMNS[name].to_python(value))
    _save(list(copies.values()), {name for values in old.values() for name in values})
    if not restore(undone):
        raise Refused("changed_since", _("A hold of one of these copies changed since; it cannot be as before."))
    _tell_search(copies.values())
    return next(iter(copies.values()))


def version_of(planned: Iterable[Planned]) -> str:
    """A word that changes whenever one of the copies is another, or would become another."""
    said = [[each.copy.pk, as_json(each.old), as_json(each.new), each.problem] for each in planned]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]


def refuse_if_too_many(count: int) -> None:
    """Raises Refused("nothing_chosen", "too_many") where so many copies cannot be changed together."""
    if not count:
        raise Refused("nothing_chosen", _("Choose at least one copy."))
    if count > MOST_AT_ONCE:
        text = _("%(count)d copies are too many: at most %(most)d can be changed together. Choose fewer at a time.")
        raise Refused("too_many", text % {"count": count, "most": MOST_AT_ONCE})


def _planned(copy: Copy, values: dict[str, Any], mark: str, today: date, *, is_out: bool) -> Planned:
    wanted = {ATTRIBUTES[name]: _stored(value) for name, value in values.items()}
    if "home_branch_id" in wanted and copy.current_branch_id == copy.home_branch_id:
        wanted["current_branch_id"] = wanted["home_branch_id"]
    if mark in ("withdraw", "damage"):
        name = STATES["withdrawn" if mark == "withdraw" else "damaged"]
        if getattr(copy, name) is None:  # the day on which it got the mark stays
            wanted[name] = today
    elif mark:
        wanted[STATES["withdrawn" if mark == "unwithdraw" else "damaged"]] = None
    new = {name: value for name, value in wanted.items() if getattr(copy, name) != value}
    problem = _("It is on loan. Take it back first.") if is_out and "withdrawn_on" in new else ""
    return Planned(copy, new, problem)


def _stands_otherwise(copy: Copy, new: dict[str, Any]) -> Iterable[bool]:
    """Whether each column says something else than the change made it say; where a copy is now is no change."""
    return (as_json(getattr(copy, name)) != value for name, value in new.items() if name != WHERE)


def _stored(value: Any) -> Any:
    return getattr(value, "pk", value)


def _on_loan(copies: Iterable[Copy]) -> set[int]:
    found: set[int] = set()
    for keys in _some(copy.pk for copy in copies):
        found |= set(Loan.objects.open().filter(copy__in=keys).values_list("copy", flat=True))
    return found


def _locked(keys: Iterable[int]) -> list[Copy]:
    return [copy for some in _some(keys) for copy in lock_copies(Copy.objects.filter(pk__in=some))]


def _save(copies: list[Copy], columns: set[str]) -> None:
    names = sorted(each.name for each in Copy._meta.concrete_fields if each.attname in columns)
    if names:
        Copy.objects.bulk_update(copies, names, batch_size=100)


def _tell_search(copies: Iterable[Copy]) -> None:
    books = sorted({copy.book_id for copy in copies})
    for some in _some(books[:SEARCHED_AT_ONCE]):
        lock(some)
        index_books(some, stock_for_search(some))
    for some in _some(books[SEARCHED_AT_ONCE:]):
        mark_stale(Book.objects.filter(pk__in=some))


def _some(keys: Iterable[int]) -> list[list[int]]:
    in_order = sorted(set(keys))
    return [in_order[start : start + AT_ONCE] for start in range(0, len(in_order), AT_ONCE)]


def _changed_since(gone: int, changed: list[Copy]) -> Refused:
    if not changed:
        text = ngettext("%(n)d of the copies is gone since.", "%(n)d of the copies are gone since.", gone)
        return Refused("changed_since", text % {"n": gone})
    codes = ", ".join(copy.barcode for copy in changed[:5]) + (" …" if len(changed) > 5 else "")
    return Refused("changed_since", _("These copies changed since: %(codes)s.") % {"codes": codes})
