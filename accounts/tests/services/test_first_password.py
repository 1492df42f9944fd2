"""A first password from paper: who gets one, and whose sign-in is never touched."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import connection

from accounts.exceptions import Refused
from accounts.models import Action, Member, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.services.members import first_password
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.services.members import code_of, let_in

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_first_password_is_read_from_paper_without_doubt() -> None:
    made = {first_password() for _each in range(500)}
    assert (len(made), {len(each) for each in made}) == (500, {14})
    assert set("".join(made)) & set("il1o0ILO") == set()


def test_first_password_makes_a_sign_in_with_the_name_of_the_card() -> None:
    member = MemberFactory(card_number="C1", name="Mia")
    user = let_in(member)
    member.refresh_from_db()
    assert (member.user, user.username, user.name, user.email) == (user, "C1", "Mia", "")
    assert (user.must_change_password, user.first_password_until) == (True, NOON + timedelta(days=30))
    assert [group.name for group in user.groups.all()] == [MEMBER]
    assert (user.check_password("paper-pass-word"), user.is_staff, user.is_superuser) == (True, False, False)


def test_first_password_is_kept_nowhere_in_clear() -> None:
    user = let_in(MemberFactory())
    kept = str(list(User.objects.values())) + str(list(Action.objects.values()))
    assert ("paper-pass-word" in kept, user.password in str(list(Action.objects.values()))) == (False, False)


def test_first_password_leaves_no_trace_in_the_record() -> None:
    for number, password in enumerate(["paper-pass-word", "other-pass-word"]):
        let_in(MemberFactory(pk=77 + number), password=password, key=f"form-number-{number}")
    member = Member.objects.get(pk=77)
    let_in(member, password="other-pass-word", key="form-number-3")
    first, third = (Action.objects.get(key=f"form-number-{n}").fingerprint for n in (0, 3))
    assert (first == third, first == "") == (True, False)


def test_form_sent_twice_gives_one_password() -> None:
    member = MemberFactory()
    users = [let_in(member, password=each, key="a-form-key") for each in ("first-password", "second-password")]
    assert [user.check_password("first-password") for user in users] == [True, True]
    assert (users[1].check_password("second-password"), Action.objects.count()) == (False, 1)


def test_first_password_is_hashed_before_the_transaction_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    depths = []

    def noting_the_depth(password: str) -> str:
        depths.append(len(connection.savepoint_ids))
        return make_password(password)

    monkeypatch.setattr("accounts.services.members.make_password", noting_the_depth)
    user = let_in(MemberFactory())
    assert (depths, user.check_password("paper-pass-word")) == ([len(connection.savepoint_ids)], True)


def test_second_first_password_kills_the_first() -> None:
    member = MemberFactory()
    let_in(member)
    user = let_in(member, password="other-pass-word")
    assert (user.check_password("paper-pass-word"), user.check_password("other-pass-word")) == (False, True)
    assert User.objects.count() == 1


def test_member_signs_in_with_the_own_email_too() -> None:
    assert let_in(MemberFactory(email="Mia@Example.org")).email == "mia@example.org"


def test_email_of_a_family_signs_in_the_first_who_asked() -> None:
    first, second = (let_in(MemberFactory(email="family@example.org")) for _each in range(2))
    assert (first.email, second.email) == ("family@example.org", "")


def test_email_with_which_staff_sign_in_stays_theirs() -> None:
    UserFactory(email="ada@example.org")
    assert let_in(MemberFactory(email="Ada@example.org")).email == ""


@pytest.mark.parametrize("role", [LIBRARIAN, ADMIN])
def test_password_of_staff_is_never_overwritten(role: str) -> None:
    user = UserFactory(password="kept")
    user.groups.add(Group.objects.get(name=MEMBER), Group.objects.get(name=role))
    refuse_to_touch(user)


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_password_of_who_has_rights_without_a_role_is_never_overwritten(flag: str) -> None:
    refuse_to_touch(UserFactory(password="kept", **{flag: True}))


def test_password_of_who_was_given_a_single_right_is_never_overwritten() -> None:
    user = UserFactory(password="kept")
    user.user_permissions.add(Permission.objects.get(codename="use_desk"))
    refuse_to_touch(user)


def refuse_to_touch(user: User) -> None:
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(user=user))
    user.refresh_from_db()
    assert (code_of(refusal), user.password, user.must_change_password) == ("staff_sign_in", "kept", False)


def test_closed_sign_in_is_not_opened_by_a_first_password() -> None:
    user = UserFactory(password="kept", is_active=False)
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(user=user))
    user.refresh_from_db()
    assert (code_of(refusal), user.password, user.is_active) == ("closed_sign_in", "kept", False)


def test_card_that_is_the_sign_in_of_staff_gets_no_first_password() -> None:
    librarian = UserFactory(username="librarian", password="kept")
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(card_number="LIBRARIAN"))
    librarian.refresh_from_db()
    assert (code_of(refusal), librarian.password, User.objects.count()) == ("card_taken", "kept", 1)
