"""A lost phone: an Admin or the operator takes its second factor away."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from accounts.models import Action, User
from accounts.permissions import LIBRARIAN
from accounts.tests.factories import MemberFactory
from accounts.tests.second_factors import factors_of, give_app, give_recovery_codes
from accounts.tests.views.second_factor.lena import LOGIN, PASSWORD, want_second_factor, words

pytestmark = pytest.mark.django_db


def take_away(browser: Client, user: User, **more: str) -> Any:
    return browser.post(f"/desk/staff/{user.pk}/second-factor/", {"reason": "shown the passport"} | more)


def test_admin_takes_a_lost_one_away_with_a_reason_and_everything_of_the_person_ends(
    lena: User, secret: str, admin_desk: Client, admin_user: User, browser_of: Any
) -> None:
    give_recovery_codes(lena)
    desk = browser_of(lena)
    assert take_away(admin_desk, lena).headers["Location"] == "/desk/staff/"
    assert (factors_of(lena), desk.get("/desk/").status_code) == ([], 302)
    action = Action.objects.get(verb="reset_second_factor")
    assert (action.by, action.target_id, action.reason, action.before) == (
        admin_user, lena.pk, "shown the passport", {"second_factor": ["recovery_codes", "totp"]},
    )  # fmt: skip
    assert Client().post(LOGIN, {"login": "LENA", "password": PASSWORD}).headers["Location"] == "/me/start/"


@pytest.mark.parametrize(
    ("whose", "more", "said"),
    [
        ("lena", {}, "This person has no second factor."),
        ("lena", {"reason": ""}, "This field is required."),
        ("own", {}, "Change your own second factor in your profile."),
        ("founder", {}, "Only somebody who set the library up may do this to this person."),
    ],
)
def test_it_is_not_taken_away(whose: str, more: dict[str, str], said: str, lena: User, admin_desk: Client) -> None:
    founder = User.objects.create(username="founder", is_superuser=True, is_staff=True)
    give_app(founder)
    people = {"lena": lena, "own": User.objects.get(username="admin"), "founder": founder}
    page = take_away(admin_desk, people[whose], **more)
    assert (page.status_code, said in words(page), factors_of(founder)) == (200, True, ["totp"])
    assert Action.objects.filter(verb="reset_second_factor").count() == 0


def test_librarian_takes_nobodys_away(lena: User, secret: str, desk: Client) -> None:
    assert (take_away(desk, lena).status_code, factors_of(lena)) == (403, ["totp"])


def test_operator_takes_it_away_where_no_admin_is_left(lena: User, secret: str, capsys: Any) -> None:
    call_command("reset_second_factor", "lena", "--reason", "stood before me")
    assert (factors_of(lena), Action.objects.get(verb="reset_second_factor").reason) == ([], "stood before me")
    with pytest.raises(CommandError, match="Nobody signs in with this name"):
        call_command("reset_second_factor", "nobody", "--reason", "x")
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("reset_second_factor", "LENA", "--reason", "x")


def test_first_password_from_the_desk_takes_the_second_factor_of_a_member_away(
    desk: Client, member_user: User, mine: Client
) -> None:
    give_app(member_user)
    desk.post(f"/desk/members/{member_user.member.pk}/first-password/")
    assert (factors_of(member_user), mine.get("/me/").status_code) == ([], 302)
    assert Action.objects.get(verb="give_first_password").after["second_factor_removed"] == ["totp"]


@pytest.mark.parametrize("count", [1, 3])
def test_staff_page_asks_the_database_seven_times(
    count: int, admin_desk: Client, make_user: Any, django_assert_num_queries: Any
) -> None:
    want_second_factor("staff")
    for user in [User.objects.get(username="admin"), *(make_user(LIBRARIAN) for _each in range(count))]:
        give_app(user)
        MemberFactory(user=user)
    with django_assert_num_queries(7):
        assert admin_desk.get("/desk/staff/").status_code == 200
