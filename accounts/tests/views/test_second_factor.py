"""The second factor: asked for after the password, set up, lost, and compulsory for whom the library says."""

import html
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.hashers import make_password
from django.core.management import CommandError, call_command
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.adapter import count_try_at_address
from accounts.models import Action, LibrarySettings, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.tests.factories import MemberFactory
from accounts.tests.second_factors import code_of, factors_of, give_app, give_recovery_codes

pytestmark = pytest.mark.django_db
PASSWORD = "a sentence nobody guesses"
MORNING = datetime(2026, 5, 5, 8, tzinfo=UTC)
LOGIN, CODE, START = "/accounts/login/", "/accounts/second-factor/code/", "/accounts/second-factor/"
APP, CODES = "/accounts/second-factor/app/", "/accounts/second-factor/recovery-codes/"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lena(make_user: Any) -> User:
    return make_user(LIBRARIAN, username="LENA", name="Lena", password=make_password(PASSWORD))


@pytest.fixture
def secret(lena: User) -> str:
    """Of the app on Lena's phone."""
    return give_app(lena)


@pytest.fixture
def half_way(lena: User, secret: str) -> Client:
    """Lena typed her password and is asked for the code."""
    return after_password()


def after_password() -> Client:
    client = Client()
    assert client.post(LOGIN, {"login": "LENA", "password": PASSWORD}).headers["Location"] == CODE
    return client


def is_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def want_second_factor(of: str) -> None:
    LibrarySettings.objects.filter(pk=1).update(second_factor=of)


# --- after the password -----------------------------------------------------------------------------


def test_password_alone_opens_nothing_and_the_code_opens_the_desk(half_way: Client, secret: str) -> None:
    assert (is_in(half_way), half_way.get("/desk/").status_code, half_way.get("/me/profile/").status_code) == (
        False, 302, 302,
    )  # fmt: skip
    page = half_way.post(CODE, {"code": code_of(secret)}, follow=True)
    assert (page.wsgi_request.path, is_in(half_way)) == ("/desk/", True)


@pytest.mark.parametrize("code", ["", "000000", "12345", "abc", "9" * 30, "１２３４５６", "\x00"])
def test_other_codes_open_nothing(code: str, half_way: Client) -> None:
    page = half_way.post(CODE, {"code": code})
    assert (page.status_code, list(page.context["form"].errors), is_in(half_way)) == (200, ["code"], False)


@pytest.mark.parametrize(("late_by", "opens"), [(-3, False), (-2, True), (0, True), (2, True), (3, False)])
def test_clock_of_the_phone_may_be_a_minute_off(late_by: int, opens: bool, half_way: Client, secret: str) -> None:
    half_way.post(CODE, {"code": code_of(secret, late_by)})
    assert is_in(half_way) is opens


@pytest.mark.parametrize("later", [0, 20, 31, 59])
def test_code_that_was_used_opens_nothing_a_second_time(later: int, clock: Any, half_way: Client, secret: str) -> None:
    code = code_of(secret)
    half_way.post(CODE, {"code": code})
    thief = after_password()
    clock.shift(later)
    thief.post(CODE, {"code": f" {code[:3]} {code[3:]}"})
    assert (is_in(half_way), is_in(thief)) == (True, False)


def test_recovery_code_opens_once(half_way: Client, lena: User) -> None:
    code = give_recovery_codes(lena)[0]
    half_way.post(CODE, {"code": code})
    again = after_password()
    page = again.post(CODE, {"code": code})
    assert (is_in(half_way), is_in(again)) == (True, False)
    assert page.context["form"].errors["code"] == [
        "This code does not fit, is too old or was used before. Wait for the next one."
    ]


def test_eleventh_wrong_code_gets_the_page_that_says_so_also_with_the_right_one(half_way: Client, secret: str) -> None:
    tries = [half_way.post(CODE, {"code": "000000"}).status_code for _each in range(10)]
    page = half_way.post(CODE, {"code": code_of(secret)})
    assert (tries, page.status_code, page.headers["Retry-After"], is_in(half_way)) == ([200] * 10, 429, "300", False)


