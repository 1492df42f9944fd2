"""What is true of the library and its people."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import Branch, LibrarySettings, Member, Restriction
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.queries import (
    DESK_BRANCH,
    best_reading,
    default_branch,
    default_category,
    desk_branch,
    last_actions,
    library,
    member_with_card,
    restrictions_on,
    search_members,
    staff,
    user_signing_in,
    works_here,
)
from accounts.services.members import edit_member, restrict_member
from accounts.tests.factories import BranchFactory, MemberFactory, UserFactory

pytestmark = pytest.mark.django_db
DAY = date(2026, 5, 5)


def found(text: str) -> list[str]:
    return [member.name for member in search_members(text)]


# --- the library ------------------------------------------------------------------------------------


def test_settings_are_read_anew_every_time() -> None:
    assert library().name == "Openshelf"
    LibrarySettings.objects.update(name="Town Library")
    assert library().name == "Town Library"


def test_settings_before_the_first_row_are_the_defaults() -> None:
    LibrarySettings.objects.all().delete()
    assert (library().name, library().currency, library().set_up_at) == ("Openshelf", "EUR", None)


@pytest.mark.parametrize("chosen", [None, 10**9])
def test_desk_stands_in_the_first_branch_unless_another_was_chosen(chosen: Any) -> None:
    other = BranchFactory()
    assert default_branch() == Branch.objects.get(code="MAIN")
    assert desk_branch({DESK_BRANCH: chosen} if chosen else {}) == default_branch()
    assert desk_branch({DESK_BRANCH: other.pk}) == other


def test_first_category_is_the_default() -> None:
    assert default_category().code == "ADULT"


# --- who works here ---------------------------------------------------------------------------------


def test_staff_are_librarians_admins_and_who_set_the_library_up(make_user: Any) -> None:
    both = make_user(LIBRARIAN)
    both.groups.add(Group.objects.get(name=ADMIN))
    expected = {both, make_user(ADMIN), UserFactory(is_superuser=True)}
    make_user(MEMBER)
    make_user(LIBRARIAN, is_active=False)
    UserFactory()
    assert (set(staff()), staff().count()) == (expected, 3)


@pytest.mark.parametrize(("role", "works"), [(MEMBER, False), (LIBRARIAN, True), (ADMIN, True)])
def test_who_has_a_role_of_staff_works_here(role: str, works: bool, make_user: Any) -> None:
    assert works_here(make_user(role)) is works


def test_who_has_rights_without_a_role_works_here() -> None:
    by_hand = UserFactory()
    by_hand.user_permissions.add(Permission.objects.get(codename="use_desk"))
    people = [UserFactory(), UserFactory(is_superuser=True), UserFactory(is_staff=True), by_hand]
    assert [works_here(user) for user in people] == [False, True, True, True]


# --- who signs in -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "M000042P",
        "m000042p",
        " M000042P\r\n",
        "*M000042P*",
        "]C1m000042p",
        "Ｍ０００042Ｐ",
        "mia@example.org",
        "MIA@Example.ORG",
    ],
)
def test_member_signs_in_by_card_however_it_is_typed_and_by_email(typed: str) -> None:
    user = UserFactory(username="M000042P", email="mia@example.org")
    assert user_signing_in(typed) == user


@pytest.mark.parametrize("username", ["A12345B", "C000042D", "*STAR*", "straße", "ada.lovelace", "Ädä", "0042"])
def test_sign_in_that_looks_like_noise_is_found_as_it_stands(username: str) -> None:
    user = UserFactory(username=username)
    assert user_signing_in(username) == user


def test_sign_in_as_typed_goes_before_one_without_the_noise() -> None:
    UserFactory(username="12345")
    framed = UserFactory(username="A12345B")
    assert user_signing_in("a12345b") == framed


def test_sign_in_whose_email_was_stored_in_capitals_is_found() -> None:
    user = UserFactory(email="Ada@Example.org")
    assert user_signing_in("ada@example.org") == user


@pytest.mark.parametrize("typed", ["", "@", "nobody", "nobody@example.org", "%", "_", "x" * 254, "\ufffd"])
def test_nobody_signs_in_with_what_is_nobodys(typed: str) -> None:
    UserFactory(username="somebody", email="")
    assert user_signing_in(typed) is None


# --- members ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["mia", "MIA", "Mia Member", "member mia", "  mia  ", "C001", "c0", "*C001*", "]C1C001", "mia@ex", "555 12", "7b"],
)
def test_member_is_found_by_every_word_in_name_card_email_phone_and_class(text: str) -> None:
    MemberFactory(name="Mia Member", card_number="C001", email="mia@example.org", phone="555 1234", group_name="7B")
    MemberFactory(name="Otto Other", card_number="X9")
    assert found(text) == ["Mia Member"]


@pytest.mark.parametrize("text", ["mia other", "%", "_", "mia\\", "'; --", "x" * 200, "C002"])
def test_member_in_whom_a_word_is_missing_is_not_found(text: str) -> None:
    MemberFactory(name="Mia Member", card_number="C001")
    assert found(text) == []


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_everybody_is_found_by_nothing_in_the_order_of_names(text: str) -> None:
    for name in ("Zoe", "Ada", "Mia"):
        MemberFactory(name=name)
    assert found(text) == ["Ada", "Mia", "Zoe"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Иван Петров", "иван"), ("Иван Петров", "ПЕТРОВ"), ("Özge Çelik", "özge"), ("ÖZGE", "özge"),
        ("Zoë", "Zoe\u0308"), ("Ωmega", "ωmega"), ("山田太郎", "山田"), ("محمد", "محمد"),
    ],
)  # fmt: skip
def test_member_is_found_by_a_name_in_every_script_in_small_and_capital_letters(name: str, text: str) -> None:
    MemberFactory(name=name)
    assert found(text) == [name]


@pytest.mark.parametrize("scan", ["C001", "c001", " C001\r\n", "]C1C001", "*C001*", "Ｃ００１"])
def test_member_is_found_by_a_card_with_the_noise_of_a_scanner(scan: str) -> None:
    member = MemberFactory(card_number="C001")
    assert member_with_card(scan) == member


def test_member_is_found_by_a_number_that_lost_its_zeros() -> None:
    member = MemberFactory(card_number="000042")
    assert (member_with_card("42"), member_with_card("00042")) == (member, member)


def test_card_as_scanned_goes_before_one_without_the_noise() -> None:
    MemberFactory(card_number="12345")
    framed = MemberFactory(card_number="A12345B")
    assert member_with_card("A12345B") == framed


@pytest.mark.parametrize("scan", ["", "\r\n", "C00", "C0011", "x" * 10_000, "\x00"])
def test_nobody_is_found_by_what_is_no_card(scan: str) -> None:
    MemberFactory(card_number="C001")
    assert member_with_card(scan) is None


def test_best_reading_is_the_likeliest_that_was_found() -> None:
    assert best_reading(["A", "B", "C"], {"C": 3, "B": 2}) == 2
    assert best_reading(["A"], {}) is None


def test_bars_of_a_day_are_those_that_hold_on_it() -> None:
    member = MemberFactory()
    now = datetime(2026, 5, 5, 12, tzinfo=UTC)
    holds = restrict_member(member, reason="holds", until_on=DAY, by=None, now=now)
    for_ever = restrict_member(member, reason="for ever", by=None, now=now)
    Restriction.objects.create(member=member, from_on=date(2026, 5, 6), reason="tomorrow")
    Restriction.objects.create(member=member, from_on=date(2026, 1, 1), until_on=date(2026, 5, 4), reason="over")
    Restriction.objects.create(member=member, from_on=DAY, reason="lifted", lifted_at=now)
    restrict_member(MemberFactory(), reason="somebody else's", by=None, now=now)
    assert set(restrictions_on(member, DAY)) == {holds, for_ever}


def test_last_actions_are_the_newest_of_one_person_and_kind() -> None:
    user, member = UserFactory(), MemberFactory()
    for number in range(12):
        edit_member(member, phone=str(number), by=user)
    edit_member(member, phone="other", by=UserFactory())
    restrict_member(member, reason="x", by=user)
    phones = [action.after["phone"] for action in last_actions(user, ("edit_member",))]
    assert phones == [str(number) for number in range(11, 1, -1)]


def test_page_of_a_member_is_at_the_desk() -> None:
    member = MemberFactory()
    assert (member.get_absolute_url(), str(member)) == (f"/desk/members/{member.pk}/", member.name)
    assert Member.objects.get().category.name == str(member.category)
