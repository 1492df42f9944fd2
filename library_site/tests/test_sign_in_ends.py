"""Sign-ins end: of staff after a pause and after a working day, of members after two weeks away; no work is lost."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, MemberCategory
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 5, 5, 8, tzinfo=UTC)
PASSWORD = "a sentence nobody guesses"
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PAUSE = "You were signed out because nothing was done here for 60 minutes. Sign in to go on where you were."
WORKING_DAY = "You were signed out because a sign-in of staff lasts 12 hours. Sign in to go on where you were."


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def people(clock: Any, make_user: Any) -> None:
    for role in (MEMBER, LIBRARIAN, ADMIN):
        user = make_user(role, username=role.upper(), password=make_password(PASSWORD))
        MemberFactory(user=user, card_number=user.username)


@pytest.fixture
def window(people: None) -> Client:
    """A browser in which a librarian signed in in the morning."""
    return signed_in_as(LIBRARIAN)


def signed_in_as(role: str) -> Client:
    client = Client()
    sign_in(client, role)
    return client


def sign_in(client: Client, role: str = LIBRARIAN, **more: Any) -> Any:
    return client.post("/accounts/login/", {"login": role.upper(), "password": PASSWORD} | more, follow=True)


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


# --- how long ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", [LIBRARIAN, ADMIN])
@pytest.mark.parametrize(("pause", "is_in"), [(HOUR, True), (HOUR + MINUTE, False)])
def test_staff_are_signed_out_after_an_hour_in_which_nothing_was_done(
    pause: timedelta, is_in: bool, role: str, clock: Any, people: None
) -> None:
    window = signed_in_as(role)
    clock.shift(pause)
    page = window.get("/desk/", follow=True)
    assert (page.context["user"].is_authenticated, PAUSE in words(page)) == (is_in, not is_in)


def test_staff_who_go_on_working_are_signed_out_twelve_hours_after_signing_in(clock: Any, window: Client) -> None:
    for _each in range(24):
        clock.shift(HOUR / 2)
        assert window.get("/desk/").status_code == 200
    clock.shift(MINUTE)
    page = window.get("/desk/members/?q=x", follow=True)
    assert (page.redirect_chain[-1], WORKING_DAY in words(page)) == (
        ("/accounts/login/?next=/desk/members/%3Fq%3Dx", 302), True,
    )  # fmt: skip


def test_session_that_ended_is_dead_on_the_server(clock: Any, window: Client) -> None:
    number = window.cookies["sessionid"].value
    clock.shift(HOUR + MINUTE)
    window.get("/desk/")
    clock.move_to(MORNING)
    thief = Client()
    thief.cookies["sessionid"] = number
    assert thief.get("/desk/").status_code == 302


def test_limits_are_those_of_the_settings(clock: Any, window: Client, settings: Any) -> None:
    settings.STAFF_IDLE_MINUTES = 5
    clock.shift(6 * MINUTE)
    assert "nothing was done here for 5 minutes." in words(window.get("/desk/", follow=True))


def test_member_is_remembered_until_two_weeks_without_a_visit(clock: Any, people: None) -> None:
    window = signed_in_as(MEMBER)
    visits = []
    for days in (13, 13, 13, 15):
        clock.shift(days * DAY)
        visits.append(window.get("/me/").status_code)
    assert visits == [200, 200, 200, 302]


def test_cookie_of_a_member_lasts_two_weeks_and_that_of_staff_as_long_as_the_browser(people: None) -> None:
    lasts = {role: signed_in_as(role).cookies["sessionid"]["max-age"] for role in (MEMBER, LIBRARIAN, ADMIN)}
    assert lasts == {MEMBER: 14 * 24 * 3600, LIBRARIAN: "", ADMIN: ""}


def test_member_who_works_here_by_now_signs_in_anew(clock: Any, people: None, make_user: Any) -> None:
    window = signed_in_as(MEMBER)
    clock.shift(DAY)
    Member.objects.get(card_number="MEMBER").user.groups.set(make_user(LIBRARIAN).groups.all())
    assert window.get("/desk/").headers["Location"] == "/desk/"
    assert window.get("/desk/").headers["Location"] == "/accounts/login/?next=/desk/"


def test_page_that_is_only_read_writes_at_most_once_a_minute(clock: Any, window: Client) -> None:
    writes = []
    for _each in range(5):
        clock.shift(timedelta(seconds=25))
        with CaptureQueriesContext(
            connection,
        ) as asked:
            window.get("/desk/members/")
        writes.append(len([query for query in asked if query["sql"].startswith(("UPDATE", "INSERT"))]))
    assert writes == [0, 0, 1, 0, 0]


# --- what happens then ------------------------------------------------------------------------------


def test_person_comes_back_to_the_page_that_was_asked_for(clock: Any, window: Client) -> None:
    clock.shift(2 * HOUR)
    window.get("/desk/members/?q=x", follow=True)
    assert sign_in(window, next="/desk/members/?q=x").redirect_chain == [("/desk/members/?q=x", 302)]


def test_public_page_is_shown_and_says_it(clock: Any, window: Client) -> None:
    clock.shift(2 * HOUR)
    page = window.get("/search/?q=x", follow=True)
    assert (page.redirect_chain, PAUSE in words(page)) == ([("/search/?q=x", 302)], True)


@pytest.mark.parametrize(
    ("address", "answers"), [("/accounts/logout/", {}), ("/language/", {"language": "de", "next": "/"})]
)
def test_what_anybody_may_send_is_simply_done(address: str, answers: dict, clock: Any, window: Client) -> None:
    clock.shift(2 * HOUR)
    assert window.post(address, answers).headers["Location"] == "/"


def late(window: Client, clock: Any, **more: Any) -> Any:
    """The answer to a form of a new member that is sent after a long pause."""
    clock.shift(2 * HOUR)
    adult = MemberCategory.objects.get(code="ADULT").pk
    answers = {"name": "Mia <b>Member</b>", "category": adult, "note": "Speaks\nsoftly", "key": "a-key-of-a-form"}
    return window.post("/desk/members/add/?save", answers | more, follow=True)


def send_now(window: Client, page: Any) -> Any:
    """Press the button "Send it now"."""
    action, form = re.search(
        r'<form method="post" action="(/desk/[^"]*)">(.*?)</form>', page.content.decode(), re.DOTALL
    ).groups()
    fields = re.findall(r'name="([^"]+)" value="([^"]*)"', form)
    return window.post(action, {name: html.unescape(value) for name, value in fields}, follow=True)


def test_form_sent_too_late_is_not_saved_and_the_page_says_so(clock: Any, window: Client) -> None:
    page = late(window, clock)
    assert (page.redirect_chain, Member.objects.filter(name__startswith="Mia").count()) == (
        [("/accounts/login/?next=/me/unsent/", 302)], 0,
    )  # fmt: skip
    assert (PAUSE in words(page), "What you sent was not saved yet, and nothing of it is lost." in words(page)) == (
        True, True,
    )  # fmt: skip


def test_form_sent_too_late_is_sent_with_one_click_after_signing_in(clock: Any, window: Client) -> None:
    late(window, clock)
    page = sign_in(window, next="/me/unsent/")
    assert "Nothing of it was saved. Send it now, or throw it away." in words(page)
    assert ("Mia <b>Member</b>" in words(page), "<b>Member" in page.content.decode()) == (True, False)
    for _each in range(2):
        send_now(window, page)
    member = Member.objects.get(name__startswith="Mia")
    assert (member.name, member.note) == ("Mia <b>Member</b>", "Speaks\nsoftly")


def test_page_of_the_unsent_form_shows_what_was_typed_and_no_names_of_the_program(clock: Any, window: Client) -> None:
    late(window, clock, **{"_save": "Save", "initial-note": "old", "overrides": "limit", "email": " "})
    page = sign_in(window, next="/me/unsent/")
    assert page.context["shown"] == ["Mia <b>Member</b>", "Speaks\nsoftly"]
    assert re.findall(r"<li>(Mia.*?|Speaks.*?)</li>", page.content.decode()) == [
        "Mia &lt;b&gt;Member&lt;/b&gt;", "Speaks<br>softly",
    ]  # fmt: skip
    assert ("note" in words(page), "limit" in words(page)) == (False, False)


def test_form_sent_too_late_is_forgotten_once_it_was_sent(clock: Any, window: Client) -> None:
    late(window, clock)
    send_now(window, sign_in(window, next="/me/unsent/"))
    assert ("unsent_form" in window.session, window.get("/me/unsent/").headers["Location"]) == (False, "/me/start/")


@pytest.mark.parametrize(
    ("address", "key"), [("/desk/members/add/?save", "another-form"), ("/desk/members/add/", "a-key-of-a-form")]
)
def test_form_sent_too_late_outlasts_other_forms(address: str, key: str, clock: Any, window: Client) -> None:
    late(window, clock)
    sign_in(window, next="/me/unsent/")
    window.post(address, {"name": "Otto", "category": MemberCategory.objects.get(code="ADULT").pk, "key": key})
    assert window.get("/me/unsent/").status_code == 200


def test_form_sent_too_late_is_kept_if_the_library_cannot_take_it(clock: Any, window: Client) -> None:
    late(window, clock)
    sign_in(window, next="/me/unsent/")
    page = window.get("/me/unsent/")
    window.post(
        "/desk/members/add/",
        {"name": "First", "category": MemberCategory.objects.get(code="ADULT").pk, "key": "a-key-of-a-form"},
    )
    assert send_now(window, page).status_code == 409
    assert window.get("/me/unsent/").status_code == 200


def test_form_sent_too_late_can_be_thrown_away(clock: Any, window: Client) -> None:
    late(window, clock)
    sign_in(window, next="/me/unsent/")
    assert window.post("/me/unsent/").headers["Location"] == "/me/start/"
    assert window.get("/me/unsent/").headers["Location"] == "/me/start/"


def test_somebody_else_sees_nothing_of_the_form(clock: Any, window: Client) -> None:
    late(window, clock)
    page = sign_in(window, ADMIN, next="/me/unsent/")
    assert (page.wsgi_request.path, "Mia" in page.content.decode()) == ("/desk/", False)
    window.post("/accounts/logout/")
    assert sign_in(window, next="/me/unsent/").wsgi_request.path == "/desk/"


def test_passwords_and_files_are_not_kept(clock: Any, window: Client) -> None:
    late(window, clock, oldpassword="hush-hush", picture=SimpleUploadedFile("a.png", b"hush-hush"))
    page = sign_in(window, next="/me/unsent/")
    assert ("Files cannot be kept" in words(page), "hush" in str(dict(window.session))) == (True, False)


def test_form_that_is_too_large_to_keep_says_that_it_is_lost(clock: Any, window: Client) -> None:
    page = late(window, clock, note="x" * 200_000)
    assert "What you sent was too much to be kept, and was not saved." in words(page)
    assert "unsent_form" not in window.session


def test_form_forged_by_another_site_is_not_kept(clock: Any, people: None) -> None:
    window = signed_in_as(LIBRARIAN)
    forger = Client(enforce_csrf_checks=True)
    forger.cookies = window.cookies
    clock.shift(2 * HOUR)
    assert forger.post("/desk/members/add/", {"name": "Mallory"}).status_code == 403
    assert "unsent_form" not in window.session


@pytest.mark.parametrize("address", ["/admin/", "/admin/accounts/member/"])
def test_admin_site_ends_too(address: str, clock: Any, people: None) -> None:
    window = signed_in_as(ADMIN)
    clock.shift(2 * HOUR)
    page = window.get(address, follow=True)
    assert (page.redirect_chain[-1][0].split("?")[0], PAUSE in words(page)) == ("/accounts/login/", True)
