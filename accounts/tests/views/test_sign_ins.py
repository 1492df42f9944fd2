"""Where somebody is signed in: seen, ended from elsewhere, and ended by every change of a password or a standing."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Action, ApiToken, OpenSignIn, User
from accounts.permissions import LIBRARIAN
from accounts.services.sign_ins import forget_ended_sign_ins
from accounts.services.tokens import make_token, new_token_text, usable_tokens
from accounts.tests.factories import UserFactory
from accounts.tests.views.conftest import PASSWORD
from circulation.services.removal import remove_member

pytestmark = pytest.mark.django_db
ANOTHER = "another sentence nobody guesses"
PLACE = "/me/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


def window(agent: str = FIREFOX, address: str = "203.0.113.77") -> Client:
    """A browser in which Mia signs in."""
    client = Client(headers={"user-agent": agent}, REMOTE_ADDR=address)
    assert client.post("/accounts/login/", {"login": "M000042P", "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/me/profile/").status_code == 200


def row_of(client: Client) -> OpenSignIn:
    return OpenSignIn.objects.get(session_key=client.session.session_key)


# --- the list ---------------------------------------------------------------------------------------


def test_person_sees_where_they_are_signed_in_and_little_of_it_is_kept(mia: User) -> None:
    here, _phone = window(), window(IPHONE, "2001:db8:1:2:3:4:5:6")
    shown = here.get(PLACE).context["sign_ins"]
    assert [(each.device, each.address, each.is_this) for each in shown] == [
        ("Firefox, Windows", "203.0.113.0", True), ("Safari, iPhone", "2001:db8:1::", False),
    ]  # fmt: skip
    assert ("203.0.113.77" in str(OpenSignIn.objects.values()), "rv:140" in str(OpenSignIn.objects.values())) == (
        False, False,
    )  # fmt: skip


def test_one_is_ended_and_the_other_stays(mia: User) -> None:
    here, phone = window(), window(IPHONE)
    page = here.post(f"{PLACE}{row_of(phone).pk}/end/")
    assert (page.headers["Location"], is_in(here), is_in(phone)) == (PLACE, True, False)
    action = Action.objects.get(verb="end_sign_in")
    assert (action.by, action.target_id, action.after["device"]) == (mia, mia.pk, "Safari, iPhone")


def test_this_one_is_ended(mia: User) -> None:
    here = window()
    page = here.post(f"{PLACE}{row_of(here).pk}/end/")
    assert (page.headers["Location"], is_in(here)) == ("/", False)


def test_all_others_are_ended_with_the_tokens(mia: User) -> None:
    here, phone, third = window(), window(IPHONE), window()
    token(mia)
    here.post(f"{PLACE}end-others/")
    assert ([is_in(each) for each in (here, phone, third)], usable_tokens().count()) == ([True, False, False], 0)


def test_sign_in_of_somebody_else_does_not_exist(mia: User, mine: Client) -> None:
    other = window()
    assert (mine.post(f"{PLACE}{row_of(other).pk}/end/").status_code, is_in(other)) == (404, True)
    assert len(mine.get(PLACE).context["sign_ins"]) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_six_times(count: int, mia: User, django_assert_num_queries: Any) -> None:
    here, *_others = [window() for _each in range(count)]
    with django_assert_num_queries(6):
        here.get(PLACE)


def test_what_is_over_is_not_shown_and_forgotten_by_the_daily_work(mia: User) -> None:
    here, phone = window(), window(IPHONE)
    now = timezone.now()
    Session.objects.filter(session_key=phone.session.session_key).update(expire_date=now - timedelta(seconds=1))
    assert len(here.get(PLACE).context["sign_ins"]) == 1
    assert (forget_ended_sign_ins(now), OpenSignIn.objects.filter(user=mia).count(), is_in(here)) == (1, 1, True)


# --- what ends them all -----------------------------------------------------------------------------


def token(user: User) -> ApiToken:
    return make_token(user, text=new_token_text(), name="till", scopes=["read"], valid_for=timedelta(days=9), by=user)


def chosen_by_oneself(user: User, windows: list[Client], boss: Client) -> None:
    sent = {"oldpassword": PASSWORD, "password1": ANOTHER, "password2": ANOTHER}
    assert windows[0].post("/accounts/password/change/", sent).status_code == 302


def chosen_by_the_link(user: User, windows: list[Client], boss: Client) -> None:
    visitor = Client()
    visitor.post("/accounts/password/reset/", {"email": user.email})
    link = mail.outbox[-1].body.split("http://127.0.0.1:8000")[1].split()[0]
    where = visitor.get(link).headers["Location"]
    assert visitor.post(where, {"password1": ANOTHER, "password2": ANOTHER}).status_code == 302


def given_at_the_desk(user: User, windows: list[Client], boss: Client) -> None:
    boss.post(f"/desk/members/{user.member.pk}/first-password/")


def given_on_the_admin_site(user: User, windows: list[Client], boss: Client) -> None:
    sent = {"password1": ANOTHER, "password2": ANOTHER, "usable_password": "true", "set-password": "1"}
    assert boss.post(f"/admin/accounts/user/{user.pk}/password/", sent).status_code == 302


def closed_and_opened_again(user: User, windows: list[Client], boss: Client) -> None:
    sent = {"username": user.username, "name": user.name, "email": user.email}
    for more in ({}, {"is_active": "on"}):
        assert boss.post(f"/admin/accounts/user/{user.pk}/change/", sent | more).status_code == 302


def signed_out_by_an_admin(user: User, windows: list[Client], boss: Client) -> None:
    boss.post(f"/desk/staff/{user.pk}/sign-out/")


def removed(user: User, windows: list[Client], boss: Client) -> None:
    remove_member(user.member, by=None)


@pytest.mark.parametrize(
    ("change", "left"),
    [
        (chosen_by_oneself, [True, False]), (chosen_by_the_link, [False, False]), (given_at_the_desk, [False, False]),
        (given_on_the_admin_site, [False, False]), (closed_and_opened_again, [False, False]),
        (signed_out_by_an_admin, [False, False]), (removed, [False, False]),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)  # fmt: skip
def test_sign_ins_and_tokens_end_with(
    change: Callable[[User, list[Client], Client], None], left: list[bool], mia: User, admin_desk: Client
) -> None:
    windows = [window(), window(IPHONE)]
    token(mia)
    change(mia, windows, admin_desk)
    assert ([is_in(each) for each in windows], usable_tokens().filter(user=mia).count()) == (left, 0)
    assert OpenSignIn.objects.filter(user=mia).count() == left.count(True)


def test_own_window_stays_in_the_list_under_its_new_key(mia: User) -> None:
    here = window()
    since = row_of(here).since
    chosen_by_oneself(mia, [here], Client())
    assert [(each.is_this, each.since) for each in here.get(PLACE).context["sign_ins"]] == [(True, since)]


def test_chosen_password_is_written_down_without_it(mia: User) -> None:
    here, _phone = window(), window(IPHONE)
    chosen_by_oneself(mia, [here], Client())
    action = Action.objects.get(verb="choose_password")
    assert (action.by, action.target_id, action.after, ANOTHER in str(Action.objects.values())) == (
        mia, mia.pk, {"ended": 1}, False,
    )  # fmt: skip


def test_admin_cannot_sign_out_who_set_the_library_up(admin_desk: Client, browser_of: Any) -> None:
    founder = UserFactory(is_superuser=True, is_staff=True)
    browser = browser_of(founder)
    page = admin_desk.post(f"/desk/staff/{founder.pk}/sign-out/")
    assert (page.status_code, browser.get("/desk/").status_code) == (409, 200)


def test_admin_who_signs_out_everywhere_stays_in_here(admin_desk: Client, admin_user: User, browser_of: Any) -> None:
    elsewhere = browser_of(admin_user)
    admin_desk.post(f"/desk/staff/{admin_user.pk}/sign-out/")
    assert (admin_desk.get("/desk/").status_code, elsewhere.get("/desk/").status_code) == (200, 302)


def test_librarian_signs_nobody_out(desk: Client, make_user: Any, browser_of: Any) -> None:
    user = make_user(LIBRARIAN)
    browser = browser_of(user)
    assert (desk.post(f"/desk/staff/{user.pk}/sign-out/").status_code, browser.get("/desk/").status_code) == (403, 200)
