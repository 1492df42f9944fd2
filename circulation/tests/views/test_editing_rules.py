"""Rows of the rules at the desk: what they would change is shown first; refusals stand at their fields."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Branch, MemberCategory
from catalog.models import CopyType
from catalog.tests.factories import CopyFactory
from circulation.models import CirculationRule
from circulation.tests.factories import make_overdue_loan
from circulation.tests.views.pages import field_errors, forms, outcomes, rows, said, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def dvd(db: None) -> CopyType:
    return CopyType.objects.create(code="DVD", name="DVD")


@pytest.fixture
def row(dvd: CopyType) -> CirculationRule:
    return CirculationRule.objects.create(copy_type=dvd, loan_period=7, max_loans=-1, renewal_period=-1)


def filled(page: Any, **values: Any) -> dict[str, Any]:
    """The page's form as a browser would send it, with ``values`` typed in; ``""`` where nothing stands."""
    form = page.context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else value for name, value in shown.items() if value is not False}
    initial = {form[name].html_initial_name: sent.get(name, "") for name in form.fields if name != "key"}
    return {**initial, **sent, **values}


def test_rule_24_effect_is_shown_before_a_row_is_saved(admin_desk: Client, dvd: CopyType) -> None:
    make_overdue_loan(CopyFactory(copy_type=dvd), days=2)
    form = filled(admin_desk.get("/desk/rules/add/"), copy_type=dvd.pk, fine_amount_minor="0.20", max_loans="unlimited")
    asked = admin_desk.post("/desk/rules/add/", form)
    assert "For DVD Most loans: unlimited ; Fine: €0.20" in said(asked)
    assert "1 open loan is looked up here. Their due dates stay. 1 running fine changes: from €1.00 to €0.40." in said(
        asked
    )
    assert CirculationRule.objects.count() == 1
    page = send(admin_desk, "/desk/rules/add/", {**forms(asked, button="Save the rule")[0], "confirmed": "yes"})
    assert outcomes(page) == [("success", "The rule is saved. Loans from now on follow it.")]
    kept = CirculationRule.objects.get(copy_type=dvd)
    assert kept.parameters() == {"fine_amount_minor": 20, "max_loans": "unlimited"}


def test_rule_25_form_keeps_inherit_and_unlimited_apart(admin_desk: Client, row: CirculationRule) -> None:
    address = f"/desk/rules/{row.pk}/"
    page = admin_desk.get(address)
    form = page.context["form"]
    assert [form[name].value() for name in ("max_loans", "max_renewals", "renewal_period")] == [
        "unlimited",
        None,
        "none",
    ]
    send(admin_desk, address, filled(page, max_loans="", max_renewals="0", confirmed="yes"))
    row.refresh_from_db()
    assert row.parameters() == {"loan_period": 7, "max_renewals": 0, "renewal_period": "none"}


def test_form_that_is_sent_back_shows_what_was_typed(admin_desk: Client, row: CirculationRule) -> None:
    address = f"/desk/rules/{row.pk}/"
    asked = admin_desk.post(address, filled(admin_desk.get(address), loan_period="9"))
    again = admin_desk.post(address, {**forms(asked, button="Save the rule")[0], "again": "yes"})
    assert again.context["form"]["loan_period"].value() == "9"
    assert CirculationRule.objects.get(pk=row.pk).loan_period == 7


@pytest.mark.parametrize(("values", "error"), [
    ({"fixed_due_on": "2020-01-01"}, "Fixed due date: This day is over. Every loan would be due in the past."),
    ({"fixed_due_on": "99999-01-01"}, "Fixed due date: Enter a valid date."),
    ({"max_loans": "many"}, "Most loans: Write a whole number, “unlimited”, or nothing."),
    ({"fine_amount_minor": "-1"}, "Fine: Ensure this value is greater than or equal to 0."),
    ({"fine_period": "0"}, "For each: Ensure this value is greater than or equal to 1."),
    ({"loan_period": "40"}, "Loan period: This is longer than the membership of Adult, 1 months."),
])  # fmt: skip
def test_refusal_stands_at_its_field(
    values: dict[str, str], error: str, admin_desk: Client, row: CirculationRule
) -> None:
    MemberCategory.objects.filter(name="Adult").update(membership_months=1)
    page = admin_desk.post(f"/desk/rules/{row.pk}/", filled(admin_desk.get(f"/desk/rules/{row.pk}/"), **values))
    assert field_errors(page) == [error]
    assert CirculationRule.objects.get(pk=row.pk).loan_period == 7


