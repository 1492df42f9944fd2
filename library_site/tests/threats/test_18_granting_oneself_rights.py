"""18, granting oneself rights: only an Admin gives roles, nobody the own one, and no form reaches further than it says.

What an Admin may do is tried in accounts/tests/admin/test_users.py.
"""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client

from accounts.models import User
from accounts.permissions import ADMIN, LIBRARIAN, MANAGE_STAFF, MEMBER, ROLES
from accounts.tests.admin.test_users import USERS, new_password, page_of, password_page_of, roles, sent
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory, UserFactory
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/admin/users.py", 'return ["is_active", "groups"] if obj == request.user else []', "return []"),
    Break("accounts/admin/users.py", " and not out_of_reach", ""),
    Break("accounts/services/library.py", "group.permissions.set([own", "group.permissions.add(*[own"),
    Break("accounts/api/staff.py", "permission = MANAGE_STAFF", 'permission = "accounts.use_desk"'),
    Break("accounts/services/members.py", "if user.pk and works_here(user)", "if False"),
]


# --- an Admin -----------------------------------------------------------------------------------------


def test_nobody_takes_or_gives_the_own_role_or_closes_the_own_sign_in(admin_desk: Client, admin_user: User) -> None:
    page = admin_desk.post(page_of(admin_user), sent(admin_user, MEMBER, is_active=None, name="New"))
    admin_user.refresh_from_db()
    assert (page.status_code, admin_user.name, admin_user.is_active, roles(admin_user)) == (302, "New", True, [ADMIN])


@pytest.mark.parametrize(
    "field", ["is_superuser", "is_staff", "user_permissions", "must_change_password", "date_joined"]
)
def test_admin_reaches_nothing_but_the_fields_of_the_page(field: str, admin_desk: Client, librarian: User) -> None:
    before = User.objects.values(field).get(pk=librarian.pk)
    value = Permission.objects.get(codename="manage_staff").pk if field == "user_permissions" else "2001-01-01"
    admin_desk.post(
        page_of(librarian), sent(librarian, LIBRARIAN, **{field: value, f"{field}_0": value, "name": "New"})
    )
    assert User.objects.values(field).get(pk=librarian.pk) == before
    assert User.objects.get(pk=librarian.pk).name == "New"


@pytest.fixture
def founder(db: None) -> User:
    """Who set the library up."""
    user = UserFactory(
        username="founder", email="f@example.org", is_superuser=True, is_staff=True, password=make_password("kept")
    )
    user.groups.add(Group.objects.get(name=ADMIN))
    return user


def test_admin_cannot_touch_who_set_the_library_up(admin_desk: Client, founder: User) -> None:
    answers = [
        admin_desk.post(page_of(founder), sent(founder, MEMBER, email="mine@example.org", is_active=None)).status_code,
        admin_desk.get(password_page_of(founder)).status_code,
        admin_desk.post(password_page_of(founder), new_password()).status_code,
        admin_desk.post(f"{USERS}{founder.pk}/delete/", {"post": "yes"}).status_code,
    ]
    held = User.objects.values("email", "is_active", "is_superuser").get(pk=founder.pk)
    assert (answers, held) == ([403] * 4, {"email": "f@example.org", "is_active": True, "is_superuser": True})
    assert User.objects.get(pk=founder.pk).check_password("kept") is True


def test_who_set_the_library_up_manages_admins(founder: User, admin_user: User, browser_of: Any) -> None:
    browser_of(founder).post(page_of(admin_user), sent(admin_user, LIBRARIAN))
    assert (roles(admin_user), User.objects.get(pk=admin_user.pk).is_staff) == ([LIBRARIAN], False)


def test_roles_and_rights_are_not_made_by_hand(admin_desk: Client) -> None:
    addresses = ["auth/group/", "auth/group/add/", "auth/permission/", "sessions/session/", "account/emailaddress/",
                 "mfa/authenticator/"]  # fmt: skip
    statuses = {admin_desk.get(f"/admin/{address}").status_code for address in addresses}
    assert statuses <= {403, 404}


# --- a Librarian and a Member -------------------------------------------------------------------------


@pytest.mark.parametrize("role", [LIBRARIAN, MEMBER])
@pytest.mark.parametrize("is_staff", [False, True])
def test_other_roles_cannot_touch_staff(
    role: str, is_staff: bool, make_user: Any, admin_user: User, browser_of: Any
) -> None:
    user = make_user(role, password=make_password("kept"))
    User.objects.filter(pk=user.pk).update(is_staff=is_staff)  # even with the door open
    client = browser_of(user)
    before = list(User.objects.order_by("pk").values("pk", "password", "is_superuser", "is_active", "groups"))
    for person in (user, admin_user):
        pages = [client.get(page_of(person)), client.post(page_of(person), sent(person, ADMIN)),
                 client.post(password_page_of(person), new_password())]  # fmt: skip
        assert [page.status_code in (302, 403) for page in pages] == [True] * 3
    client.post(f"{USERS}add/", {"username": "new"} | new_password())
    assert list(User.objects.order_by("pk").values("pk", "password", "is_superuser", "is_active", "groups")) == before


@pytest.mark.parametrize("role", [LIBRARIAN, ADMIN])
def test_single_rights_beside_a_role_count_for_nothing(role: str, make_user: Any, browser_of: Any) -> None:
    user = make_user(LIBRARIAN)
    user.user_permissions.add(Permission.objects.get(codename="manage_settings"))
    assert browser_of(user).get("/desk/settings/").status_code == 403


def test_librarian_makes_no_staff_by_the_api_and_an_admin_none_that_is_more(librarian: User, admin_user: User) -> None:
    body = {"username": "lena", "name": "Lena", "role": ADMIN, "password": "a sentence nobody guesses"}
    assert problem_of(Program(librarian).ask("POST", "register", body)) == (403, "not_allowed")
    answer = Program(admin_user).ask("POST", "register", body | {"is_superuser": True})
    assert (problem_of(answer), User.objects.filter(username="lena").exists()) == ((400, "unknown_field"), False)


def test_desk_gives_no_password_to_staff_who_have_a_card(desk: Client, admin_user: User) -> None:
    member = MemberFactory(user=admin_user)
    User.objects.filter(pk=admin_user.pk).update(password=make_password("kept"))
    desk.post(f"/desk/members/{member.pk}/first-password/")
    assert User.objects.get(pk=admin_user.pk).check_password("kept")


def test_roles_have_after_an_update_what_they_are_declared_to_have_and_no_more() -> None:
    right = Permission.objects.get(codename=MANAGE_STAFF.split(".")[1])
    Group.objects.get(name=LIBRARIAN).permissions.add(right)
    call_command("set_up_roles")
    held = Group.objects.get(name=LIBRARIAN).permissions.values_list("codename", flat=True)
    assert sorted(f"accounts.{codename}" for codename in held) == sorted(ROLES[LIBRARIAN])
