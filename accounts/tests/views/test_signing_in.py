"""Signing in and out: who gets in, what everybody else is told, and what a session is worth."""

import html
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.permissions import LIBRARIAN, MEMBER
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from accounts.tests.views.conftest import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"
WRONG = "This name and password do not fit together, or the sign-in is closed. Try again or ask at the desk."


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every password that the hasher works on."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def noting(self: MD5PasswordHasher, password: str, *rest: Any) -> str:
        seen.append(password)
        return encode(self, password, *rest)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noting)
    return seen


def sign_in(login: str = "M000042P", password: str = PASSWORD, client: Client | None = None, **more: Any) -> Any:
    return (client or Client()).post(LOGIN, {"login": login, "password": password} | more)


def is_in(client: Client) -> bool:
    return client.get("/me/profile/").status_code == 200


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


# --- getting in -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "typed",
    [
        "M000042P",
        "m000042p",
        "  M000042P ",
        "*M000042P*",
        "]C1M000042P",
        "Ｍ０００042Ｐ",
        "mia@example.org",
        "MIA@EXAMPLE.ORG",
    ],
)
def test_member_gets_in_by_card_typed_or_scanned_and_by_email(typed: str, mia: User) -> None:
    page = sign_in(typed)
    assert (page.status_code, page.headers["Location"]) == (302, "/me/start/")


@pytest.mark.parametrize("card", ["A12345B", "C000042D", "000042"])
def test_member_gets_in_by_a_card_that_looks_like_noise(card: str, make_user: Any) -> None:
    make_user(MEMBER, username=card, password=make_password(PASSWORD))
    assert sign_in(card.lower()).status_code == 302


@pytest.mark.parametrize(("role", "place"), [(MEMBER, "/me/"), (LIBRARIAN, "/desk/"), ("Admin", "/desk/")])
def test_everybody_comes_to_the_own_start_page(role: str, place: str, make_user: Any, client: Client) -> None:
    user = make_user(role, username="C1", password=make_password(PASSWORD))
    MemberFactory(user=user, card_number="C1")
    page = client.post(LOGIN, {"login": "C1", "password": PASSWORD}, follow=True)
    assert (page.wsgi_request.path, page.status_code) == (place, 200)


def test_person_who_is_in_already_is_led_on(mine: Client) -> None:
    assert mine.get(LOGIN).headers["Location"] == "/me/start/"


def test_person_who_was_sent_to_sign_in_comes_back_to_where_they_were(mia: User, client: Client) -> None:
    place = client.get("/me/profile/?x=1").headers["Location"]
    field = re.search(r'<input type="hidden" name="next" value="([^"]+)"', client.get(place).content.decode())
    page = sign_in(client=client, next=html.unescape(field[1]))
    assert (place, page.headers["Location"]) == ("/accounts/login/?next=/me/profile/%3Fx%3D1", "/me/profile/?x=1")


# --- everybody else is told the same ----------------------------------------------------------------


@pytest.fixture
def strangers(mia: User, make_user: Any) -> dict[str, tuple[str, str]]:
    """Everybody who does not get in: name and password."""
    make_user(MEMBER, username="NOPASSWORD", email="none@example.org", password="")
    make_user(MEMBER, username="UNUSABLE", password=make_password(None))
    make_user(MEMBER, username="CLOSED", email="closed@example.org", is_active=False, password=make_password(PASSWORD))
    make_user("Admin", username="boss@example.org", email="boss@example.org", password=make_password(PASSWORD))
    return {
        "wrong password": ("M000042P", "wrong"), "wrong password by email": ("mia@example.org", "wrong"),
        "wrong password, name is the email": ("boss@example.org", "wrong"), "unknown card": ("M000099X", "wrong"),
        "unknown email": ("nobody@example.org", "wrong"), "no password": ("NOPASSWORD", "wrong"),
        "no password by email": ("none@example.org", "wrong"), "unusable password": ("UNUSABLE", "wrong"),
        "closed": ("CLOSED", PASSWORD), "closed by email": ("closed@example.org", PASSWORD),
        "closed, wrong": ("CLOSED", "wrong"),
    }  # fmt: skip


