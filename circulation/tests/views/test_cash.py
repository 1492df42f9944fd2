"""/desk/cash/: what must be in the till, by desk and person, and line by line as a file."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Branch, Member, User
from accounts.tests.factories import BranchFactory, MemberFactory
from circulation.services.ledger import charge_member, refund, take_payment, void_entry, waive
from circulation.tests.factories import set_library, zurich
from circulation.tests.views.pages import rows, said, tiles, tree, words

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
MORNING, NIGHT = zurich("2026-03-02T10:00"), zurich("2026-03-02T23:59")


@pytest.fixture
def day(librarian: User, admin_user: User, branch: Branch) -> Member:
    """At the first desk 5.00 and 2.00 too much, 1.00 given back, 3.00 by mistake; at another 4.00; all on 2 March."""
    member, other = MemberFactory(card_number="M1"), BranchFactory(name="Annex")
    charge_member(member, amount_minor=1_500, reason="stain", by=librarian, now=MORNING)
    here = {"branch": branch, "by": librarian}
    take_payment(member, amount_minor=500, now=MORNING, **here)
    void_entry(take_payment(member, amount_minor=300, now=MORNING, **here), reason="typing", by=librarian, now=MORNING)
    take_payment(member, amount_minor=400, branch=other, by=admin_user, now=NIGHT)
    waive(member, amount_minor=600, reason="new here", by=librarian, now=NIGHT)
    take_payment(member, amount_minor=200, overpay=True, now=NIGHT, **here)
    refund(member, amount_minor=100, reason="=asked", now=NIGHT, **here)
    take_payment(member, amount_minor=50, overpay=True, now=NIGHT + timedelta(minutes=1), **here)
    return member


def foot(page) -> str:
    return words(tree(page).find(".//tfoot"))


def test_money_of_a_day_by_desk_and_person(desk: Client, day: Member) -> None:
    """What was waived is no money, and a minute after midnight is another day."""
    page = desk.get("/desk/cash/?day=2026-03-02")
    assert rows(page) == [
        ["Ada Admin", "Annex", "€4.00", "€0.00", "€0.00", "€0.00", "€4.00"],
        ["Lena Librarian", "Main library", "€8.00", "€2.00", "-€1.00", "-€3.00", "€6.00"],
    ]  # fmt: skip
    assert (foot(page), tiles(page)) == ("All €12.00 €2.00 -€1.00 -€3.00 €10.00", {"Must be in the till": "€10.00"})


def test_money_of_one_desk(desk: Client, day: Member, branch: Branch) -> None:
    page = desk.get(f"/desk/cash/?day=2026-03-02&branch={branch.pk}")
    assert tiles(page) == {"Must be in the till": "€6.00"}


def test_day_is_today_unless_it_is_chosen(desk: Client, librarian: User, branch: Branch) -> None:
    assert "No money on this day" in said(desk.get("/desk/cash/"))
    take_payment(MemberFactory(), amount_minor=100, overpay=True, branch=branch, by=librarian, now=timezone.now())
    assert tiles(desk.get("/desk/cash/")) == {"Must be in the till": "€1.00"}


def test_lines_as_a_file(desk: Client, day: Member) -> None:
    response = desk.get("/desk/cash.csv?day=2026-03-02")
    lines = list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert lines[0] == ["Number", "Time", "Desk", "By", "Member ID", "What", "Amount", "Reason"]
    assert [line[5:] for line in lines[1:]] == [
        ["Payment", "5.00", ""], ["Payment", "3.00", ""], ["Reversal", "-3.00", "typing"], ["Payment", "4.00", ""],
        ["Overpayment", "2.00", ""], ["Refund", "-1.00", "'=asked"],
    ]  # fmt: skip
    assert lines[1][1:5] == ["2026-03-02 10:00", "Main library", "Lena Librarian", "M1"]
    assert response.headers["Content-Disposition"] == 'attachment; filename="cash-2026-03-02.csv"'


def test_file_in_the_digits_of_the_currency(desk: Client, branch: Branch) -> None:
    set_library(currency="KWD")
    take_payment(MemberFactory(), amount_minor=1_250, overpay=True, branch=branch, by=None, now=MORNING)
    assert "Overpayment,1.250" in desk.get("/desk/cash.csv?day=2026-03-02").getvalue().decode()


@pytest.mark.parametrize("query", ["day=2026-02-30", "day=x", "branch=999", "branch=x", "day=0001-01-01"])
def test_odd_question_is_an_error_of_the_form(query: str, desk: Client) -> None:
    page = desk.get(f"/desk/cash/?{query}")
    assert (page.status_code, "There is a problem" in said(page)) == (200, True)
    assert desk.get(f"/desk/cash.csv?{query}").status_code == 400


def test_page_needs_as_many_statements_for_any_number(desk: Client, day: Member, django_assert_num_queries) -> None:
    with django_assert_num_queries(6):
        desk.get("/desk/cash/?day=2026-03-02")
