"""32, money: whole minor units kept, rounded half up, in a ledger that is only added to and whose sum is the balance.

The amounts people type: accounts/tests/forms/test_fields.py; every currency: accounts/tests/test_money.py.
"""

import ast
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from accounts import money
from accounts.tests.factories import MemberFactory
from circulation import invariants
from circulation.models import LedgerEntry
from circulation.queries.ledger import balance_minor, outstanding_minor
from circulation.services.ledger import charge_member, take_payment, void_entry
from library_site.tests.test_architecture import sources
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/money.py", "rounding=ROUND_HALF_UP", 'rounding="ROUND_HALF_EVEN"'),
    Break(
        "circulation/services/ledger.py",
        "from collections.abc import Iterable\n",
        "from collections.abc import Iterable\n\nHALF = float(1) / 2\n",
    ),
    Break("circulation/migrations/0001_circulation.py", "('amount_minor', 0)", "('amount_minor', 1)"),
    Break("circulation/invariants.py", "yield from _ledger_as_recorded()", "yield from ()"),
]
# Seconds to wait, figures for who watches, numbers of versions, "no limit": no money.
NO_MONEY = {
    "catalog.openlibrary.json_values", "catalog.openlibrary.transport", "circulation.queries.hold_problems",
    "library_site.operation.metrics", "library_site.keeping.postgres", "library_site.replica",
}  # fmt: skip


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("0.005", "EUR", 1), ("1.025", "EUR", 103), ("-0.005", "EUR", -1), ("2.5", "JPY", 3), ("1.2345", "KWD", 1235)],
)
def test_amount_is_rounded_half_up_to_the_minor_unit_of_its_currency(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor


def test_balance_is_the_sum_of_lines_of_which_none_is_changed() -> None:
    member = MemberFactory()
    charge = charge_member(member, amount_minor=1_001, reason="stain", by=None)
    payment = take_payment(member, amount_minor=300, by=None)
    before = list(LedgerEntry.objects.order_by("pk").values_list("pk", "kind", "member", "amount_minor", "at"))
    void_entry(payment, reason="wrong member", by=None)
    take_payment(member, amount_minor=1, by=None)
    lines = list(LedgerEntry.objects.order_by("pk").values_list("pk", "kind", "member", "amount_minor", "at"))
    assert (lines[:2], [line[3] for line in lines]) == (before, [1_001, -300, 300, -1])
    assert (balance_minor(member), outstanding_minor(member), charge.pk) == (1_000, 1_000, before[0][0])
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("change", [{"amount_minor": 900}, {"kind": "replacement"}])
def test_line_that_was_changed_by_hand_is_found(change: dict[str, object]) -> None:
    entry = charge_member(MemberFactory(), amount_minor=1_001, reason="stain", by=None)
    LedgerEntry.objects.filter(pk=entry.pk).update(**change)
    assert list(invariants.broken()) != []


def test_line_that_was_deleted_by_hand_is_found() -> None:
    entry = charge_member(MemberFactory(), amount_minor=1_001, reason="stain", by=None)
    LedgerEntry.objects.filter(pk=entry.pk).delete()
    assert list(invariants.broken()) != []


def test_line_about_nothing_is_refused_by_the_database() -> None:
    facts = {"kind": "void", "member": MemberFactory(), "currency": "EUR", "at": timezone.now()}
    voids = charge_member(MemberFactory(), amount_minor=1, reason="stain", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        LedgerEntry.objects.create(amount_minor=0, voids=voids, **facts)


def test_no_amount_is_ever_a_float() -> None:
    fields = [field for model in apps.get_models() for field in model._meta.get_fields()
              if field.name.endswith("_minor")]  # fmt: skip
    assert (len(fields) > 5, [field for field in fields if not isinstance(field, models.IntegerField)]) == (True, [])
    floats = {
        name for name, text in sources() if "float" in text
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("float", "models.FloatField")
    }  # fmt: skip
    assert floats == NO_MONEY
