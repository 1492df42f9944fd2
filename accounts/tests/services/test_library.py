"""The library is set up once; its roles are what the code says; its settings change one field at a time."""

from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache

from accounts.exceptions import Refused
from accounts.models import Action, Branch, LibrarySettings, MemberCategory, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER, NAMES, ROLES
from accounts.services.library import (
    change_settings,
    ensure_library,
    ensure_roles,
    new_set_up_code,
    set_up_library,
)
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db
PERSON = {"username": "ada@example.org", "email": "Ada@Example.org", "name": "Ada", "password": "a long sentence"}


@pytest.fixture
def not_set_up(db: None) -> None:
    LibrarySettings.objects.update(set_up_at=None)


def rights(role: str) -> set[str]:
    found = Permission.objects.filter(group__name=role).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}" for each in found}


def set_up(code: str, **facts: Any) -> User:
    facts = {"name": "Town Library", "time_zone": "Europe/Zurich", "admin": PERSON, **facts}
    return set_up_library(code=code, by=None, **facts)


# --- roles ------------------------------------------------------------------------------------------


def test_roles_have_the_rights_the_code_names() -> None:
    assert (rights(MEMBER), rights(LIBRARIAN)) == (set(), set(ROLES[LIBRARIAN]))
    assert set(NAMES) - rights(ADMIN) == set()


def test_librarian_cannot_manage_staff_rules_or_settings() -> None:
    refused = {"accounts.manage_staff", "accounts.manage_rules", "accounts.manage_settings", "accounts.see_audit",
               "accounts.refund"}  # fmt: skip
    assert rights(LIBRARIAN) & refused == set()
    assert [
        right for right in rights(LIBRARIAN) if right.split(".")[1].split("_")[0] in ("add", "change", "delete")
    ] == []


def test_admin_has_the_rights_of_the_admin_site_for_our_tables_and_no_others() -> None:
    ours = {f"{label}.{code}" for label, code in Permission.objects.filter(
        content_type__app_label__in=("accounts", "catalog", "circulation")
    ).values_list("content_type__app_label", "codename")}  # fmt: skip
    assert rights(ADMIN) == ours


def test_making_roles_again_changes_nothing() -> None:
    def everything() -> list:
        return [
            list(Permission.objects.order_by("pk").values()),
            list(Group.objects.order_by("pk").values_list("pk", "name", "permissions").order_by("pk", "permissions")),
        ]

    before = everything()
    ensure_roles()
    assert everything() == before


def test_right_that_was_taken_out_of_a_role_is_taken_out() -> None:
    extra = Permission.objects.get(codename="manage_staff")
    Group.objects.get(name=LIBRARIAN).permissions.add(extra)
    Group.objects.get(name=MEMBER).permissions.add(extra)
    ensure_roles()
    assert (rights(MEMBER), rights(LIBRARIAN)) == (set(), set(ROLES[LIBRARIAN]))


def test_role_that_lost_a_right_gets_it_back() -> None:
    Group.objects.get(name=LIBRARIAN).permissions.clear()
    ensure_roles()
    assert rights(LIBRARIAN) == set(ROLES[LIBRARIAN])


def test_other_groups_are_left_alone() -> None:
    friends = Group.objects.create(name="Friends")
    friends.permissions.add(Permission.objects.get(codename="use_desk"))
    ensure_roles()
    assert rights("Friends") == {"accounts.use_desk"}


def test_admin_loses_rights_over_tables_that_are_not_ours() -> None:
    sessions = ContentType.objects.get(app_label="sessions", model="session")
    Group.objects.get(name=ADMIN).permissions.add(*Permission.objects.filter(content_type=sessions))
    ensure_roles()
    assert [right for right in rights(ADMIN) if right.startswith("sessions.")] == []


# --- the first rows ---------------------------------------------------------------------------------


def test_first_rows_are_made_once() -> None:
    before = (LibrarySettings.objects.count(), Branch.objects.count(), MemberCategory.objects.count())
    ensure_library()
    after = (LibrarySettings.objects.count(), Branch.objects.count(), MemberCategory.objects.count())
    assert (before, after) == ((1, 1, 2), (1, 1, 2))