def test_everybody_who_does_not_get_in_is_told_the_same(strangers: dict[str, tuple[str, str]]) -> None:
    answers = {}
    for who, (login, password) in strangers.items():
        page = sign_in(login, password)
        form = page.context["form"]
        answers[who] = (page.status_code, form.non_field_errors(), list(form.errors), words(page).replace(login, "-"))
    assert set(map(str, answers.values())) == {str(answers["unknown card"])}
    assert answers["unknown card"][:2] == (200, [WRONG])


def test_everybody_who_does_not_get_in_costs_one_look_at_a_password(
    strangers: dict[str, tuple[str, str]], hashed: list[str]
) -> None:
    looks = {}
    for who, (login, password) in strangers.items():
        hashed.clear()
        sign_in(login, password)
        looks[who] = len(hashed)
    assert looks == dict.fromkeys(strangers, 1)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("", ""),
        ("M000042P", ""),
        ("", PASSWORD),
        ("x" * 255, "x"),
        ("a\x00", "x"),
        ("a", "x\x00"),
        ("M000042P", "x" * 100_000),
    ],
)
def test_odd_answers_let_nobody_in_and_break_nothing(login: str, password: str, mia: User) -> None:
    assert sign_in(login, password).status_code == 200


def test_what_was_typed_as_a_name_is_only_a_name(mia: User) -> None:
    content = sign_in('"><script>alert(1)</script>', "wrong").content.decode()
    assert ("<script>alert" in content, "&lt;script&gt;alert" in content) == (False, True)


def test_nobody_signs_up(client: Client) -> None:
    answers = {"username": "new", "email": "new@example.org", "password1": PASSWORD, "password2": PASSWORD}
    pages = [client.get("/accounts/signup/"), client.post("/accounts/signup/", answers)]
    assert ([page.status_code for page in pages], User.objects.count()) == ([200, 200], 0)
    assert "Members are registered at the desk" in words(pages[1])


def test_sign_in_reaches_nothing_but_name_and_password(mia: User) -> None:
    sign_in(is_staff="1", is_superuser="1", groups="1", user="1", member="1", remember="1")
    mia.refresh_from_db()
    assert (mia.is_staff, mia.is_superuser, [group.name for group in mia.groups.all()]) == (False, False, [MEMBER])


# --- too many tries ---------------------------------------------------------------------------------


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_thirty_wrong_tries_at_once_reach_the_hasher_ten_times(
    transactional_db: None, mia: User, hashed: list[str]
) -> None:
    pages = at_once(30, lambda n: sign_in(["M000042P", "*m000042p*", "Mia@example.org"][n % 3], "wrong"))
    statuses = [page.status_code for page in pages]
    assert (len([each for each in hashed if each == "wrong"]) <= 10, set(statuses)) == (True, {200, 429})
    assert sign_in().status_code == 429


def try_ten_times(login: str = "M000042P") -> list[int]:
    return [sign_in(login, "wrong").status_code for _each in range(10)]


def test_eleventh_try_gets_a_page_that_says_so_also_with_the_right_password(mia: User, hashed: list[str]) -> None:
    tries = try_ten_times()
    hashed.clear()
    page = sign_in()
    assert (tries, page.status_code, page.headers["Retry-After"], hashed) == ([200] * 10, 429, "300", [])
    assert ("Too many tries" in words(page), "Wait five minutes" in words(page)) == (True, True)


def test_unknown_name_is_limited_like_a_known_one(mia: User) -> None:
    assert (try_ten_times("NOBODY"), sign_in("NOBODY", "wrong").status_code) == ([200] * 10, 429)


