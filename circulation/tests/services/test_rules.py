"""RULE: the row for everything, removal of others, and the currency all amounts are in."""

from decimal import Decimal

import pytest

from accounts.models import Action, LibrarySettings, MemberCategory, User
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import CirculationRule
from circulation.services.ledger import charge_member
from circulation.services.rules import change_currency, ensure_rules, remove_rule
from circulation.tests.factories import set_library, set_rule
from circulation.tests.refusals import code_of

pytestmark = pytest.mark.django_db


def for_all() -> CirculationRule:
    return CirculationRule.objects.get(branch=None, category=None, copy_type=None)


def test_library_begins_with_the_seeded_row() -> None:
    CirculationRule.objects.all().delete()
    ensure_rules()
    assert for_all().parameters() == {
        "loan_period": 21, "loan_unit": "days", "due_date_mode": "datedue", "fixed_due_mode": "before",
        "max_loans": 5, "max_renewals": 2, "fine_amount_minor": 50, "fine_period": 1,
        "fine_charged_at": "period_end", "grace_period": 0, "grace_included": True, "fine_cap_minor": 1000,
        "cap_fine_to_price": True, "charge_closed_days": False, "suspension_days": 0, "suspension_max": "unlimited",
        "max_holds": 5, "hold_pickup_days": 7, "holds_on_shelf": "yes",
        "renewal_blocked_by_holds": "unless_others_free",
    }  # fmt: skip


def test_row_that_was_changed_stays_as_it_is() -> None:
    set_rule(loan_period=7)
    ensure_rules()
    assert (for_all().loan_period, CirculationRule.objects.count()) == (7, 1)


def test_rule_10_row_for_everything_cannot_be_removed(librarian: User) -> None:
    assert code_of(remove_rule, for_all(), by=librarian) == "rule_for_all"
    assert for_all().loan_period == 21


def test_rule_11_other_row_can_be_removed_and_is_remembered(librarian: User) -> None:
    row = CirculationRule.objects.create(branch=BranchFactory(), loan_period=7, max_loans=-1)
    pk = row.pk
    remove_rule(row, by=librarian)
    assert CirculationRule.objects.get() == for_all()
    assert Action.objects.values("verb", "target_id", "before").get() == {
        "verb": "remove_rule", "target_id": pk, "before": {"loan_period": "7", "max_loans": "unlimited"},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("currency", "fine", "cap", "price"), [("JPY", 1, 10, 20), ("KWD", 500, 10_000, 19_900), ("USD", 50, 1000, 1990)]
)
def test_pay_16_amounts_keep_their_figure_in_another_currency(
    currency: str, fine: int, cap: int, price: int, librarian: User
) -> None:
    """Before any money was booked 0.50 EUR becomes 0.50 USD, 0.500 KWD, 1 JPY (half up)."""
    copy = CopyFactory(price_minor=1990)
    MemberFactory(category__debt_limit_minor=None)
    unlimited = CirculationRule.objects.create(branch=BranchFactory(), fine_cap_minor=-1)
    change_currency(currency=currency, by=librarian)
    row = for_all()
    copy.refresh_from_db()
    unlimited.refresh_from_db()
    assert (row.fine_amount_minor, row.fine_cap_minor, copy.price_minor) == (fine, cap, price)
    assert (unlimited.fine_cap_minor, unlimited.fine_amount_minor) == (-1, None)
    assert LibrarySettings.current().currency == currency
    assert Action.objects.values("before", "after").get() == {
        "before": {"currency": "EUR"}, "after": {"currency": currency},
    }  # fmt: skip
    limits = {"JPY": Decimal("0.01"), "KWD": Decimal(10), "USD": Decimal(1)}[currency]
    assert MemberCategory.objects.get(code="ADULT").debt_limit_minor == 1000 * limits


def test_pay_17_currency_stays_once_money_was_booked(librarian: User) -> None:
    charge_member(MemberFactory(), amount_minor=1, reason="lost card", by=librarian)
    assert code_of(change_currency, currency="USD", by=librarian) == "currency_in_use"
    set_library(currency_fixed=False)
    assert code_of(change_currency, currency="USD", by=librarian) == "currency_in_use"
    assert LibrarySettings.current().currency == "EUR"


def test_same_currency_again_is_no_change(librarian: User) -> None:
    charge_member(MemberFactory(), amount_minor=1, reason="lost card", by=librarian)
    change_currency(currency="EUR", by=librarian)
    assert for_all().fine_amount_minor == 50
