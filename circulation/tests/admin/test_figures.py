"""What the admin site shows of rules and money: amounts as money, limits taken away in words."""

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import MemberFactory
from circulation.models import Allocation, CirculationRule, LedgerEntry
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import set_rule

pytestmark = pytest.mark.django_db


def cells(desk: Client, table: str) -> dict[str, str]:
    """The first row of a table of circulation, by column, without its links."""
    page = desk.get(f"/admin/circulation/{table}/").content.decode()
    row = page.split("<tbody>")[1].split("</tr>")[0]
    found = re.findall(r'<t[dh] class="field-(\w+)[^>]*>(.*?)</t[dh]>', row)
    return {name: re.sub("<[^>]+>", "", text) for name, text in found}


def shown(desk: Client, table: str, pk: int) -> str:
    return re.sub(r"<[^>]+>|\s+", " ", desk.get(f"/admin/circulation/{table}/{pk}/change/").content.decode())


def test_rules_show_money_and_limits_in_words(admin_desk: Client) -> None:
    rule = set_rule(fine_amount_minor=50, fine_cap_minor=-1, max_loans=-1, max_renewals=2)
    found = cells(admin_desk, "circulationrule")
    columns = ("max_loans", "max_renewals", "fine_amount_minor", "fine_cap_minor")
    assert [found[name] for name in columns] == ["unlimited", "2", "€0.50", "unlimited"]
    CirculationRule.objects.filter(pk=rule.pk).update(fine_amount_minor=1050, fine_cap_minor=None)
    found = cells(admin_desk, "circulationrule")
    assert [found[name] for name in columns] == ["unlimited", "2", "€10.50", "-"]


def test_ledger_shows_money_also_for_one_cent(admin_desk: Client) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=1, reason="lost card", by=None)
    payment = take_payment(member, amount_minor=1, by=None)
    assert cells(admin_desk, "ledgerentry")["allocated_minor"] == "€0.01"
    page = shown(admin_desk, "ledgerentry", payment.pk)
    assert re.findall(r"(Amount|Settled): +([^ ]+)", page) == [("Amount", "-€0.01"), ("Settled", "€0.01")]
    assert str(payment) == "Payment -0.01 EUR"


def test_allocations_show_money(admin_desk: Client) -> None:
    member = MemberFactory()
    charge_member(member, amount_minor=1250, reason="lost card", by=None)
    take_payment(member, amount_minor=1000, by=None)
    found = cells(admin_desk, "allocation")
    assert (found["credit"], found["debit"], found["amount_minor"]) == (
        "Payment -10.00 EUR", "Other charge 12.50 EUR", "€10.00",
    )  # fmt: skip
    page = shown(admin_desk, "allocation", Allocation.objects.get().pk)
    assert re.findall(r"Amount: +([^ ]+)", page) == ["€10.00"]
    assert LedgerEntry.objects.count() == 2


def test_columns_of_money_cost_no_query_for_each_row(admin_desk: Client) -> None:
    member, counts = MemberFactory(), []
    for lines in (1, 5):
        for _each in range(lines):
            charge_member(member, amount_minor=100, reason="lost card", by=None)
        with CaptureQueriesContext(connection) as queries:
            admin_desk.get("/admin/circulation/ledgerentry/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
