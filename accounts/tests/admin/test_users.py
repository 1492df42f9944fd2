"""Staff in the admin site: sign-ins, their roles and passwords, and what is written down of them."""

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import Action, User
from accounts.permissions import ADMIN, LIBRARIAN
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
USERS = "/admin/accounts/user/"
PASSWORD = "a sentence nobody guesses"


def page_of(user: User) -> str:
    return f"{USERS}{user.pk}/change/"


def password_page_of(user: User) -> str:
    return f"{USERS}{user.pk}/password/"


def sent(user: User, *roles: str, **changes: Any) -> dict[str, Any]:
    groups = list(Group.objects.filter(name__in=roles).values_list("pk", flat=True))
    held = {"username": user.username, "name": user.name, "email": user.email, "is_active": "on", "groups": groups}
    return {name: value for name, value in (held | changes).items() if value is not None}


def new_password(password: str = PASSWORD) -> dict[str, str]:
    return {"password1": password, "password2": password, "usable_password": "true", "set-password": "1"}


def roles(user: User) -> list[str]:
    return sorted(group.name for group in User.objects.get(pk=user.pk).groups.all())


def test_admin_makes_a_sign_in_that_chooses_its_own_password(admin_desk: Client, admin_user: User) -> None:
    page = admin_desk.post(
        f"{USERS}add/", {"username": "lena", "name": "Lena", "email": "Lena@Example.org"} | new_password()
    )
    user = User.objects.get(username="lena")
    assert (page.status_code, user.email, user.check_password(PASSWORD), user.must_change_password) == (
        302, "lena@example.org", True, True,
    )  # fmt: skip
    assert (user.is_staff, user.is_superuser, roles(user)) == (False, False, [])
    kept = {action.verb: (action.by, action.after) for action in Action.objects.all()}
    assert kept["save_in_admin"][0] == admin_user
    assert (kept["save_in_admin"][1]["username"], PASSWORD in str(kept), user.password in str(kept)) == (
        "lena",
        False,
        False,
    )


def test_role_is_given_taken_and_written_down_and_the_door_follows_it(admin_desk: Client, admin_user: User) -> None:
    user = UserFactory(username="lena")
    doors = []
    for given in ([LIBRARIAN], [LIBRARIAN, ADMIN], [LIBRARIAN]):
        admin_desk.post(page_of(user), sent(user, *given))
        doors.append((roles(user), User.objects.get(pk=user.pk).is_staff))
    assert doors == [([LIBRARIAN], False), ([ADMIN, LIBRARIAN], True), ([LIBRARIAN], False)]
    assert [(action.before, action.after) for action in Action.objects.order_by("pk")] == [
        ({"groups": []}, {"groups": [LIBRARIAN]}), ({"groups": [LIBRARIAN]}, {"groups": [ADMIN, LIBRARIAN]}),
        ({"groups": [ADMIN, LIBRARIAN]}, {"groups": [LIBRARIAN]}),
    ]  # fmt: skip


def test_sign_in_is_closed_and_opened_and_whoever_sat_there_signs_in_anew(
    admin_desk: Client, librarian: User, desk: Client, browser_of: Any
) -> None:
    admin_desk.post(page_of(librarian), sent(librarian, LIBRARIAN, is_active=None))
    assert desk.get("/desk/").status_code == 302
    admin_desk.post(page_of(librarian), sent(librarian, LIBRARIAN))
    assert (desk.get("/desk/").status_code, browser_of(librarian).get("/desk/").status_code) == (302, 200)
    assert Action.objects.order_by("pk").last().after == {"is_active": True}


def test_password_given_to_somebody_else_is_written_down_and_serves_once(
    admin_desk: Client, librarian: User, admin_user: User
) -> None:
    admin_desk.post(password_page_of(librarian), new_password())
    librarian.refresh_from_db()
    assert (librarian.check_password(PASSWORD), librarian.must_change_password) == (True, True)
    action = Action.objects.get()
    assert (action.verb, action.by, action.target_id, action.after) == (
        "set_password_in_admin", admin_user, librarian.pk, {"ended": 0},
    )  # fmt: skip


def test_password_given_to_oneself_lasts(admin_desk: Client, admin_user: User) -> None:
    admin_desk.post(password_page_of(admin_user), new_password())
    admin_user.refresh_from_db()
    assert (admin_user.check_password(PASSWORD), admin_user.must_change_password) == (True, False)


@pytest.mark.parametrize("password", ["short", "password123"])
def test_easy_password_is_refused(password: str, admin_desk: Client, librarian: User) -> None:
    page = admin_desk.post(password_page_of(librarian), new_password(password))
    librarian.refresh_from_db()
    assert (page.status_code, librarian.check_password(password), Action.objects.count()) == (200, False, 0)


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"email": "ADA@example.org"}, "Somebody else signs in with this e-mail address."),
        ({"username": "ADMIN"}, "Somebody else signs in with this name."),
    ],
)
def test_name_and_email_of_somebody_else_are_refused_in_any_case(
    changes: dict[str, str], wrong: str, admin_desk: Client, librarian: User
) -> None:
    UserFactory(email="ada@example.org")
    page = admin_desk.post(page_of(librarian), sent(librarian, LIBRARIAN, **changes))
    assert (page.status_code, wrong in page.content.decode()) == (200, True)
