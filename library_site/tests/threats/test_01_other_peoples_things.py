"""A member opens or changes what is another's, by its number: it is not there or closed, and stays as it was.

Every address with a number in it is taken from the URLconf, every link from the pages of the desk and of the member.
"""

import re
from collections.abc import Callable, Iterator
from html import unescape
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, URLPattern, URLResolver, get_resolver, resolve, reverse

from accounts.models import ApiToken, User
from accounts.tests.api.programs import Program
from library_site.tests.audiences import (
    ADMINS,
    ANYBODY_SIGNED_IN,
    ASKS_ANOTHER_COMPUTER,
    AUDIENCE,
    DESK,
    MEMBERS,
    OF_A_SECOND_FACTOR,
    PUBLIC,
)
from library_site.tests.test_sent_twice import everything
from library_site.tests.threats.breaking import Break
from library_site.tests.threats.one_number import MARKS, NUMBER, Berta, make_everything
from library_site.urls import api

pytestmark = pytest.mark.django_db
BREAKS = [
    Break(path, old, new, test="closed_to_a_member")
    for path, old, new in [
        ("circulation/views/mine.py", "get_object_or_404(me(request).loans.open()", "get_object_or_404(Loan.objects"),
        ("circulation/views/my_holds.py", "me(request).holds.select_related", "Hold.objects.select_related"),
        ("accounts/views/tokens.py", "(request.user.api_tokens, pk=pk)", "(usable_tokens(), pk=pk)"),
        ("accounts/views/sign_ins.py", "OpenSignIn.objects.filter(user=request.user)", "OpenSignIn.objects"),
        ("circulation/api/mine.py", "self.request.user.member.holds.", "Hold.objects."),
        ("circulation/views/ledger.py", "@needs(TAKE_PAYMENT)\ndef receipt", "def receipt"),
    ]
] + [
    Break(
        "circulation/views/mine.py", "request, account(member))",
        'request, account(Member.objects.order_by("-card_number")[0]))', test="pages_of_a_member",
    ),
    Break("accounts/views/members.py", "@needs(MANAGE_MEMBERS)\ndef member(", "def member(", test="links"),
]  # fmt: skip
WORDS = {"style": "apa", "kind": "overdue", "language": "en", "code": "not_found"}  # in addresses, beside numbers
EVERYBODYS = {"circulation:place_mine"} | {name for name, audience in AUDIENCE.items() if audience == PUBLIC}
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NUMBERS = dict.fromkeys(
    (
        "pk",
        "id",
        "member",
        "user",
        "loan",
        "loans",
        "hold",
        "copy",
        "book",
        "token",
        "message",
        "key",
        "batch",
        "entry",
    ),
    str(NUMBER),
)


