"""A member edited and barred at the desk."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Member, Restriction, User
from accounts.services.members import give_first_password, restrict_member
from accounts.tests.factories import MemberFactory
from accounts.tests.views.members import sent, texts
from accounts.tests.views.shown import what_the_page_says_it_shows

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form"


def edited(member: Member, **changes: Any) -> dict[str, Any]:
    held = {"name": member.name, "category": member.category_id, "joined_on": "2020-01-01", "keep_history": "unknown"}
    return held | {"key": KEY} | changes


def test_edit_is_saved_once_and_recorded(desk: Client) -> None:
    member = MemberFactory(name="Old")
    for _each in range(2):
        page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, name="New", expires_on="2027-01-31"))
    member.refresh_from_db()
    assert (page.headers["Location"], member.name, member.expires_on) == (
        f"/desk/members/{member.pk}/", "New", date(2027, 1, 31),
    )  # fmt: skip
    assert Action.objects.get().after == {"name": "New", "expires_on": "2027-01-31"}


def test_stale_form_changes_what_was_typed_into_it_and_leaves_what_others_saved(desk: Client) -> None:
    member = MemberFactory(name="Old", phone="1", address="Road 1\r\nTown", note="old", expires_on=date(2027, 1, 31))
    address = f"/desk/members/{member.pk}/edit/"
    said = what_the_page_says_it_shows(desk.get(address))
    answers = {"phone": "1", "address": "Road 1\r\nTown", "expires_on": "2027-01-31", "note": ""}
    Member.objects.update(name="Newer", phone="2", expires_on=date(2028, 1, 31), keep_history=True)
    pages = [desk.post(address, said | edited(member, **answers)) for _each in range(2)]
    member.refresh_from_db()
    assert ([page.status_code for page in pages], Action.objects.get().after) == ([302, 302], {"note": ""})
    assert (member.name, member.phone, member.expires_on, member.keep_history, member.note) == (
        "Newer", "2", date(2028, 1, 31), True, "",
    )  # fmt: skip


def test_form_shown_again_with_an_error_still_says_what_it_showed_at_first(desk: Client) -> None:
    member = MemberFactory(name="Old")
    address = f"/desk/members/{member.pk}/edit/"
    said = what_the_page_says_it_shows(desk.get(address))
    Member.objects.update(name="Newer")
    page = desk.post(address, said | edited(member, email="nobody"))
    assert what_the_page_says_it_shows(page) == said


def test_wrong_edit_saves_nothing_and_shows_the_member_as_is(desk: Client) -> None:
    member = MemberFactory(name="Old")
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, name="New", email="nobody"))
    member.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors), member.name) == (200, ["email"], "Old")
    assert page.context["member"].name == "Old"


def test_edit_reaches_nothing_but_its_fields(desk: Client, librarian: User) -> None:
    member = MemberFactory(card_number="C1", loans_ever=5)
    extra = {"card_number": "C2", "user": librarian.pk, "loans_ever": "0", "pin_hash": "x", "balance": "0", "id": "9",
             "is_staff": "1", "is_superuser": "1", "groups": "1"}  # fmt: skip
    desk.post(f"/desk/members/{member.pk}/edit/", edited(member, **extra))
    member.refresh_from_db()
    assert (member.card_number, member.user, member.loans_ever, member.pin_hash) == ("C1", None, 5, "")


def test_registering_reaches_nothing_but_its_fields(desk: Client, librarian: User) -> None:
    extra = {"user": librarian.pk, "loans_ever": "7", "pin_hash": "x", "expires_on": "2099-01-01", "is_staff": "1",
             "groups": "1", "joined_on": "1999-01-01", "balance": "-100"}  # fmt: skip
    desk.post("/desk/members/add/", sent(**extra))
    member = Member.objects.get()
    assert (member.user, member.loans_ever, member.pin_hash, member.expires_on) == (None, 0, "", None)
    assert (member.joined_on, User.objects.filter(is_staff=True).count()) == (timezone.localdate(), 0)


def test_new_email_reaches_the_sign_in(desk: Client) -> None:
    member = MemberFactory(email="old@example.org")
    give_first_password(member, password="paper", by=None)
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, email="new@example.org"), follow=True)
    assert (User.objects.get(member=member).email, "signs in with" in texts(page)) == ("new@example.org", False)


def test_email_that_somebody_else_signs_in_with_is_said(desk: Client, librarian: User) -> None:
    User.objects.filter(pk=librarian.pk).update(email="ada@example.org")
    member = MemberFactory(name="Mia")
    give_first_password(member, password="paper", by=None)
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, email="Ada@example.org"), follow=True)
    assert "Somebody else signs in with Ada@example.org. Mia signs in with the card number." in texts(page)
    assert User.objects.get(member=member).email == ""


def test_member_is_barred_once(desk: Client) -> None:
    member = MemberFactory(name="Mia")
    for _each in range(2):
        page = desk.post(f"/desk/members/{member.pk}/restrict/", {"reason": "ill-mannered", "key": KEY}, follow=True)
    assert (Restriction.objects.get().reason, "Mia may not borrow now." in texts(page)) == ("ill-mannered", True)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [({"reason": ""}, "reason"), ({"reason": "x", "until_on": "2020-01-01"}, "until_on"),
     ({"reason": "x", "until_on": "soon"}, "until_on"), ({"reason": "x" * 301}, "reason")],
)  # fmt: skip
def test_bar_that_cannot_be_is_refused_at_its_field(answers: dict[str, str], wrong: str, desk: Client) -> None:
    page = desk.post(f"/desk/members/{MemberFactory().pk}/restrict/", answers)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [wrong])
    assert Restriction.objects.count() == 0


def test_bar_is_lifted_by_the_button_of_the_page_however_often_it_is_pressed(desk: Client) -> None:
    restriction = restrict_member(MemberFactory(), reason="x", by=None)
    page = desk.get(restriction.member.get_absolute_url()).content.decode()
    form = re.search(rf'action="/desk/restrictions/{restriction.pk}/lift/">(.*?)</form>', page, re.DOTALL)[1]
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    statuses = [desk.post(f"/desk/restrictions/{restriction.pk}/lift/", {"key": key}).status_code for _each in range(2)]
    restriction.refresh_from_db()
    assert (statuses, restriction.lifted_at is None, Action.objects.filter(verb="lift_restriction").count()) == (
        [302, 302], False, 1,
    )  # fmt: skip


def test_bar_that_was_lifted_already_is_not_lifted_again(desk: Client) -> None:
    restriction = restrict_member(MemberFactory(), reason="x", by=None)
    statuses = [desk.post(f"/desk/restrictions/{restriction.pk}/lift/").status_code for _each in range(2)]
    assert statuses == [302, 409]
