"""/desk/rules/: the matrix of all pairs, the rows, and what holds for one pair."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Branch, MemberCategory
from accounts.queries import default_category
from accounts.tests.factories import BranchFactory, MemberCategoryFactory
from catalog.models import CopyType
from catalog.tests.factories import CopyTypeFactory
from circulation.models import CirculationRule
from circulation.tests.factories import close_on, set_rule, zurich
from circulation.tests.views.pages import rows, said, tree, words

pytestmark = pytest.mark.django_db
SEEDED = "21 days, 2 renewals, €0.50 per day up to €10.00, 5 loans"


def cells(page: Any) -> dict[str, list[str]]:
    """The lines of the matrix by member category, without what is only read aloud."""
    table = tree(page).findall(".//table")[0]
    for each in table.iter("span"):
        if each.get("class") == "visually-hidden":
            each.text = ""
    return {words(row.find("th")): [words(cell) for cell in row.findall("td")] for row in table.findall("tbody/tr")}


def lookup(client: Client, branch: Branch, kind: CopyType) -> Any:
    return client.get(f"/desk/rules/{branch.pk}/{default_category().pk}/{kind.pk}/")


def facts(page: Any) -> dict[str, tuple[str, str]]:
    """Each parameter's value and the row it comes from."""
    body = tree(page).findall(".//table/tbody")
    found = [[words(cell) for cell in row.findall("td")] for part in body for row in part.findall("tr")[1:]]
    return {label: (value, row) for label, value, row in found}


@pytest.fixture
def book_type(db: None) -> CopyType:
    return CopyType.objects.get()


@pytest.fixture
def dvd(db: None) -> CopyType:
    return CopyTypeFactory(code="DVD", name="DVD")


def test_matrix_says_what_holds_for_each_pair(desk: Client, book_type: CopyType, dvd: CopyType) -> None:
    child = MemberCategory.objects.get(name="Child")
    CirculationRule.objects.create(copy_type=dvd, loan_period=7, max_loans=-1)
    CirculationRule.objects.create(category=child, fine_amount_minor=0, max_renewals=1)
    assert cells(desk.get("/desk/rules/")) == {
        str(default_category()): [SEEDED, "7 days, 2 renewals, €0.50 per day up to €10.00, unlimited loans"],
        "Child": ["21 days, 1 renewal, no fine, 5 loans", "7 days, 1 renewal, no fine, unlimited loans"],
    }


@pytest.mark.parametrize(("parameters", "line"), [
    ({"loan_unit": "hours", "loan_period": 1},
     "1 hour, 2 renewals, €0.50 per hour up to €10.00, 5 loans"),
    ({"fine_period": 7, "fine_cap_minor": -1}, "21 days, 2 renewals, €0.50 per 7 days, 5 loans"),
    ({"max_renewals": -1, "max_loans": 1}, "21 days, unlimited renewals, €0.50 per day up to €10.00, 1 loan"),
    ({"fixed_due_on": "2027-06-30", "fixed_due_mode": "before", "fine_amount_minor": 0},
     "21 days, at the latest on 30 Jun 2027, 2 renewals, no fine, 5 loans"),
    ({"fixed_due_on": "2027-06-30", "fixed_due_mode": "after", "fine_amount_minor": 0},
     "21 days, at the earliest on 30 Jun 2027, 2 renewals, no fine, 5 loans"),
    ({"fixed_due_on": "2027-06-30", "fixed_due_mode": "exactly", "fine_amount_minor": 0},
     "until 30 Jun 2027, 2 renewals, no fine, 5 loans"),
])  # fmt: skip
def test_line_of_a_cell(parameters: dict[str, Any], line: str, desk: Client, book_type: CopyType) -> None:
    set_rule(**parameters)
    assert cells(desk.get("/desk/rules/"))["Adult"] == [line]


def test_matrix_is_that_of_the_branch_asked_for(desk: Client, branch: Branch, book_type: CopyType) -> None:
    other = BranchFactory(name="Annex")
    CirculationRule.objects.create(branch=other, loan_period=3)
    named = {at: cells(desk.get(f"/desk/rules/?branch={at}")) for at in (branch.pk, other.pk, "x", 999)}
    line = {at: next(iter(each.values())) for at, each in named.items()}
    assert line == {branch.pk: [SEEDED], other.pk: [SEEDED.replace("21", "3")], "x": [SEEDED], 999: [SEEDED]}


