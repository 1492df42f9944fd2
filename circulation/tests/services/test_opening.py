"""CAL: entries of the calendar and opening weeks that are kept, and those that are refused."""

from datetime import date, time

import pytest

from accounts.models import Action, Branch, User
from circulation.exceptions import CirculationRefused
from circulation.models import Closure, Loan, OpeningHours
from circulation.services.opening import remove_closure, save_closure, set_opening_week
from circulation.tests.factories import close_on, make_loan, open_on, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
TEN, FOUR = time(10), time(16)


def entry(first: str, last: str = "", **fields) -> Closure:
    return Closure(from_on=date.fromisoformat(first), to_on=date.fromisoformat(last or first), **fields)


def test_cal_20_kept_entry_is_recorded_with_what_it_said_before(librarian: User) -> None:
    closure = save_closure(entry("2026-12-24", reason="Eve"), by=librarian, now=NOW)
    closure.reason = "Christmas Eve"
    save_closure(closure, by=librarian, now=NOW)
    save_closure(closure, by=librarian, now=NOW)
    actions = Action.objects.filter(verb="save_closure").order_by("pk")
    assert [(action.before.get("reason"), action.after["reason"]) for action in actions] == [
        (None, "Eve"), ("Eve", "Christmas Eve"),
    ]  # fmt: skip


def test_entry_moves_no_due_date() -> None:
    loan = make_loan(now=NOW, due_on=date(2026, 3, 10))
    save_closure(entry("2026-03-10"), by=None, now=NOW)
    assert Loan.objects.get().due_at == loan.due_at


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [("2026-03-10", "2026-03-09", "calendar_backwards"), ("2026-12-31", "2027-01-02", "calendar_overlap"),
     ("2026-03-01", "2026-12-23", ""), ("2027-01-01", "2028-01-01", ""), ("2026-01-01", "2028-01-01", "both")],
)  # fmt: skip
def test_cal_21_entry_is_refused_by_the_service_too(first: str, last: str, code: str) -> None:
    close_on("2026-12-24", "2026-12-31")
    if not code:
        assert save_closure(entry(first, last), by=None, now=NOW).pk
        return
    codes = ["calendar_never_open", "calendar_overlap"] if code == "both" else [code]
    assert codes_of(save_closure, entry(first, last), by=None, now=NOW) == codes
    assert Closure.objects.count() == 1


def test_cal_22_removed_entry_is_remembered(librarian: User) -> None:
    closure = close_on("2026-12-24", reason="Eve")
    remove_closure(closure, by=librarian, now=NOW)
    assert Closure.objects.count() == 0
    assert Action.objects.get(verb="remove_closure").before == {
        "branch": None, "from_on": "2026-12-24", "to_on": "2026-12-24", "is_yearly": False, "opens": False,
        "reason": "Eve",
    }  # fmt: skip


def test_opening_without_which_no_day_is_open_stays() -> None:
    close_on("2026-03-01", "2028-03-01")
    opening = close_on("2026-03-10", opens=True)
    assert codes_of(remove_closure, opening, by=None, now=NOW) == ["calendar_never_open"]


def test_cal_23_opening_week_is_replaced_whole(branch: Branch, librarian: User) -> None:
    open_on("123")
    set_opening_week(branch, {3: (TEN, FOUR), 6: (time(9), time(12))}, by=librarian, now=NOW)
    hours = OpeningHours.objects.order_by("weekday").values_list("weekday", "opens_at", "closes_at")
    assert list(hours) == [(3, TEN, FOUR), (6, time(9), time(12))]
    action = Action.objects.get(verb="set_opening_week")
    assert (sorted(action.before), action.after["6"]) == (["1", "2", "3"], ["09:00:00", "12:00:00"])


def test_same_opening_week_again_is_no_change(branch: Branch) -> None:
    open_on("12")
    kept = list(OpeningHours.objects.values_list("pk", flat=True))
    set_opening_week(branch, {1: (TEN, FOUR), 2: (TEN, FOUR)}, by=None, now=NOW)
    assert (list(OpeningHours.objects.values_list("pk", flat=True)), Action.objects.count()) == (kept, 0)


def test_cal_24_week_without_a_day_is_refused(branch: Branch) -> None:
    open_on("1")
    assert codes_of(set_opening_week, branch, {}, by=None, now=NOW) == ["calendar_never_open"]
    close_on("2026-03-01", "2028-03-01")
    assert codes_of(set_opening_week, branch, {2: (TEN, FOUR)}, by=None, now=NOW) == ["calendar_never_open"]
    assert OpeningHours.objects.get().weekday == 1


@pytest.mark.parametrize("closes", [TEN, time(9)])
def test_cal_25_day_that_closes_before_it_opens_is_refused(branch: Branch, closes: time) -> None:
    with pytest.raises(CirculationRefused) as refused:
        set_opening_week(branch, {1: (TEN, FOUR), 2: (TEN, closes)}, by=None, now=NOW)
    assert [(p.code, p.field) for p in refused.value.problems] == [("calendar_backwards", "closes_2")]
