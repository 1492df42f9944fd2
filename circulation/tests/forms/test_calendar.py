"""CAL: entries of the calendar that are refused when they are typed."""

from datetime import date, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from accounts.models import Action, Branch, User
from accounts.tests.factories import BranchFactory
from circulation.forms.calendar import ClosureForm, OpeningHoursForm
from circulation.forms.rules import RuleForm
from circulation.models import CirculationRule, Closure, OpeningHours
from circulation.tests.factories import close_on, open_on, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
TODAY = zurich("2026-03-02T10:00")


def codes(form: ClosureForm | OpeningHoursForm | RuleForm) -> list[str]:
    return sorted(error.code for errors in form.errors.as_data().values() for error in errors)


def closing(first: str, last: str = "", *, instance: Closure | None = None, **fields) -> ClosureForm:
    return ClosureForm({"from_on": first, "to_on": last or first} | fields, instance=instance)


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(TODAY, tick=False):
        yield


@pytest.mark.parametrize(
    ("first", "last", "found"),
    [("2026-12-20", "2026-12-23", []), ("2026-12-20", "2026-12-24", ["calendar_overlap"]),
     ("2026-12-26", "2026-12-26", ["calendar_overlap"]), ("2026-12-31", "2027-01-02", ["calendar_overlap"]),
     ("2027-01-01", "2027-01-02", []), ("2026-12-01", "2027-01-31", ["calendar_overlap"])],
)  # fmt: skip
def test_cal_14_two_closures_of_one_day(first: str, last: str, found: list[str]) -> None:
    """Closed 24 to 31 December already."""
    close_on("2026-12-24", "2026-12-31")
    assert codes(closing(first, last)) == found


@pytest.mark.parametrize("differs", ["opens", "new is yearly", "old is yearly", "branch"])
def test_cal_15_what_is_no_second_entry_of_the_same_list(differs: str, branch: Branch) -> None:
    close_on("2026-12-24", "2026-12-31", is_yearly=differs == "old is yearly")
    fields = {"opens": {"opens": True}, "new is yearly": {"is_yearly": True}, "branch": {"branch": branch.pk}}
    assert codes(closing("2026-12-27", **fields.get(differs, {}))) == []


def test_entry_does_not_overlap_itself() -> None:
    closure = close_on("2026-12-24", "2026-12-31")
    assert codes(closing("2026-12-24", "2026-12-30", instance=closure)) == []


@pytest.mark.parametrize(("last", "found"), [("2027-03-02", []), ("2027-03-03", ["calendar_never_open"])])
def test_cal_16_year_without_an_open_day_is_refused(last: str, found: list[str]) -> None:
    """From today, 2 March 2026, the search ends with 3 March 2027."""
    assert codes(closing("2026-03-01", last)) == found


def test_cal_17_each_branch_needs_an_open_day(branch: Branch) -> None:
    other = BranchFactory()
    open_on("1", branch=branch)
    assert codes(closing("2026-03-01", "2027-04-01", branch=other.pk)) == ["calendar_never_open"]
    mondays = [date(2026, 3, 2) + timedelta(weeks=week) for week in range(54)]
    for monday in mondays:
        close_on(monday.isoformat(), branch=branch)
    assert codes(closing("2026-03-03", branch=other.pk)) == []
    assert codes(closing("2026-03-03")) == ["calendar_never_open"]


def test_opening_week_that_falls_into_closures_only(branch: Branch) -> None:
    close_on("2026-03-01", "2027-03-01")
    tuesdays_only = {"branch": branch.pk, "opens_at": "10:00", "closes_at": "16:00"}
    assert codes(OpeningHoursForm(tuesdays_only | {"weekday": 2})) == []
    close_on("2027-03-02", "2027-03-02")
    assert codes(OpeningHoursForm(tuesdays_only | {"weekday": 2})) == ["calendar_never_open"]


def test_cal_18_closure_that_ends_before_it_begins() -> None:
    assert codes(closing("2026-12-24", "2026-12-23")) == ["calendar_backwards"]


def test_rule_12_second_rule_for_one_scope() -> None:
    assert codes(RuleForm({"loan_period": "7", "fine_amount_minor": "", "fine_cap_minor": ""})) == ["rule_duplicate"]
    assert CirculationRule.objects.count() == 1


def test_entry_with_a_field_that_is_no_day_is_refused_for_that() -> None:
    assert codes(closing("tomorrow")) == ["invalid", "invalid"]


def test_admin_site_refuses_and_keeps(admin_user: User) -> None:
    browser = Client()
    browser.force_login(admin_user)
    entry = {"from_on": "2026-12-24", "to_on": "2026-12-31", "reason": "Between the years", "branch": ""}
    assert browser.post(reverse("admin:circulation_closure_add"), entry).status_code == 302
    again = browser.post(reverse("admin:circulation_closure_add"), entry)
    assert (again.status_code, Closure.objects.count()) == (200, 1)
    assert "Another entry covers one of these days already." in again.content.decode()


def test_admin_site_keeps_opening_hours(admin_user: User, branch: Branch) -> None:
    browser = Client()
    browser.force_login(admin_user)
    hours = {"branch": branch.pk, "weekday": 2, "opens_at": "10:00", "closes_at": "16:00"}
    assert browser.post(reverse("admin:circulation_openinghours_add"), hours).status_code == 302
    assert OpeningHours.objects.values_list("branch", "weekday").get() == (branch.pk, 2)


def test_admin_site_removes_an_entry_and_records_what_it_said(admin_desk: Client, admin_user: User) -> None:
    closure = close_on("2026-12-24", "2026-12-31")
    assert admin_desk.post(f"/admin/circulation/closure/{closure.pk}/delete/", {"post": "yes"}).status_code == 302
    action = Action.objects.get(verb="remove_closure")
    assert (action.by, action.target_type, action.target_id, Closure.objects.count()) == (
        admin_user, "circulation.closure", closure.pk, 0,
    )  # fmt: skip
    assert (action.before["from_on"], action.before["to_on"]) == ("2026-12-24", "2026-12-31")


def test_admin_site_removes_no_entry_without_which_no_day_is_open(admin_desk: Client, branch: Branch) -> None:
    """Closed for two years but for one day."""
    close_on("2026-03-01", "2028-03-01")
    opening = close_on("2026-03-10", opens=True)
    page = admin_desk.post(f"/admin/circulation/closure/{opening.pk}/delete/", {"post": "yes"}, follow=True)
    assert page.redirect_chain == [(f"/admin/circulation/closure/{opening.pk}/change/", 302)]
    assert f"{branch} would have no open day in the next year." in page.content.decode()
    assert Closure.objects.count() == 2


def test_admin_site_removes_no_opening_hours_without_which_no_day_is_open(admin_desk: Client, branch: Branch) -> None:
    """Open on Mondays and Tuesdays, every Monday a holiday: the Tuesdays stay."""
    open_on("12", branch=branch)
    for week in range(54):
        close_on((date(2026, 3, 2) + timedelta(weeks=week)).isoformat())
    monday, tuesday = OpeningHours.objects.order_by("weekday")
    for hours in (tuesday, monday):
        admin_desk.post(f"/admin/circulation/openinghours/{hours.pk}/delete/", {"post": "yes"})
    assert list(OpeningHours.objects.all()) == [tuesday]