def test_rows_of_the_library_are_left_as_they_were_edited() -> None:
    Branch.objects.update(code="HQ")
    MemberCategory.objects.filter(code="CHILD").delete()
    ensure_library()
    assert ([b.code for b in Branch.objects.all()], [c.code for c in MemberCategory.objects.all()]) == (
        ["HQ"],
        ["ADULT"],
    )


# --- setting up -------------------------------------------------------------------------------------


def test_library_is_set_up_with_its_name_its_zone_and_its_first_admin(not_set_up: None) -> None:
    user = set_up(new_set_up_code())
    library = LibrarySettings.current()
    assert (library.name, library.time_zone, library.set_up_at is None) == ("Town Library", "Europe/Zurich", False)
    assert (user.is_superuser, user.is_staff, [g.name for g in user.groups.all()]) == (True, True, [ADMIN])
    assert (user.email, user.check_password("a long sentence")) == ("ada@example.org", True)
    assert Action.objects.get().by == user


@pytest.mark.parametrize("typed", [str.upper, "  {}\n".format])
def test_code_may_be_typed_in_capitals_and_with_blanks(not_set_up: None, typed: Any) -> None:
    assert set_up(typed(new_set_up_code())).is_superuser


@pytest.mark.parametrize("code", ["", "0000-0000-0000", "x" * 10_000, "ü-\x00"])
def test_wrong_code_is_refused(not_set_up: None, code: str) -> None:
    new_set_up_code()
    with pytest.raises(Refused) as refusal:
        set_up(code)
    assert (refusal.value.code, User.objects.count(), LibrarySettings.current().set_up_at) == ("wrong_code", 0, None)


def test_no_code_fits_where_none_was_printed(not_set_up: None) -> None:
    with pytest.raises(Refused) as refusal:
        set_up("")
    assert refusal.value.code == "wrong_code"


def test_newer_code_takes_the_place_of_the_older(not_set_up: None) -> None:
    older, newer = new_set_up_code(), new_set_up_code()
    with pytest.raises(Refused):
        set_up(older)
    assert set_up(newer).is_superuser


def test_code_is_kept_as_a_hash_and_serves_once(not_set_up: None) -> None:
    code = new_set_up_code()
    kept = cache.get("set-up-code")
    set_up(code)
    assert (code in kept, cache.get("set-up-code")) == (False, None)


def test_library_that_was_set_up_is_not_set_up_again() -> None:
    with pytest.raises(Refused) as refusal:
        set_up(new_set_up_code())
    assert (refusal.value.code, User.objects.count()) == ("already_set_up", 0)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_who_set_up_at_once_make_one_admin(transactional_db: None) -> None:
    LibrarySettings.objects.update(set_up_at=None)
    code = new_set_up_code()
    results = at_once(20, lambda number: set_up(code, admin={**PERSON, "username": f"ada{number}", "email": ""}))
    refused = [result.code for result in results if isinstance(result, Refused)]
    assert (len(refused), set(refused) <= {"already_set_up", "wrong_code"}) == (19, True)
    assert User.objects.filter(is_superuser=True).count() == 1


# --- settings ---------------------------------------------------------------------------------------


def test_settings_change_what_was_given_and_leave_the_rest() -> None:
    LibrarySettings.objects.update(currency_fixed=True, name="Old")
    library = change_settings(name="New", due_soon_days=[1, 7], by=None)
    assert (library.name, library.due_soon_days, library.currency_fixed) == ("New", [1, 7], True)
    assert Action.objects.get().after == {"name": "New", "due_soon_days": [1, 7]}


def test_settings_saved_as_they_were_leave_no_record() -> None:
    assert (change_settings(name=LibrarySettings.current().name, by=None).pk, Action.objects.count()) == (1, 0)


def test_currency_is_not_changed_like_the_other_settings() -> None:
    with pytest.raises(TypeError):
        change_settings(currency="USD", by=None)
