"""Whatever is typed into a form of the desk: it says what is wrong or gives a clean value, and never crashes."""

from collections.abc import Callable
from functools import partial

import pytest
from django import forms

from accounts.tests.anything import TEXTS, taken_by, text
from circulation.forms.desk import IssueForm, RenewForm, ReturnByMemberForm, ReturnForm
from circulation.forms.ledger import CashUpForm, ChargeForm, PaymentForm, WaiverForm
from circulation.forms.loans import LoanFilterForm

MONEY = [partial(form, currency="EUR") for form in (PaymentForm, WaiverForm, ChargeForm)]
FORMS: list[Callable[..., forms.Form]] = [IssueForm, ReturnForm, ReturnByMemberForm, RenewForm, LoanFilterForm, *MONEY]


def name_of(form: Callable[..., forms.Form]) -> str:
    return getattr(form, "func", form).__name__


@pytest.mark.parametrize("make", FORMS, ids=name_of)
def test_field_of_anything_is_an_error_or_clean(make: Callable[..., forms.Form]) -> None:
    for name, field in make().fields.items():
        assert [value for value in taken_by(field) if "\x00" in str(value)] == [], name


@pytest.mark.parametrize("make", FORMS, ids=name_of)
def test_form_of_anything_is_an_error_or_clean(make: Callable[..., forms.Form]) -> None:
    names = list(make().fields)
    for value in TEXTS:
        form = make(dict.fromkeys(names, text(value)))
        assert form.is_valid() or form.errors, value[:20]


@pytest.mark.parametrize("make", MONEY, ids=name_of)
def test_amount_of_anything_but_a_number_is_an_error(make: Callable[..., forms.Form]) -> None:
    for value in TEXTS:
        if not value.isdecimal():
            form = make({"amount_minor": text(value), "reason": "x"})
            assert list(form.errors) == ["amount_minor"], value[:20]


@pytest.mark.django_db
def test_day_and_branch_of_anything_are_errors() -> None:
    for value in TEXTS:
        if value.strip():
            assert sorted(CashUpForm({"day": text(value), "branch": text(value)}).errors) == ["branch", "day"]
