"""/desk/calendar/: a year, the opening week, single days, and closing days that shows first what it changes."""

from datetime import date

import pytest
import time_machine
from django.test import Client

from accounts.models import Action, Branch
from circulation.models import Closure, Loan, OpeningHours
from circulation.queries.rules import rule_book
from circulation.queries.year import months_of
from circulation.tests.factories import close_on, make_loan, open_on, zurich
from circulation.tests.views.pages import messages, rows, said, tiles, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


def test_cal_26_year_marks_every_day_that_is_not_as_usual(desk: Client, branch: Branch) -> None:
    open_on("123456")
    close_on("2026-03-09", reason="Stocktaking")
    close_on("2026-03-15", opens=True, reason="Festival")
    march = rows(desk.get("/desk/calendar/"), 2)
    assert march[1] == ["2 today", "3", "4", "5", "6", "7", "8 – closed every week"]
    assert march[2] == ["9 × closed: Stocktaking", "10", "11", "12", "13", "14", "15 + open as an exception: Festival"]


def test_opening_week_is_shown_with_its_hours(desk: Client, branch: Branch) -> None:
    open_on("13")
    week = tree(desk.get("/desk/calendar/")).find(".//dl[@class='week']")
    assert [words(day) for day in week][:4] == [
        "Monday 10:00–16:00", "Tuesday closed", "Wednesday 10:00–16:00", "Thursday closed",
    ]  # fmt: skip


def test_librarian_looks_and_changes_nothing(desk: Client) -> None:
    closure = close_on("2026-03-09")
    assert [len(row) for row in rows(desk.get("/desk/calendar/"), 12)] == [4]
    for address in ("week/", "close/", "entries/add/", f"entries/{closure.pk}/", f"entries/{closure.pk}/remove/"):
        assert (
            desk.post(f"/desk/calendar/{address}", {"from_on": "2026-05-01", "to_on": "2026-05-01"}).status_code == 403
        )
    assert Closure.objects.get() == closure


@pytest.mark.parametrize(("year", "days"), [(2024, 366), (2026, 365)])
def test_year_has_all_its_days_once(year: int, days: int, branch: Branch) -> None:
    months = months_of(year, rule_book().calendar(branch.pk), [])
    found = [each.day for month in months for week in month.weeks for each in week if each]
    assert (len(found), len(set(found)), sum(month.open_days for month in months)) == (days, days, days)
    assert all(
        each is None or each.day.isoweekday() == n for m in months for w in m.weeks for n, each in enumerate(w, 1)
    )


def test_year_of_another_time_shows_its_entries(desk: Client) -> None:
    close_on("2026-12-24", "2027-01-02", reason="Between the years")
    close_on("2020-05-01", is_yearly=True, reason="Labour Day")
    assert [row[:4] for row in rows(desk.get("/desk/calendar/?year=2027"), 12)] == [
        ["1 May 2020 every year", "closed", "every branch", "Labour Day"],
        ["24 Dec 2026 – 2 Jan 2027", "closed", "every branch", "Between the years"],
    ]


@pytest.mark.parametrize("year", ["1899", "3000", "99999", "x", "²026"])
def test_year_that_is_none_is_not_found(year: str, desk: Client) -> None:
    assert desk.get(f"/desk/calendar/?year={year}").status_code == 404


@pytest.mark.parametrize("year", ["1900", "2999"])
def test_first_and_last_year_are_shown(year: str, desk: Client) -> None:
    assert desk.get(f"/desk/calendar/?year={year}").status_code == 200


def test_opening_week_is_kept(admin_desk: Client, branch: Branch) -> None:
    open_on("12")
    week = {"is_open_2": "on", "opens_2": "09:00", "closes_2": "12:30", "opens_3": "10:00"}
    assert messages(admin_desk.post("/desk/calendar/week/", week, follow=True)) == ["The opening week is kept."]
    assert [str(hours) for hours in OpeningHours.objects.all()] == ["Tuesday 09:00–12:30"]