def numbered(patterns: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address that has something to fill in, but those of the API."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver) and pattern.app_name != "api":
            yield from numbered(pattern.url_patterns, space + (f"{pattern.namespace}:" if pattern.namespace else ""))
        elif isinstance(pattern, URLPattern) and pattern.pattern.converters and pattern.name:
            yield f"{space}{pattern.name}"


def path_of(name: str) -> str:
    """The address with the number wherever one goes."""
    (possible, *_more) = get_resolver_of(name).reverse_dict.getlist(name.rpartition(":")[2])
    keys = possible[0][0][1]
    return reverse(name, kwargs={key: WORDS.get(key, NUMBER) for key in keys})


def get_resolver_of(name: str) -> URLResolver:
    resolver = get_resolver()
    for space in name.split(":")[:-1]:
        resolver = resolver.namespace_dict[space][1]
    return resolver


PAGES = {name: path_of(name) for name in numbered() if name not in EVERYBODYS}
OPERATIONS = [
    (method, reverse(f"api:{route.name}", kwargs={key: WORDS.get(key, NUMBER) for key in route.pattern.converters}))
    for route in api[0] if route.pattern.converters and route.name != "problem"
    for method in METHODS if hasattr(route.callback.view_class, method.lower())
]  # fmt: skip


@pytest.fixture
def berta(make_user: Callable[..., User], librarian: User) -> Berta:
    return make_everything(make_user, librarian)


def all_there_is() -> dict[str, Any]:
    """Every row, but not when a token was used last."""
    rows = everything()
    for row in rows[ApiToken.__name__]:
        del row["last_used_at"]
    return rows


def gives_away(answer: HttpResponse) -> list[str]:
    return [mark for mark in MARKS if mark.encode() in answer.getvalue()]


def asks_to_sign_in(answer: HttpResponse) -> bool:
    return answer.status_code == 302 and answer.headers["Location"].startswith(("/accounts/", "/admin/login/"))


def test_everything_of_somebody_else_is_closed_to_a_member(berta: Berta, mine: Client, member_user: User) -> None:
    """POST brings the numbers along in the form, too: what the address does not say the form does not either."""
    program, before = Program(member_user), all_there_is()
    answers = {f"GET {path}": mine.get(path) for path in PAGES.values()}
    answers |= {f"POST {path}": mine.post(path, NUMBERS) for path in PAGES.values()}
    operations = {f"{method} {path}": program.ask(method, path, {}) for method, path in OPERATIONS}
    own = {path: program.ask("GET", path) for path in ("me", "me/loans", "me/holds", "me/fines", "me/balance")}
    assert sorted(what for what, answer in (answers | operations).items() if not is_closed(what, answer)) == ONLY_READ
    assert {what: found for what, each in (answers | operations | own).items() if (found := gives_away(each))} == {}
    assert all_there_is() == before


def is_closed(what: str, answer: HttpResponse) -> bool:
    """Whether ``what`` was refused; the admin site asks for another sign-in instead, and gives a member none."""
    return answer.status_code in (403, 404, 405) or (" /admin/" in what and asks_to_sign_in(answer))


ONLY_READ = [f"GET /api/v1/books/{NUMBER}"]  # everybody reads about books


def test_everything_of_somebody_is_closed_to_nobody(berta: Berta, client: Client) -> None:
    program, before = Program(), all_there_is()
    answers = {path: [client.get(path), client.post(path, NUMBERS)] for path in PAGES.values()}
    assert {path for path, each in answers.items() if not all(map(asks_to_sign_in, each))} == set()
    statuses = {f"{method} {path}": program.ask(method, path, {}).status_code for method, path in OPERATIONS}
    assert sorted(what for what, status in statuses.items() if status != 401) == ONLY_READ
    assert all_there_is() == before


def test_pages_of_a_member_show_nothing_else_whatever_numbers_they_are_given(berta: Berta, mine: Client) -> None:
    before = all_there_is()
    own = [name for name, audience in AUDIENCE.items() if audience not in (PUBLIC, DESK, ADMINS) and name not in PAGES]
    own = [reverse(name) for name in own if name not in EVERYBODYS]
    answers = {path: mine.get(path, NUMBERS) for path in [*own, "/me/record/?member=4242"]}
    assert {path: found for path, answer in answers.items() if (found := gives_away(answer))} == {}
    for name in ("circulation:renew_all_mine", "accounts:end_other_sign_ins"):
        mine.post(reverse(name), NUMBERS)
    assert all_there_is() == before


# --- the things are really there, and every link that leads to them -----------------------------------


def links_in(answer: HttpResponse) -> set[str]:
    """The paths to which the page's links, forms and pictures lead."""
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        return set()
    found = re.findall(r'(?:href|action|src|formaction|data-\w+)="(/[^"#]*)', answer.content.decode())
    return {unescape(link) for link in found if not link.startswith(("/static/", "/api/"))}


def route_of(link: str) -> str:
    try:
        return resolve(link.partition("?")[0]).view_name
    except Resolver404:
        return ""


def crawled(browser: Client, names: list[str]) -> tuple[dict[str, HttpResponse], dict[str, str]]:
    """What each page answers, and one link to each place that they lead to, by its route."""
    pages = {name: browser.get(PAGES.get(name) or reverse(name)) for name in names}
    links = {route_of(link): link for page in pages.values() for link in sorted(links_in(page))}
    return pages, links


def can_be_opened(name: str) -> bool:
    """Whether the address has nothing to fill in, or what PAGES fills in."""
    try:
        return name in PAGES or bool(reverse(name))
    except NoReverseMatch:
        return False


def names_for(*audiences: str) -> list[str]:
    return [
        name for name, audience in AUDIENCE.items()
        if audience in audiences and can_be_opened(name) and name not in LEFT_OUT
    ]  # fmt: skip


LEFT_OUT = ASKS_ANOTHER_COMPUTER | OF_A_SECOND_FACTOR | {"mfa_activate_totp", "mfa_add_webauthn", "mfa_list_webauthn"}
NOT_THERE = ["circulation:rule_lookup", "library_site:download_backup"]  # three kinds of that number, and the file


def test_links_of_the_desk_and_of_a_member_lead_nobody_else_there(
    berta: Berta, admin_user: User, mine: Client, client: Client, browser_of: Callable[[User], Client]
) -> None:
    pages, links = crawled(browser_of(admin_user), names_for(DESK, ADMINS))
    own, more = crawled(browser_of(berta.user), names_for(MEMBERS, ANYBODY_SIGNED_IN))
    assert sorted(name for name, page in (pages | own).items() if page.status_code == 404) == NOT_THERE
    before = all_there_is()
    followed = {link: AUDIENCE.get(route) for route, link in (links | more).items() if route not in EVERYBODYS}
    for link, audience in followed.items():
        assert asks_to_sign_in(client.get(link)), link
        answer = mine.get(link)
        is_open = answer.status_code == 200 and audience in (DESK, ADMINS, None)
        assert (gives_away(answer), is_open) == ([], False), link
    assert (len(followed) > 60, all_there_is() == before) == (True, True)


def test_numbers_in_addresses_of_the_api_lead_to_something(berta: Berta, admin_user: User) -> None:
    programs = [Program(admin_user), Program(berta.user)]
    read = {path for method, path in OPERATIONS if method == "GET"}
    assert {path for path in read if {each.ask("GET", path).status_code for each in programs} == {404}} == set()
