"""A new password by e-mail."""

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core import mail
from django.test import Client

from accounts.models import LibrarySettings, User
from accounts.permissions import LIBRARIAN, MEMBER
from accounts.services.members import give_first_password
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
RESET = "/accounts/password/reset/"
OWN = "a sentence nobody guesses"


@pytest.fixture
def mia(make_user: Any) -> User:
    return make_user(MEMBER, username="C1", email="mia@example.org", password=make_password("forgotten"))


def ask(email: str, **more: Any) -> Any:
    return Client().post(RESET, {"email": email}, follow=True, **more)


def link() -> str:
    """The path of the link in the last e-mail."""
    return re.search(r"http://127\.0\.0\.1:8000(/\S+)", mail.outbox[-1].body)[1]


def choose(client: Client, path: str, password: str = OWN) -> Any:
    page = client.get(path, follow=True)
    return client.post(page.redirect_chain[-1][0], {"password1": password, "password2": password}, follow=True)


def test_link_leads_to_a_new_password(mia: User, client: Client) -> None:
    ask("mia@example.org")
    page = choose(client, link())
    mia.refresh_from_db()
    assert (page.wsgi_request.path, mia.check_password(OWN)) == ("/accounts/password/reset/key/done/", True)
    assert [mail.outbox[0].to, mail.outbox[0].subject] == [["mia@example.org"], "Choose a new password for Openshelf"]


def test_email_names_the_library_as_it_is_written(mia: User) -> None:
    LibrarySettings.objects.update(name="O'Neil & <Sons>\r\nBcc: x@y.org")
    for email in ("mia@example.org", "nobody@example.org"):
        ask(email)
    assert [message.subject for message in mail.outbox] == [
        "Choose a new password for O'Neil & <Sons> Bcc: x@y.org", "Your request at O'Neil & <Sons> Bcc: x@y.org",
    ]  # fmt: skip
    assert ["O'Neil & <Sons>" in message.body for message in mail.outbox] == [True, True]


def test_link_serves_once(mia: User) -> None:
    ask("mia@example.org")
    choose(Client(), link())
    page = Client().get(link(), follow=True)
    assert (page.status_code, "This link was used already or is too old." in page.content.decode()) == (200, True)
    mia.refresh_from_db()
    assert mia.check_password(OWN) is True


@pytest.mark.parametrize("path", [f"{RESET}key/1-abc/", f"{RESET}key/zzzzzzzzzzzzzz-x/", f"{RESET}key/1-set-password/"])
def test_invented_link_opens_nothing(path: str, mia: User, client: Client) -> None:
    pages = [client.get(path, follow=True), client.post(path, {"password1": OWN, "password2": OWN}, follow=True)]
    mia.refresh_from_db()
    assert [page.status_code for page in pages] == [200, 200]
    assert (mia.check_password("forgotten"), "This link was used already" in pages[0].content.decode()) == (True, True)


@pytest.mark.parametrize("email", ["MIA@example.org", "Mia@Example.Org", " mia@example.org "])
def test_email_may_be_written_with_capitals(email: str, mia: User) -> None:
    ask(email)
    assert mail.outbox[0].subject == "Choose a new password for Openshelf"


def test_unknown_address_gets_another_email(mia: User, make_user: Any) -> None:
    make_user(MEMBER, email="closed@example.org", is_active=False, password=make_password("x"))
    for email in ("mia@example.org", "nobody@example.org", "closed@example.org"):
        ask(email)
    assert [message.subject for message in mail.outbox] == [
        "Choose a new password for Openshelf", "Your request at Openshelf", "Your request at Openshelf",
    ]  # fmt: skip
    assert [("/reset/key/" in message.body) for message in mail.outbox] == [True, False, False]


@pytest.mark.parametrize(
    "email", ["", "nobody", "a@b", "x" * 400 + "@example.org", "a\x00@example.org", "a@b.org\r\nBcc: c@d.org"]
)
def test_what_is_no_address_is_refused_and_nothing_is_sent(email: str, mia: User) -> None:
    page = ask(email)
    assert (page.status_code, list(page.context["form"].errors), mail.outbox) == (200, ["email"], [])


@pytest.mark.parametrize("password", ["short", "password123", "1234567890"])
def test_easy_password_is_refused(password: str, mia: User, client: Client) -> None:
    ask("mia@example.org")
    page = choose(client, link(), password)
    mia.refresh_from_db()
    assert (list(page.context["form"].errors), mia.check_password("forgotten")) == (["password1"], True)


def test_new_password_ends_every_session(mia: User, client: Client) -> None:
    client.force_login(mia)
    ask("mia@example.org")
    choose(Client(), link())
    assert client.get("/me/profile/").status_code == 302


def test_new_password_takes_the_place_of_one_from_paper() -> None:
    member = MemberFactory(email="mia@example.org", card_number="C1")
    user = give_first_password(member, password="paper-pass-word", by=None)
    ask("mia@example.org")
    choose(Client(), link())
    user.refresh_from_db()
    assert (user.must_change_password, user.first_password_until, user.check_password(OWN)) == (False, None, True)


def test_link_for_somebody_else_does_not_lend_the_own_rights(mia: User, desk: Client) -> None:
    ask("mia@example.org")
    choose(desk, link())
    assert desk.get("/desk/").status_code == 302


@pytest.mark.parametrize("email", ["mia@example.org", "nobody@example.org"])
def test_email_that_cannot_be_sent_is_said_at_once(email: str, mia: User, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    page = ask(email)
    assert (page.status_code, "The e-mail could not be sent." in page.content.decode()) == (409, True)


def test_staff_get_a_link_too_and_keep_their_role(make_user: Any, client: Client) -> None:
    user = make_user(LIBRARIAN, email="lena@example.org", password=make_password("x"))
    ask("lena@example.org")
    choose(client, link())
    assert [group.name for group in user.groups.all()] == [LIBRARIAN]


def test_requests_for_one_address_are_limited(mia: User) -> None:
    statuses = [ask("mia@example.org").status_code for _each in range(6)]
    assert (statuses, len(mail.outbox)) == ([200] * 5 + [429], 5)


def test_reset_reaches_nothing_but_the_password(mia: User, client: Client) -> None:
    ask("mia@example.org")
    page = client.get(link(), follow=True)
    extra = {"is_staff": "1", "is_superuser": "1", "groups": "1", "user": "1", "username": "admin", "email": "x@y.org"}
    client.post(page.redirect_chain[-1][0], {"password1": OWN, "password2": OWN} | extra)
    mia.refresh_from_db()
    assert (mia.is_staff, mia.is_superuser, mia.username, mia.email) == (False, False, "C1", "mia@example.org")