def test_rows_are_listed_with_what_they_set_widest_first(desk: Client, branch: Branch, dvd: CopyType) -> None:
    CirculationRule.objects.create(branch=branch, copy_type=dvd, loan_period=7, loan_unit="hours", max_holds=-1)
    CirculationRule.objects.create(copy_type=dvd, renewal_period=-1, clears_fixed_due_on=True, charge_closed_days=True)
    CirculationRule.objects.create(category=default_category())
    table = tree(desk.get("/desk/rules/")).findall(".//table")[1]
    found = [[words(cell) for cell in row] for row in table.findall("tbody/tr")]
    assert found[0][0] == "everything"
    assert [row[:2] for row in found[1:]] == [
        ["DVD", "Fixed due date: none ; Renewal period: none ; Closed days are charged: yes"],
        [str(default_category()), "nothing, all is inherited"],
        [f"{branch} / DVD", "Loan period: 7 hours ; Most holds: unlimited"],
    ]


def test_rule_22_pair_tells_every_parameter_and_the_row_it_comes_from(
    desk: Client, branch: Branch, dvd: CopyType
) -> None:
    CirculationRule.objects.create(copy_type=dvd, loan_period=7, no_renewal_before=1)
    CirculationRule.objects.create(branch=branch, copy_type=dvd, fine_cap_minor=-1)
    everything = "the rule for every branch, member category and copy type"
    assert facts(lookup(desk, branch, dvd)) == {
        "Loan period": ("7 days", "the rule for DVD"),
        "Closed days and the due date": ("moved to the next open day", everything),
        "Fixed due date": ("none", everything),
        "The fixed date holds": ("at the latest", everything),
        "Most loans": ("5", everything),
        "Most renewals": ("2", everything),
        "Renewal period": ("none", everything),
        "No renewal earlier than days before": ("1 day", "the rule for DVD"),
        "Renewal is blocked": ("unless other copies can fill it", everything),
        "Fine": ("€0.50", everything),
        "For each": ("1 day", everything),
        "Charged": ("when a period is over", everything),
        "Grace period": ("0 days", everything),
        "Grace days are charged once it is exceeded": ("yes", everything),
        "Highest fine": ("unlimited", f"the rule for {branch} / DVD"),
        "Never above the copy's price": ("yes", everything),
        "Closed days are charged": ("no", everything),
        "Days barred for each day late": ("0 days", everything),
        "Most days barred": ("unlimited", everything),
        "Most holds": ("5", everything),
        "Days on the hold shelf": ("7 days", everything),
        "Holds on copies that are in": ("always", everything),
    }


def test_rule_23_pair_shows_a_due_date_for_today_with_its_steps(
    desk: Client, branch: Branch, dvd: CopyType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("circulation.views.rules.timezone.now", lambda: zurich("2026-03-02T10:00"))
    CirculationRule.objects.create(copy_type=dvd, loan_period=7)
    close_on("2026-03-09", "2026-03-10")
    sheet = tree(lookup(desk, branch, dvd)).find(".//section[@class='sheet']")
    assert words(sheet) == (
        "If it were lent now Due 11 Mar 2026 Why? 7 days from 2 Mar 2026: 9 Mar 2026, by the rule for *, *, DVD "
        ""
        "Closed, passed over: 9 Mar 2026, 10 Mar 2026"
    )


def test_pair_without_an_open_day_says_so(desk: Client, branch: Branch, book_type: CopyType) -> None:
    close_on("2020-01-01", "2999-12-31")
    assert "No due date can be found" in said(lookup(desk, branch, book_type))


@pytest.mark.parametrize("address", ["999/1/1", "1/999/1", "1/1/999", "99999999999999999999/1/1"])
def test_pair_that_is_not_there(address: str, desk: Client, branch: Branch, book_type: CopyType) -> None:
    parts = {"branch": branch.pk, "category": default_category().pk, "copy_type": book_type.pk}
    real = zip(address.split("/"), parts.values(), strict=True)
    path = "/".join(str(pk) if part == "1" else part for part, pk in real)
    assert desk.get(f"/desk/rules/{path}/").status_code == 404


def test_page_asks_the_database_as_often_for_three_of_each(desk: Client, branch: Branch, dvd: CopyType) -> None:
    asked = []
    for _n in range(2):
        for address in ("/desk/rules/", f"/desk/rules/{branch.pk}/{default_category().pk}/{dvd.pk}/"):
            with CaptureQueriesContext(connection) as queries:
                desk.get(address)
            asked.append(len(queries))
        kinds = [MemberCategoryFactory(), MemberCategoryFactory()]
        CopyTypeFactory(), CopyTypeFactory()
        for kind in kinds:
            CirculationRule.objects.create(category=kind, branch=branch, copy_type=dvd, loan_period=3)
    assert asked == [9, 10, 9, 10]
    assert rows(desk.get("/desk/rules/"))
