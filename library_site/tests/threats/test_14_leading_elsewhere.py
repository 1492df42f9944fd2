"""An address in a link or form sends people to another site: ``next`` leads to paths of this site, or to the start."""

import re
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from accounts.models import Action, User
from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.views.conftest import PASSWORD
from accounts.tests.views.signing_in import LOGIN, sign_in
from catalog.tests.factories import CopyFactory
from circulation.services.loans import issue_copy
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("circulation/views/desk.py", "back if url_has_allowed_host_and_scheme(back, None) else", "back or"),
    Break("library_site/middleware/refusals.py", "referer.netloc == request.get_host() and ", ""),
    Break(
        "accounts/adapter.py", "    def is_open_for_signup",
        "    def is_safe_url(self, url):\n        return True\n\n    def is_open_for_signup",
    ),
]  # fmt: skip
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


def astray(pages: list[Any]) -> list[str]:
    """Where those of ``pages`` that lead on lead elsewhere."""
    places = [page.headers["Location"] for page in pages if page.status_code == 302]
    return [place for place in places if not stays(place)]


def test_sign_in_never_leads_elsewhere(mia: User) -> None:
    answers = {"login": "M000042P", "password": PASSWORD}
    by_field = [sign_in(next=place) for place in ELSEWHERE]
    by_address = [Client().post(f"{LOGIN}?{urlencode({'next': place})}", answers) for place in ELSEWHERE]
    assert {page.status_code for page in by_field + by_address} == {302}
    assert astray(by_field + by_address) == []


@pytest.mark.parametrize(
    "address",
    ["/accounts/login/", "/accounts/logout/", "/accounts/password/change/", "/accounts/reauthenticate/", "/language/"],
)
def test_no_other_page_of_signing_in_leads_elsewhere(address: str, mia: User, browser_of: Any) -> None:
    pages = []
    for place in ELSEWHERE:
        client = browser_of(mia)
        pages.append(client.get(f"{address}?{urlencode({'next': place})}"))
        answers = {"next": place, "language": "de", "password": PASSWORD, "oldpassword": "wrong"}
        pages.append(client.post(address, answers))
    assert astray(pages) == []


def test_changed_password_does_not_lead_elsewhere(mia: User, browser_of: Any) -> None:
    answers = {"oldpassword": PASSWORD, "password1": "another sentence!", "password2": "another sentence!"}
    page = browser_of(mia).post("/accounts/password/change/?next=//evil.example", answers | {"next": "//evil.example"})
    assert (page.status_code, page.headers["Location"]) == (302, "/me/start/")


def test_language_switch_of_a_visitor_never_leads_elsewhere(client: Client) -> None:
    pages = [
        client.post("/language/", {"language": "de", "next": place}, headers={"referer": place.strip("\x00\t")})
        for place in ELSEWHERE
    ]
    assert ([page.status_code for page in pages], astray(pages)) == ([302] * len(ELSEWHERE), [])


def test_what_is_undone_at_the_desk_does_not_lead_elsewhere(desk: Client, librarian: User) -> None:
    issue_copy(CopyFactory(), member=MemberFactory(), branch=default_branch(), by=librarian)
    action = Action.objects.latest("pk")
    pages = [desk.post(f"/desk/undo/{action.pk}/", {"next": place}) for place in ELSEWHERE]
    assert ([page.status_code for page in pages], astray(pages)) == ([302] * len(ELSEWHERE), [])


def test_whoever_signs_in_to_place_a_hold_comes_to_it_and_nowhere_else(mia: User, client: Client) -> None:
    place = f"/books/{CopyFactory().book_id}/hold/"
    asked = client.get(f"{place}?next=//evil.example").headers["Location"]
    page = client.post(asked, {"login": "M000042P", "password": PASSWORD})
    assert page.headers["Location"] == f"{place}?next=//evil.example"
    assert astray([client.post(place, {"next": "//evil.example"})]) == []


@pytest.mark.parametrize(
    ("referer", "back"),
    [("http://testserver/desk/staff/", True), ("https://evil.example/desk/", False),
     ("http://testserver//evil.example/", False), ("javascript:alert('evil.example')", False)],
)  # fmt: skip
def test_refusal_leads_back_to_a_page_of_ours_alone(referer: str, back: bool, admin_desk: Client) -> None:
    founder = UserFactory(is_superuser=True, is_staff=True)
    page = admin_desk.post(f"/desk/staff/{founder.pk}/sign-out/", headers={"referer": referer})
    content = page.content.decode()
    assert (page.status_code, "evil.example" in content, 'href="/desk/staff/"' in content) == (409, False, back)
