"""/desk/rules/: what holds for whom and why, and rows that show what they would change before they are kept."""

import pytest
import time_machine
from django.test import Client

from accounts.models import Branch, MemberCategory
from accounts.tests.factories import MemberFactory
from catalog.models import CopyType
from catalog.tests.factories import CopyFactory
from circulation.models import CirculationRule, Loan
from circulation.tests.factories import close_on, make_loan, set_rule, zurich
from circulation.tests.views.pages import messages, rows, said, whys_due

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")
ROW = "/desk/rules/row/"


@pytest.fixture(autouse=True)
def _today():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def adult(db: None) -> MemberCategory:
    return MemberCategory.objects.get(code="ADULT")


@pytest.fixture
def book_type(db: None) -> CopyType:
    return CopyFactory().copy_type


def pair(branch: Branch, adult: MemberCategory, book_type: CopyType) -> str:
    return f"/desk/rules/pair/?branch={branch.pk}&category={adult.pk}&copy_type={book_type.pk}"


def test_matrix_says_what_holds_for_each_pair(desk: Client, adult: MemberCategory, book_type: CopyType) -> None:
    CirculationRule.objects.create(
        category=adult, copy_type=book_type, loan_period=7, max_loans=-1, fine_amount_minor=0
    )
    cells = [cell for row in rows(desk.get("/desk/rules/")) for cell in row]
    assert f"7 days {adult}, {book_type} own row any number of loans · 2 renewals · no fine" in cells
    set_rule(fine_period=7)
    CirculationRule.objects.filter(category=adult).update(fine_amount_minor=None)
    assert "renewals · €0.50 for each 7 days" in said(desk.get("/desk/rules/"))


def test_rule_22_pair_shows_the_row_of_every_parameter(
    desk: Client, branch: Branch, adult: MemberCategory, book_type: CopyType
) -> None:
    CirculationRule.objects.create(category=adult, loan_period=7, max_loans=-1)
    set_rule(renewal_period=None)
    page = desk.get(pair(branch, adult, book_type))
    assert len(rows(page)) == 23
    assert rows(page)[0] == ["7", f"any / {adult} / any"]
    assert rows(page)[5] == ["unlimited", f"any / {adult} / any"]
    assert rows(page)[6] == ["2", "everything"]
    assert rows(page)[7] == ["none", "the value every library begins with"]
    assert rows(page)[9] == ["€0.50", "everything"]


def test_rule_23_pair_shows_a_due_date_for_today_and_its_steps(
    desk: Client, branch: Branch, adult: MemberCategory, book_type: CopyType
) -> None:
    CirculationRule.objects.create(category=adult, loan_period=7)
    close_on("2026-03-09")
    page = desk.get(pair(branch, adult, book_type))
    assert "Lent now Due 10 March 2026" in said(page)
    assert whys_due(page) == [
        ["7 days from 2 Mar 2026: 9 Mar 2026, by the rule for *, ADULT, *", "Closed, passed over: 9 Mar 2026"]
    ]


def test_pair_names_the_eight_rows_in_their_order(
    desk: Client, branch: Branch, adult: MemberCategory, book_type: CopyType
) -> None:
    names = [row[0] for row in rows(desk.get(pair(branch, adult, book_type)), 1)]
    assert (names[0], names[3], names[4], names[7]) == (
        f"{branch} / {adult} / {book_type}", f"{branch} / any / any", f"any / {adult} / {book_type}", "any / any / any",
    )  # fmt: skip


