"""A person's own data."""

from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, Member, User
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.views.shown import what_the_page_says_it_shows

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody guesses"
CONTACT = {
    "email": "new@example.org", "phone": "555", "address": "Road 1", "key": "a-key-of-a-form", "password": PASSWORD,
}  # fmt: skip
REMINDERS = {
    "notices_by": "email",
    "notices_wanted": ["due_soon", "hold_ready", "hold_expired", "membership_ending"],
}


@pytest.fixture
def member_user(member_user: User) -> User:
    """Mia has a password."""
    member_user.set_password(PASSWORD)
    member_user.save()
    return member_user


def held(user: User) -> dict[str, Any]:
    return Member.objects.filter(user=user).values("email", "phone", "address").get()


def test_member_changes_how_to_be_reached_once(mine: Client, member_user: User) -> None:
    pages = [mine.post("/me/profile/", CONTACT, follow=True) for _each in range(2)]
    assert held(member_user) == {"email": "new@example.org", "phone": "555", "address": "Road 1"}
    assert ["Your contact is saved." in page.content.decode() for page in pages] == [True, True]
    assert (Action.objects.get().by, Action.objects.get().verb) == (member_user, "edit_member")


def test_wrong_contact_is_said_at_its_field_and_not_saved(mine: Client, member_user: User) -> None:
    page = mine.post("/me/profile/", CONTACT | {"email": "nobody"})
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["email"])
    assert held(member_user) == {"email": "", "phone": "", "address": ""}


def test_new_email_is_the_one_to_sign_in_with(mine: Client, member_user: User) -> None:
    emails = []
    for email in ("new@example.org", ""):
        mine.post("/me/profile/", CONTACT | {"email": email, "key": f"form-with-{email}"})
        member_user.refresh_from_db()
        emails.append(member_user.email)
    assert emails == ["new@example.org", ""]


@pytest.mark.parametrize("password", ["", "wrong", None])
def test_email_is_not_changed_without_the_password_and_nothing_else_with_it(
    password: str | None, mine: Client, member_user: User
) -> None:
    sent = {name: value for name, value in (CONTACT | {"password": password}).items() if value is not None}
    page = mine.post("/me/profile/", sent)
    assert (page.status_code, list(page.context["form"].errors)) == (200, ["password"])
    assert held(member_user) == {"email": "", "phone": "", "address": ""}
    assert PASSWORD not in page.content.decode()


def test_everything_but_the_email_changes_without_the_password(mine: Client, member_user: User) -> None:
    mine.post("/me/profile/", {"email": "", "phone": "555", "address": "Road 1"})
    assert held(member_user) == {"email": "", "phone": "555", "address": "Road 1"}


def test_tries_at_the_password_of_an_open_page_count_like_those_at_the_door(mine: Client, member_user: User) -> None:
    statuses = [mine.post("/me/profile/", CONTACT | {"password": "wrong"}).status_code for _each in range(11)]
    door = Client().post("/accounts/login/", {"login": member_user.username, "password": PASSWORD})
    assert (statuses, door.status_code) == ([200] * 10 + [429], 429)


def test_email_that_somebody_else_signs_in_with_is_kept_and_said_once(mine: Client, member_user: User) -> None:
    UserFactory(email="new@example.org")
    said = "Somebody else signs in with new@example.org. You sign in with your card number."
    pages = [mine.post("/me/profile/", CONTACT | {"phone": n, "key": f"form-number-{n}"}, follow=True) for n in "12"]
    member_user.refresh_from_db()
    assert (held(member_user)["email"], member_user.email) == ("new@example.org", "")
    assert [said in page.content.decode() for page in pages] == [True, False]


def test_contact_shown_before_the_desk_changed_it_does_not_bring_the_old_one_back(
    mine: Client, member_user: User
) -> None:
    said = what_the_page_says_it_shows(mine.get("/me/profile/"))
    Member.objects.filter(user=member_user).update(phone="555")
    mine.post("/me/profile/", said | CONTACT | REMINDERS | {"email": "", "phone": ""})
    assert held(member_user) == {"email": "", "phone": "555", "address": "Road 1"}
    assert Action.objects.get().after == {"address": "Road 1"}


def test_member_reaches_nothing_else(mine: Client, member_user: User) -> None:
    other = MemberFactory(name="Otto", phone="1")
    before = (
        Member.objects.filter(user=member_user).values("name", "category", "card_number", "expires_on", "note").get()
    )
    extra = {"name": "King", "category": "2", "card_number": "X", "expires_on": "2099-01-01", "note": "x",
             "loans_ever": "0",
             "user": "1", "member": other.pk, "id": other.pk, "pk": other.pk, "is_staff": "1", "is_superuser": "1",
             "groups": "1", "balance": "0", "username": "admin", "keep_history": "true"}  # fmt: skip
    mine.post("/me/profile/", CONTACT | extra)
    after = (
        Member.objects.filter(user=member_user).values("name", "category", "card_number", "expires_on", "note").get()
    )
    member_user.refresh_from_db()
    other.refresh_from_db()
    assert (after, other.phone, other.name) == (before, "1", "Otto")
    assert (member_user.username, member_user.is_staff, member_user.is_superuser, member_user.groups.count()) == (
        "M000001X", False, False, 1,
    )  # fmt: skip


@pytest.mark.parametrize("field", ["email", "phone", "address"])
@pytest.mark.parametrize("value", ["x" * 100_000, "a\x00b"])
def test_odd_contact_is_refused(field: str, value: str, mine: Client) -> None:
    page = mine.post("/me/profile/", CONTACT | {field: value})
    assert (page.status_code, list(page.context["form"].errors)) == (200, [field])


def test_staff_without_a_card_see_their_sign_in_and_no_form(desk: Client) -> None:
    pages = [desk.get("/me/profile/"), desk.post("/me/profile/", CONTACT)]
    assert [(page.status_code, "form" in (page.context[-1] or {})) for page in pages] == [(200, False)] * 2
    assert "librarian" in pages[0].content.decode()


def test_hostile_name_is_only_a_name(mine: Client, member_user: User) -> None:
    User.objects.update(name="<script>alert(1)</script>")
    Member.objects.update(address="</textarea><script>alert(2)</script>")
    content = mine.get("/me/profile/").content.decode()
    assert ("<script>alert" in content, content.count("&lt;script&gt;alert")) == (False, 4)
