"""The password from paper: it serves once, and opens nothing until another was chosen."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.models import Member, User
from accounts.services.members import give_first_password
from accounts.tests.factories import MemberFactory
from library_site.tests.audiences import AUDIENCE

pytestmark = pytest.mark.django_db
PAPER, OWN = "paper-pass-word", "a sentence nobody guesses"
STILL_OPEN = {
    "account_change_password", "account_logout", "set_language",
    "library_site:health", "library_site:ready", "library_site:metrics",
}  # fmt: skip


@pytest.fixture(scope="module")
def window(shared_rows: DjangoDbBlocker) -> Client:
    """Mia has a password from paper, and signed in with it in this browser."""
    with shared_rows.unblock():
        give_first_password(MemberFactory(card_number="C1", name="Mia"), password=PAPER, by=None)
        client = Client()
        sign_in(client, PAPER)
        return client


@pytest.fixture
def member(window: Client, db: None) -> Member:
    return Member.objects.get(card_number="C1")


@pytest.fixture
def newcomer(window: Client, db: None) -> Client:
    """Somebody signed in with the password from paper."""
    client = Client()
    client.cookies.update(window.cookies)
    return client


def sign_in(client: Client, password: str) -> Any:
    return client.post("/accounts/login/", {"login": "c1", "password": password}, follow=True)


def choose(client: Client, new: str = OWN, old: str = PAPER) -> Any:
    return client.post(
        "/accounts/password/change/", {"oldpassword": old, "password1": new, "password2": new}, follow=True
    )


def words(page: Any) -> str:
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode())))


def test_password_from_paper_leads_to_choosing_another(member: Member) -> None:
    page = sign_in(Client(), PAPER)
    assert page.redirect_chain[-1] == ("/accounts/password/change/", 302)
    assert "You signed in with a first password, which serves once. Choose your own." in words(page)


@pytest.mark.parametrize("name", sorted(set(AUDIENCE) - STILL_OPEN))
@pytest.mark.parametrize("method", ["get", "post"])
def test_no_other_page_opens_before(name: str, method: str, address: Any, newcomer: Client) -> None:
    place = reverse(name) if name.endswith("_done") else address(name)
    page = getattr(newcomer, method)(place)
    assert (page.status_code, page.headers["Location"]) == (302, "/accounts/password/change/")


@pytest.mark.parametrize("place", ["/admin/", "/admin/accounts/user/", "/admin/password_change/", "/admin/nothing/"])
def test_admin_site_does_not_open_before(place: str, newcomer: Client, member: Member) -> None:
    User.objects.filter(pk=member.user_id).update(is_staff=True, is_superuser=True)
    assert newcomer.get(place).headers["Location"] == "/accounts/password/change/"


def test_own_password_opens_every_page_and_the_paper_is_worthless(newcomer: Client, member: Member) -> None:
    page = choose(newcomer)
    user = User.objects.get(pk=member.user_id)
    assert (page.redirect_chain[-1], "Your new password holds from now on." in words(page)) == (("/me/", 302), True)
    assert (user.must_change_password, user.first_password_until) == (False, None)
    assert "do not fit together" in words(sign_in(Client(), PAPER))
    assert sign_in(Client(), OWN).wsgi_request.path == "/me/"


def test_password_on_the_paper_does_not_become_the_own_one(newcomer: Client, member: Member) -> None:
    page = choose(newcomer, new=PAPER)
    assert page.context["form"].errors["password1"] == ["Choose another password than the one on the paper."]
    assert User.objects.get(pk=member.user_id).must_change_password is True


@pytest.mark.parametrize(("old", "new"), [(PAPER, "short"), (PAPER, "c1"), ("wrong", OWN), (PAPER, "password123")])
def test_nothing_opens_as_long_as_no_good_password_was_chosen(old: str, new: str, newcomer: Client) -> None:
    assert choose(newcomer, new, old).status_code == 200
    assert newcomer.get("/me/").headers["Location"] == "/accounts/password/change/"


def test_person_may_also_sign_out_or_switch_the_language(newcomer: Client) -> None:
    assert newcomer.post("/language/", {"language": "de", "next": "/"}).headers["Location"] == "/"
    assert newcomer.post("/accounts/logout/").headers["Location"] == "/"
    assert newcomer.get("/").status_code == 200


def test_password_from_paper_grows_too_old(member: Member) -> None:
    User.objects.update(first_password_until=timezone.now() - timedelta(seconds=1))
    client = Client()
    page = sign_in(client, PAPER)
    assert (page.redirect_chain, "This first password is too old. Ask the library for a new one." in words(page)) == (
        [("/accounts/login/", 302)], True,
    )  # fmt: skip
    assert "_auth_user_id" not in client.session


def test_second_password_from_paper_kills_the_first_and_its_sessions(newcomer: Client, member: Member) -> None:
    give_first_password(member, password="second-pass-word", by=None)
    assert newcomer.get("/me/").headers["Location"] == "/accounts/login/?next=/me/"
    assert "do not fit together" in words(sign_in(Client(), PAPER))
    assert sign_in(Client(), "second-pass-word").redirect_chain[-1] == ("/accounts/password/change/", 302)


def test_new_password_from_paper_ends_the_sessions_with_the_own_one(newcomer: Client, member: Member) -> None:
    choose(newcomer)
    give_first_password(member, password="second-pass-word", by=None)
    assert newcomer.get("/me/").headers["Location"] == "/accounts/login/?next=/me/"
    assert "do not fit together" in words(sign_in(Client(), OWN))