@pytest.mark.parametrize(
    ("week", "told"),
    [({}, "Main library would have no open day in the next year."),
     ({"is_open_2": "on", "opens_2": "09:00", "closes_2": "08:00"}, "The library closes after it opens."),
     ({"is_open_2": "on", "opens_2": "09:00"}, "Say when, or take the tick away."),
     ({"is_open_2": "on", "opens_2": "9 o'clock", "closes_2": "12:00"}, "Enter a valid time.")],
)  # fmt: skip
def test_opening_week_that_is_none_is_refused(week: dict[str, str], told: str, admin_desk: Client) -> None:
    open_on("1")
    page = admin_desk.post("/desk/calendar/week/", {"key": "a-key-of-a-form"} | week)
    assert told in said(page)
    assert OpeningHours.objects.get().weekday == 1


def test_cal_27_closing_shows_first_then_closes_and_opens_again(admin_desk: Client) -> None:
    loan = make_loan(now=NOW, due_on=date(2026, 3, 10))
    days = {"from_on": "2026-03-09", "to_on": "2026-03-11", "reason": "burst pipe", "key": "a-key-of-a-form"}
    page = admin_desk.post("/desk/calendar/close/", days)
    assert (tiles(page), Closure.objects.count()) == ({"Due dates": "1", "Pickup deadlines": "0", "Fines": "0"}, 0)
    assert rows(page)[0][2:] == ["10 Mar 2026", "12 Mar 2026"]
    done = admin_desk.post("/desk/calendar/close/", days | {"apply": "1"}, follow=True)
    assert messages(done) == ["Closed. Due dates moved: 1, pickup deadlines: 0, fines: 0."]
    assert Loan.objects.get().due_at == zurich("2026-03-12T23:59:59")
    assert rows(done, 12)[0][:4] == ["9 Mar 2026 – 11 Mar 2026 burst pipe", "1", "0", "0"]
    action = Action.objects.get(verb="close_days")
    again = admin_desk.post(f"/desk/calendar/closed/{action.pk}/open-again/", follow=True)
    assert (messages(again), Closure.objects.count()) == (["Taken back."], 0)
    assert Loan.objects.get().due_at == loan.due_at


@pytest.mark.parametrize(
    ("last", "told"),
    [("2026-03-08", "A closure ends on the day it begins or later."),
     ("2026-03-20", "Another entry covers one of these days already."),
     ("9999-12-31", "Ensure this value is less than or equal to 2999-12-31.")],
)  # fmt: skip
def test_days_that_cannot_be_closed_are_told(last: str, told: str, admin_desk: Client) -> None:
    close_on("2026-03-20")
    for address in ("/desk/calendar/close/", "/desk/calendar/entries/add/"):
        page = admin_desk.post(address, {"from_on": "2026-03-09", "to_on": last, "apply": "1"})
        assert told in said(page), address
    assert Closure.objects.count() == 1


def test_entry_is_changed_and_removed(admin_desk: Client) -> None:
    closure = close_on("2026-03-20")
    address = f"/desk/calendar/entries/{closure.pk}/"
    admin_desk.post(address, {"from_on": "2026-03-21", "to_on": "2026-03-22", "is_yearly": "on"}, follow=True)
    closure.refresh_from_db()
    assert (str(closure.from_on), str(closure.to_on), closure.is_yearly) == ("2026-03-21", "2026-03-22", True)
    assert messages(admin_desk.post(f"{address}remove/", follow=True)) == ["The entry is removed."]
    assert Closure.objects.count() == 0


def test_entry_without_which_no_day_is_open_stays(admin_desk: Client) -> None:
    close_on("2026-03-01", "2028-03-01")
    opening = close_on("2026-03-10", opens=True)
    page = admin_desk.post(f"/desk/calendar/entries/{opening.pk}/remove/", follow=True)
    assert messages(page) == ["Main library would have no open day in the next year."]
    assert Closure.objects.count() == 2


def test_year_asks_the_same_for_any_number_of_entries(desk: Client, django_assert_num_queries) -> None:
    for n in range(10, 20):
        close_on(f"2026-03-{n}")
    desk.get("/desk/calendar/")
    with django_assert_num_queries(9):
        desk.get("/desk/calendar/")