@pytest.mark.parametrize(
    "trick",
    [
        {"headers": {"x-forwarded-for": "203.0.113.9"}}, {"headers": {"forwarded": "for=203.0.113.9"}},
        {"headers": {"x-real-ip": "203.0.113.9"}}, {"headers": {"host": "testserver:1"}},
        {"headers": {"host": "localhost"}},
        {"REMOTE_ADDR": "203.0.113.9"}, {"headers": {"x-requested-with": "XMLHttpRequest"}},
    ],
    ids=str,
)  # fmt: skip
def test_no_header_and_no_other_address_gives_more_tries_at_one_person(trick: dict[str, Any], mia: User) -> None:
    try_ten_times()
    page = Client().post(LOGIN, {"login": "M000042P", "password": PASSWORD}, **trick)
    assert page.status_code == 429


@pytest.mark.parametrize("name", ["m000042p", "*M000042P*", "mia@example.org", "MIA@example.org"])
def test_no_other_spelling_gives_more_tries_at_one_person(name: str, mia: User) -> None:
    try_ten_times()
    assert sign_in(name).status_code == 429


def test_one_address_has_twenty_wrong_tries_an_hour_at_all_names(mia: User) -> None:
    statuses = [sign_in(f"NAME{number}", "wrong").status_code for number in range(21)]
    assert (statuses, sign_in().status_code) == ([200] * 20 + [429], 429)


def test_other_people_at_other_addresses_get_in_meanwhile(mia: User, make_user: Any) -> None:
    make_user(MEMBER, username="OTTO", password=make_password(PASSWORD))
    try_ten_times()
    page = Client().post(LOGIN, {"login": "OTTO", "password": PASSWORD}, REMOTE_ADDR="203.0.113.9")
    assert page.status_code == 302


def test_right_passwords_do_not_count_as_tries(mia: User) -> None:
    assert [sign_in().status_code for _each in range(25)] == [302] * 25


def test_tries_are_counted_where_every_process_sees_them(mia: User) -> None:
    sign_in(password="wrong")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM openshelf_cache WHERE cache_key LIKE '%%failed%%'")
        assert cursor.fetchone() == (2,)


# --- where a sign-in leads --------------------------------------------------------------------------

ELSEWHERE = [
    "//evil.example", "///evil.example", "////evil.example", r"/\evil.example", r"\\evil.example", "/%09/evil.example",
    "/\t/evil.example", "https:evil.example", "https:/evil.example", "https://evil.example/me/", "http:///evil.example",
    "javascript:alert(1)",    "JaVaScRiPt:alert(1)", "data:text/html,x", "https://testserver@evil.example/", "https://testserver.evil.example",
    "http://evil.example\\@testserver/", " //evil.example", "\x00//evil.example", "//evil.example/%2e%2e", "ftp://testserver/",
]  # fmt: skip


def stays(place: str) -> bool:
    """Whether a browser that follows ``place`` stays here: a path that is no other host in disguise."""
    path = place.removeprefix("http://testserver")
    return path.startswith("/") and not re.match(r"[/\\\s]{2}|/[\x00-\x20]*[/\\]", path)


@pytest.mark.parametrize("place", ELSEWHERE)
def test_sign_in_never_leads_elsewhere(place: str, mia: User) -> None:
    by_field, by_address = sign_in(next=place), Client().post(f"{LOGIN}?{urlencode({'next': place})}", {
        "login": "M000042P", "password": PASSWORD,
    })  # fmt: skip
    assert [page.status_code for page in (by_field, by_address)] == [302, 302]
    assert [page.headers["Location"] for page in (by_field, by_address) if not stays(page.headers["Location"])] == []


@pytest.mark.parametrize("place", ELSEWHERE)
@pytest.mark.parametrize(
    "address", [LOGIN, "/accounts/logout/", "/accounts/password/change/", "/accounts/reauthenticate/", "/language/"]
)
def test_no_other_page_of_signing_in_leads_elsewhere(address: str, place: str, mia: User) -> None:
    client = Client()
    client.force_login(mia)
    answers = {"next": place, "language": "de", "password": PASSWORD, "oldpassword": PASSWORD,
               "password1": "another sentence!", "password2": "another sentence!"}  # fmt: skip
    pages = [client.get(f"{address}?{urlencode({'next': place})}"), client.post(address, answers)]
    assert [
        page.headers["Location"] for page in pages if page.status_code == 302 and not stays(page.headers["Location"])
    ] == []