def test_scope_that_is_taken_is_refused(admin_desk: Client, dvd: CopyType, row: CirculationRule) -> None:
    page = admin_desk.post("/desk/rules/add/", filled(admin_desk.get("/desk/rules/add/"), copy_type=dvd.pk))
    assert field_errors(page) == ["There is a rule for this branch, category and copy type already."]


def test_row_for_everything_stays_that(admin_desk: Client, dvd: CopyType) -> None:
    row = CirculationRule.objects.get()
    address = f"/desk/rules/{row.pk}/"
    send(admin_desk, address, filled(admin_desk.get(address), copy_type=dvd.pk, loan_period="14", confirmed="yes"))
    row.refresh_from_db()
    assert (row.scope, row.loan_period) == ((None, None, None), 14)


def test_row_is_removed_after_a_look(admin_desk: Client, row: CirculationRule) -> None:
    address = f"/desk/rules/{row.pk}/remove/"
    assert "0 open loans are looked up here." in said(admin_desk.get(address))
    assert CirculationRule.objects.count() == 2
    page = send(admin_desk, address, {"key": "the-form-1"})
    assert outcomes(page) == [("success", "The row is removed. What it set is inherited again.")]
    assert CirculationRule.objects.get().scope == (None, None, None)


def test_row_for_everything_is_not_removed(admin_desk: Client) -> None:
    address = f"/desk/rules/{CirculationRule.objects.get().pk}/remove/"
    assert forms(admin_desk.get(address), button="Remove") == []
    page = send(admin_desk, address, {"key": "the-form-1"})
    assert outcomes(page) == [("error", "The rule for everything can be changed, not removed.")]
    assert CirculationRule.objects.count() == 1


def test_librarian_looks_and_changes_nothing(desk: Client, row: CirculationRule) -> None:
    page = desk.get("/desk/rules/")
    assert ("Add a rule" in said(page), [len(each) for each in rows(page, 1)]) == (False, [1, 1])
    for address in ("add/", f"{row.pk}/", f"{row.pk}/remove/"):
        assert desk.get(f"/desk/rules/{address}").status_code == 403
        assert desk.post(f"/desk/rules/{address}", {"loan_period": "1", "confirmed": "yes"}).status_code == 403
    assert CirculationRule.objects.get(pk=row.pk).loan_period == 7


def test_rule_saved_in_the_admin_site_goes_through_the_same_service(admin_desk: Client, row: CirculationRule) -> None:
    address = f"/admin/circulation/circulationrule/{row.pk}/change/"
    page = admin_desk.get(address)
    form = page.context["adminform"].form
    values = {name: "" if form[name].value() is None else form[name].value() for name in form.fields}
    del values["clears_fixed_due_on"]
    assert admin_desk.post(address, {**values, "loan_period": "9"}).status_code == 302
    row.refresh_from_db()
    action = page.wsgi_request.user.actions.get()
    assert (row.loan_period, action.verb, action.after) == (
        9, "save_rule", {"loan_period": 9, "max_loans": "unlimited", "renewal_period": "none"},
    )  # fmt: skip


def test_form_sent_again_with_other_contents_is_not_taken_for_the_first(admin_desk: Client, branch: Branch) -> None:
    """Saved, Back, changed, saved again: nothing is said to be saved that was not."""
    row = CirculationRule.objects.create(branch=branch, loan_period=7)
    address = f"/desk/rules/{row.pk}/"
    page = admin_desk.get(address)
    sent = [
        admin_desk.post(address, filled(page, loan_period=str(days), confirmed="yes")).status_code
        for days in (8, 8, 21)
    ]
    row.refresh_from_db()
    assert (sent, row.loan_period) == ([302, 302, 409], 8)


def test_row_removed_with_a_second_click_is_gone_without_a_fault(admin_desk: Client, branch: Branch) -> None:
    row = CirculationRule.objects.create(branch=branch, loan_period=7)
    address = f"/desk/rules/{row.pk}/remove/"
    form = forms(admin_desk.get(address))[-1]
    assert [admin_desk.post(address, form).status_code for _each in range(2)] == [302, 302]