def test_rule_24_change_is_shown_for_the_open_loans_before_it_is_kept(
    admin_desk: Client, adult: MemberCategory
) -> None:
    for _each in range(2):
        make_loan(member=MemberFactory(category=adult), now=zurich("2026-02-05T10:00"))
    Loan.objects.update(renewals=1)
    before = list(Loan.objects.values_list("due_at", flat=True))
    said_now = {"fine_amount_minor": "0.20", "max_renewals": "1", "key": "a-key-of-a-form"}
    page = admin_desk.post(f"{ROW}?category={adult.pk}", said_now)
    assert (
        "2 open loans fall under it. Their due dates stay. "
        "2 overdue loans would cost €1.60 together now instead of €4.00. 2 loans could not be renewed any more."
    ) in said(page)
    assert CirculationRule.objects.count() == 1
    kept = admin_desk.post(f"{ROW}?category={adult.pk}", said_now | {"save": "1"}, follow=True)
    assert messages(kept) == ["The rule is kept. It holds from now on."]
    assert CirculationRule.objects.get(category=adult).parameters() == {"fine_amount_minor": 20, "max_renewals": 1}
    assert list(Loan.objects.values_list("due_at", flat=True)) == before


def test_change_without_effect_says_so(admin_desk: Client, adult: MemberCategory) -> None:
    make_loan(member=MemberFactory(category=adult), now=NOW)
    page = admin_desk.post(f"{ROW}?category={adult.pk}", {"loan_period": "21"})
    assert "Nothing changes for the loans now open." in said(page)


def test_row_that_contradicts_is_refused_at_its_field(admin_desk: Client, adult: MemberCategory) -> None:
    page = admin_desk.post(f"{ROW}?category={adult.pk}", {"fine_cap_minor": "0.10", "save": "1"})
    assert "Highest fine: The highest fine is below a single fine." in said(page)
    assert CirculationRule.objects.count() == 1


def test_rule_25_inherit_and_unlimited_are_kept_apart(admin_desk: Client, adult: MemberCategory) -> None:
    address = f"{ROW}?category={adult.pk}"
    admin_desk.post(
        address, {"max_loans": "unlimited", "renewal_period": "none", "grace_included": "false", "save": "1"}
    )
    row = CirculationRule.objects.get(category=adult)
    assert row.parameters() == {"max_loans": "unlimited", "renewal_period": "none", "grace_included": False}
    form = admin_desk.get(address).context["form"]
    assert (form["max_loans"].value(), form["max_renewals"].value()) == ("unlimited", None)
    assert "Empty: inherited, 2. Or “unlimited”." in said(admin_desk.get(address))


def test_removed_row_says_what_changes_first(admin_desk: Client, adult: MemberCategory) -> None:
    row = CirculationRule.objects.create(category=adult, max_renewals=0)
    make_loan(member=MemberFactory(category=adult), now=NOW)
    address = f"/desk/rules/{row.pk}/remove/"
    assert "1 loan could be renewed again." in said(admin_desk.get(address))
    assert messages(admin_desk.post(address, {}, follow=True)) == [
        "The rule is removed. What it said is inherited again."
    ]
    assert CirculationRule.objects.count() == 1


def test_row_for_everything_has_no_page_to_remove_it(admin_desk: Client) -> None:
    assert admin_desk.get(f"/desk/rules/{set_rule().pk}/remove/").status_code == 404


@pytest.mark.parametrize("query", ["branch=x", "category=999999", "copy_type=²"])
def test_address_that_names_nothing_is_not_found(query: str, admin_desk: Client) -> None:
    assert (admin_desk.get(f"{ROW}?{query}").status_code, admin_desk.get(f"/desk/rules/pair/?{query}").status_code) == (
        404, 404,
    )  # fmt: skip


def test_matrix_asks_the_same_for_any_number_of_pairs(desk: Client, django_assert_num_queries) -> None:
    for number in range(4):
        MemberCategory.objects.create(code=f"C{number}", name=f"C{number}")
    desk.get("/desk/rules/")
    with django_assert_num_queries(8):
        desk.get("/desk/rules/")


@pytest.mark.parametrize("loans", [1, 4])
def test_effect_asks_the_same_for_any_number_of_loans(
    loans: int, admin_desk: Client, adult: MemberCategory, django_assert_num_queries
) -> None:
    for _each in range(loans):
        make_loan(member=MemberFactory(category=adult), now=zurich("2026-02-05T10:00"))
    with django_assert_num_queries(29):
        admin_desk.post(f"{ROW}?category={adult.pk}", {"fine_amount_minor": "0.20"})
