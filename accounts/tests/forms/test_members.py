"""Registering and editing members."""

from typing import Any

import pytest

from accounts.forms.members import (
    ContactForm,
    EditMemberForm,
    MemberSearchForm,
    NewCardForm,
    RegisterForm,
    RestrictForm,
)
from accounts.models import Member, MemberCategory
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def adult(db: None) -> MemberCategory:
    return MemberCategory.objects.get(code="ADULT")


def test_name_and_category_make_a_member(adult: MemberCategory) -> None:
    form = RegisterForm({"name": " Mia ", "category": adult.pk})
    assert form.is_valid() is True
    assert form.values == {
        "name": "Mia", "category": adult, "email": "", "phone": "", "group_name": "", "card_number": "", "address": "",
        "note": "",
    }  # fmt: skip


def test_five_fields_come_first_and_the_first_category_is_chosen(adult: MemberCategory) -> None:
    form = RegisterForm()
    assert [field.name for field in form.first_fields] == ["name", "category", "email", "phone", "group_name"]
    assert [field.name for field in form.more_fields] == ["card_number", "address", "note"]
    assert form.fields["category"].initial == adult


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""), ("name", "   "), ("name", "x" * 201), ("name", "a\x00b"), ("category", "abc"), ("category", "0"),
        ("category", ""), ("category", "9" * 30), ("email", "mia"), ("email", "mia@" + "x" * 400 + ".org"),
        ("phone", "1" * 41), ("group_name", "x" * 61), ("card_number", "no card!"), ("address", "x" * 501),
        ("note", "x" * 2_001),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_at_its_field(field: str, value: str, adult: MemberCategory) -> None:
    assert list(RegisterForm({"name": "Mia", "category": adult.pk, field: value}).errors) == [field]


@pytest.mark.parametrize("form", [RegisterForm, EditMemberForm, ContactForm])
def test_email_too_long_for_its_column_is_refused(form: type, adult: MemberCategory) -> None:
    email = "mia@" + ".".join(["x" * 60] * 5) + ".org"
    sent = form({"name": "Mia", "category": adult.pk, "joined_on": "2026-01-01", "email": email})
    assert list(sent.errors) == ["email"]


def test_edit_reaches_no_card_and_no_sign_in() -> None:
    assert sorted(EditMemberForm.Meta.fields) == [
        "address", "category", "email", "expires_on", "group_name", "joined_on", "keep_history", "name", "note",
        "phone",
    ]  # fmt: skip


@pytest.mark.parametrize("value", ["31.12.2026", "2026-02-30", "tomorrow", "0000-01-01", "10000-01-01", "1\x00"])
def test_day_that_is_none_is_refused(value: str) -> None:
    member = MemberFactory()
    sent = {"name": "x", "category": member.category_id, "joined_on": "2026-01-01", "expires_on": value}
    assert list(EditMemberForm(sent, instance=member).errors) == ["expires_on"]
    assert list(RestrictForm({"reason": "x", "until_on": value}).errors) == ["until_on"]


@pytest.mark.parametrize("value", ["1899-12-31", "0001-01-01", "3000-01-01", "9999-12-31"])
@pytest.mark.parametrize("field", ["joined_on", "expires_on"])
def test_day_beyond_all_records_is_refused(field: str, value: str) -> None:
    member = MemberFactory()
    sent = {"name": "x", "category": member.category_id, "joined_on": "2026-01-01", field: value}
    assert field in EditMemberForm(sent, instance=member).errors
    assert list(RestrictForm({"reason": "x", "until_on": value}).errors) == ["until_on"]


@pytest.mark.parametrize(
    ("ends", "errors"),
    [
        ("2025-12-31", {"expires_on": ["The membership ends on the day it begins or later."]}),
        ("2026-01-01", {}),
        ("", {}),
    ],
)
def test_membership_that_ends_before_it_begins_is_refused_at_its_field(ends: str, errors: dict[str, list[str]]) -> None:
    member = MemberFactory()
    sent = {"name": "x", "category": member.category_id, "joined_on": "2026-01-01", "expires_on": ends}
    assert EditMemberForm(sent, instance=member).errors == errors


def test_member_changes_only_how_to_be_reached() -> None:
    form = ContactForm({"email": "a@b.org", "name": "New", "note": "x", "category": "1"}, instance=Member())
    told = {"language": "", "notices_by": "", "notices_wanted": [], "keeps": ""}
    assert (form.is_valid(), form.values) == (True, {"email": "a@b.org", "phone": "", "address": "", **told})
    assert form.changed_values == {"email": "a@b.org"}


@pytest.mark.parametrize("reason", ["", "   ", "x" * 301, "a\x00"])
def test_bar_needs_a_reason(reason: str) -> None:
    assert list(RestrictForm({"reason": reason}).errors) == ["reason"]


def test_new_card_may_be_left_to_the_library() -> None:
    form = NewCardForm({})
    assert (form.is_valid(), form.values) == (True, {"card_number": "", "reason": ""})


@pytest.mark.parametrize(
    ("sent", "wrong"),
    [({}, []), ({"category": "abc"}, ["category"]), ({"q": "x" * 201}, ["q"]), ({"q": "\x00"}, ["q"]),
     ({"category": "9" * 30}, ["category"])],
)  # fmt: skip
def test_search_that_cannot_be_says_so(sent: dict[str, Any], wrong: list[str]) -> None:
    assert list(MemberSearchForm(sent).errors) == wrong