@pytest.mark.parametrize("place", ELSEWHERE)
def test_language_switch_of_a_visitor_never_leads_elsewhere(place: str, client: Client) -> None:
    page = client.post("/language/", {"language": "de", "next": place}, headers={"referer": place.strip("\x00\t")})
    assert stays(page.headers["Location"]) is True


# --- what a session is worth ------------------------------------------------------------------------


def test_session_gets_another_number_at_sign_in_and_is_dead_after_sign_out(mia: User, client: Client) -> None:
    session = client.session
    session["before"] = "x"
    session.save()
    client.cookies["sessionid"] = session.session_key
    sign_in(client=client)
    inside = client.cookies["sessionid"].value
    assert (inside != session.session_key, is_in(client)) == (True, True)
    client.post("/accounts/logout/")
    thief = Client()
    thief.cookies["sessionid"] = inside
    assert (is_in(client), is_in(thief)) == (False, False)


def test_session_number_somebody_else_chose_is_not_taken(mia: User, client: Client) -> None:
    client.cookies["sessionid"] = "chosenbysomebodyelse00000000000a"
    sign_in(client=client)
    assert client.cookies["sessionid"].value != "chosenbysomebodyelse00000000000a"


def test_cookie_of_the_session_is_out_of_reach_of_scripts(mia: User, client: Client) -> None:
    cookie = sign_in(client=client).cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")


def test_visit_to_the_sign_out_page_does_not_sign_out(mine: Client) -> None:
    assert ("Do you want to sign out?" in words(mine.get("/accounts/logout/")), is_in(mine)) == (True, True)


@pytest.mark.parametrize(
    "change",
    [
        lambda user: User.objects.filter(pk=user.pk).update(is_active=False),
        lambda user: User.objects.filter(pk=user.pk).update(password=make_password("another sentence!")),
        lambda user: User.objects.filter(pk=user.pk).update(password=make_password(None)),
    ],
    ids=["closed", "another password", "no password"],
)
def test_sessions_die_with_the_sign_in_or_its_password(change: Callable[[User], Any], mia: User) -> None:
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client=client)
    change(mia)
    assert [is_in(client) for client in clients] == [False, False]


def change_password(client: Client, old: str = PASSWORD, new: str = "another sentence!") -> Any:
    return client.post("/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new})


def test_own_change_of_the_password_ends_every_session_but_this(mia: User) -> None:
    here, elsewhere = Client(), Client()
    for client in (here, elsewhere):
        sign_in(client=client)
    page = change_password(here)
    assert (page.headers["Location"], is_in(here), is_in(elsewhere)) == ("/me/start/", True, False)
    assert (sign_in().status_code, sign_in(password="another sentence!").status_code) == (200, 302)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [("wrong", "another sentence!", "oldpassword"), (PASSWORD, "short", "password1"),
     (PASSWORD, "password123", "password1"),
     (PASSWORD, "m000042p", "password1"), (PASSWORD, "1234567890", "password1")],
)  # fmt: skip
def test_password_is_not_changed_without_the_old_one_or_to_an_easy_one(
    old: str, new: str, wrong: str, mia: User
) -> None:
    client = Client()
    sign_in(client=client)
    page = change_password(client, old, new)
    mia.refresh_from_db()
    assert (list(page.context["form"].errors), mia.check_password(PASSWORD)) == ([wrong], True)


def test_pages_of_a_person_are_kept_in_no_cache(mia: User, client: Client) -> None:
    anonymous = client.get("/").headers.get("Cache-Control", "")
    sign_in(client=client)
    pages = [client.get(address) for address in ("/me/", "/me/profile/", "/me/fines/")]
    assert [page for page in pages if "no-store" not in page.headers["Cache-Control"]] == []
    assert "no-store" not in anonymous
    assert client.post("/accounts/logout/").headers["Clear-Site-Data"] == '"cache"'


def test_pages_of_the_desk_are_kept_by_the_own_browser_alone(desk: Client) -> None:
    assert desk.get("/desk/members/add/").headers["Cache-Control"] == "private, no-cache"