def fail_at_this_address(times: int, clock: Any) -> None:
    for _each in range(times):
        count_try_at_address(RequestFactory().post(LOGIN))
        clock.shift(timedelta(seconds=1))  # tries of one moment count as one where one of them succeeds


@pytest.mark.parametrize("how", ["a code", "a new app", "a new password"])
def test_nothing_that_succeeds_gives_an_address_more_tries(how: str, lena: User, clock: Any) -> None:
    fail_at_this_address(19, clock)
    if how == "a code":
        secret, browser = give_app(lena), after_password()
        browser.post(CODE, {"code": code_of(secret)})
        assert is_in(browser)
    elif how == "a new app":
        browser = Client()
        browser.post(LOGIN, {"login": "LENA", "password": PASSWORD})
        secret = browser.get("/accounts/second-factor/app/").context["form"].secret
        browser.post("/accounts/second-factor/app/", {"code": code_of(secret)})
        assert factors_of(lena)
    else:
        get_adapter()._delete_login_attempts_cached_email(RequestFactory().post(LOGIN), email=lena.email)
    tries = [Client().post(LOGIN, {"login": f"OTHER{n}", "password": "wrong"}).status_code for n in range(2)]
    assert tries == [200, 429]


def test_who_is_stopped_at_an_address_uses_up_no_tries_at_anybody(lena: User, clock: Any) -> None:
    fail_at_this_address(20, clock)
    assert [Client().post(LOGIN, {"login": "lena", "password": "wrong"}).status_code for _each in range(11)] == [
        429
    ] * 11
    page = Client().post(LOGIN, {"login": "lena", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 302


def test_code_without_the_password_before_leads_to_the_password(lena: User, secret: str, client: Client) -> None:
    pages = [client.get(CODE), client.post(CODE, {"code": code_of(secret)})]
    assert [page.headers["Location"] for page in pages] == [LOGIN, LOGIN]


def test_secret_in_the_database_is_locked_and_another_secret_key_fits_no_code(
    half_way: Client, secret: str, settings: Any
) -> None:
    assert secret not in str(Authenticator.objects.values_list("data", flat=True).get())
    settings.SECRET_KEY = "another-" * 8
    client = Client()
    client.post(LOGIN, {"login": "LENA", "password": PASSWORD})
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = ["tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ"]
    assert client.post(CODE, {"code": code_of(secret)}).status_code == 302


# --- setting it up ----------------------------------------------------------------------------------


def shown_secret(page: Any) -> str:
    return re.search(r'<span class="code breaks">(\w+)</span>', page.content.decode())[1]


@pytest.fixture
def set_up(desk: Client, django_capture_on_commit_callbacks: Any) -> None:
    """The librarian has just set up an app."""
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(APP, {"code": code_of(shown_secret(desk.get(APP)))})


def test_app_is_set_up_with_recovery_codes_that_are_shown_once(
    desk: Client, librarian: User, django_capture_on_commit_callbacks: Any
) -> None:
    page = desk.get(APP)
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        page = desk.post(APP, {"code": code_of(shown_secret(page))})
    assert page.headers["Location"] == CODES
    page = desk.get(CODES)
    assert (page.status_code, factors_of(librarian)) == (200, ["recovery_codes", "totp"])
    codes = re.findall(r'<li class="code">(\d{8})</li>', page.content.decode())
    again = desk.get(CODES)
    assert (len(codes), [code for code in codes if code in again.content.decode()]) == (10, [])
    assert "They were shown once and cannot be shown again." in words(again)
    action = Action.objects.get(verb="change_second_factor")
    assert (action.by, action.target_id, action.after) == (
        librarian, librarian.pk, {"second_factor": "totp_activated"},
    )  # fmt: skip


def test_code_of_the_setting_up_does_not_sign_in_too(lena: User, browser_of: Any) -> None:
    desk = browser_of(lena)
    code = code_of(shown_secret(desk.get(APP)))
    desk.post(APP, {"code": code})
    thief = after_password()
    thief.post(CODE, {"code": code})
    assert is_in(thief) is False


def test_setting_up_that_was_left_half_done_counts_for_nothing(lena: User, browser_of: Any) -> None:
    desk = browser_of(lena)
    first = shown_secret(desk.get(APP))
    second = shown_secret(desk.get(APP))
    page = desk.post(APP, {"code": code_of(first)})
    assert (first != second, list(page.context["form"].errors), factors_of(lena)) == (True, ["code"], [])
    assert Client().post(LOGIN, {"login": "LENA", "password": PASSWORD}).headers["Location"] == "/me/start/"


def test_last_factor_takes_the_recovery_codes_with_it(desk: Client, librarian: User, set_up: None) -> None:
    assert desk.post(f"{APP}remove/").headers["Location"] == START
    assert factors_of(librarian) == []


def test_new_recovery_codes_make_the_old_ones_worthless(desk: Client, set_up: None) -> None:
    old = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    desk.post(f"{CODES}new/")
    new = Authenticator.objects.get(type="recovery_codes").wrap().get_unused_codes()
    assert (len(new), set(old) & set(new)) == (10, set())


OWN = ["mfa_index", "mfa_deactivate_totp", "mfa_generate_recovery_codes", "mfa_list_webauthn", "mfa_reauthenticate"]


def test_pages_of_ones_own_second_factor_open(desk: Client, set_up: None) -> None:
    assert {name: desk.get(reverse(name)).status_code for name in OWN} == dict.fromkeys(OWN, 200)


@pytest.mark.parametrize("page", ["remove", "rename"])
def test_passkey_of_somebody_else_does_not_exist(page: str, desk: Client, mine: Client, member_user: User) -> None:
    data = {"name": "Key", "credential": {}}
    key = Authenticator.objects.create(user=member_user, type=Authenticator.Type.WEBAUTHN, data=data)
    where = f"/accounts/second-factor/passkeys/{key.pk}/{page}/"
    assert (desk.get(where).status_code, desk.post(where, {"name": "x"}).status_code) == (404, 404)
    assert Authenticator.objects.get().data == data


# --- compulsory by role -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("of", "led"),
    [("none", {}), ("admins", {ADMIN: True}), ("staff", {LIBRARIAN: True, ADMIN: True})],
)
def test_who_must_have_one_is_led_to_it_and_nobody_else(
    of: str, led: dict[str, bool], make_user: Any, browser_of: Any
) -> None:
    want_second_factor(of)
    found = {}
    for role, where in {MEMBER: "/me/profile/", LIBRARIAN: "/desk/", ADMIN: "/desk/"}.items():
        page = browser_of(make_user(role)).get(where)
        found[role] = page.status_code == 302 and page.headers["Location"] == START
    assert found == {MEMBER: False, LIBRARIAN: False, ADMIN: False} | led


def test_nothing_is_done_before_and_the_ways_out_stay_open(desk: Client, address: Callable[[str], str]) -> None:
    want_second_factor("staff")
    for name in ("circulation:desk", "accounts:add_member", "accounts:member", "accounts:profile", "circulation:undo"):
        pages = [desk.get(address(name)), desk.post(address(name), {"name": "Mia", "category": 1})]
        assert [page.headers["Location"] for page in pages] == [START, START], name
    assert (Action.objects.filter(verb="register_member").count(), desk.get("/admin/").headers["Location"]) == (
        0,
        START,
    )
    still_open = ["/", "/search/?q=x", START, APP, "/accounts/password/change/"]
    assert [desk.get(place).status_code for place in still_open] == [200] * 5
    assert "Whoever works here needs a second factor. Set one up to go on." in words(desk.get("/desk/", follow=True))


def test_desk_opens_once_it_is_there(desk: Client, set_up: None) -> None:
    want_second_factor("staff")
    assert desk.get("/desk/").status_code == 200


def test_desk_closes_again_when_the_last_one_goes(desk: Client, set_up: None) -> None:
    want_second_factor("staff")
    desk.post(f"{APP}remove/")
    assert desk.get("/desk/").headers["Location"] == START


# --- a phone is lost --------------------------------------------------------------------------------


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
