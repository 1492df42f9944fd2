"""Somebody does what their role may not: each address and each method of the API has a declared audience, kept to.

An address that is not in ``AUDIENCE``, or a method that is not in ``API``, fails the build.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.tests.api.programs import Program
from accounts.tests.factories import MemberFactory
from library_site.tests.audiences import (
    ADMINS,
    ANYBODY_SIGNED_IN,
    AUDIENCE,
    BROWSERS,
    DESK,
    MEMBERS,
    PAGES,
    PUBLIC,
)
from library_site.tests.threats.breaking import Break
from library_site.urls import api

pytestmark = pytest.mark.django_db
ONE_MORE = '\n    path("more/", {}, name="more"),\n]\n'
BREAKS = [
    Break("circulation/views/loans.py", "@needs(USE_DESK)\ndef loans_csv", "def loans_csv", test="members"),
    Break("accounts/views/audit.py", "@needs(SEE_AUDIT)\ndef audit_csv", "def audit_csv", test="librarians"),
    Break("circulation/api/ledger.py", "permission = REFUND", "permission = TAKE_PAYMENT", test="operation"),
    Break("accounts/api/permissions.py", "if not may(request.user, needed):", "if False:", test="operation"),
    Break("catalog/urls.py", "\n]\n", ONE_MORE.format("books.books"), test="address_has_an_audience"),
    Break("circulation/api/routes.py", "\n]\n", ONE_MORE.format("mine.MyFines.as_view()"), test="api_has_an_audience"),
    Break("library_site/settings.py", '    "django.contrib.auth.middleware.LoginRequiredMiddleware",\n', ""),
]
CLOSED = [name for name, audience in AUDIENCE.items() if audience != PUBLIC]
OTHERWISE = {"catalog:labels": 400, "library_site:download_backup": 404}  # that file is not there
REDIRECTS = {
    "library_site:after_sign_in", "library_site:unsent", "account_reauthenticate", "catalog:import_columns",
}  # fmt: skip


def names(patterns: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address of the site but those of the admin site and of the API."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name not in ("admin", "api"):
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from names(pattern.url_patterns, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def statuses(browser: Client, address: Callable[[str], str], audiences: tuple[str, ...]) -> dict[str, tuple[int, int]]:
    """What the browser gets of each address of these audiences, by GET and by POST."""
    found = {name: address(name) for name, audience in AUDIENCE.items() if audience in audiences}
    return {name: (browser.get(url).status_code, browser.post(url).status_code) for name, url in found.items()}


def test_every_address_has_an_audience() -> None:
    assert sorted(names()) == sorted(AUDIENCE)


def test_closed_page_asks_who_is_not_signed_in_to_sign_in(address: Callable[[str], str], client: Client) -> None:
    answers = {name: [client.get(address(name)), client.post(address(name))] for name in CLOSED}
    places = {name: {each.headers.get("Location", "").split("?")[0] for each in both} for name, both in answers.items()}
    assert {name: found for name, found in places.items() if found != {reverse("account_login")}} == {}


def test_page_of_the_desk_is_refused_to_members(address: Callable[[str], str], mine: Client) -> None:
    found = statuses(mine, address, (DESK, ADMINS))
    assert (len(found) > 100, {name: each for name, each in found.items() if each != (403, 403)}) == (True, {})


def test_page_of_admins_is_refused_to_librarians(address: Callable[[str], str], desk: Client) -> None:
    found = statuses(desk, address, (ADMINS,))
    assert (len(found) > 20, {name: each for name, each in found.items() if each != (403, 403)}) == (True, {})


def test_page_opens_to_its_audience(address: Callable[[str], str], request: pytest.FixtureRequest) -> None:
    browsers = {audience: request.getfixturevalue(browser) for audience, browser in BROWSERS.items()}
    wrong = {}
    for name in CLOSED:
        if name in PAGES:
            query = "?sheet=a4-24&copies=1&skip=0" if name == "catalog:labels" else ""
            status = browsers[AUDIENCE[name]].get(address(name) + query).status_code
            if status not in ((200, 302) if name in REDIRECTS else (200, OTHERWISE.get(name))):
                wrong[name] = status
    assert wrong == {}


# --- the admin site ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("role", "status"), [(MEMBER, 403), (LIBRARIAN, 403), (ADMIN, 200)])
def test_admin_site_opens_to_admins_only(
    role: str, status: int, make_user: Callable[..., User], client: Client
) -> None:
    client.force_login(make_user(role))
    lists = [f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist" for model in admin.site._registry]
    pages = ["admin:index", *lists] if role != ADMIN else ["admin:index"]
    assert {client.get(reverse(name), follow=True).status_code for name in pages} == {status}


def test_admin_site_asks_who_is_not_signed_in_to_sign_in_like_everywhere(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].split("?")[0] == reverse("account_login")


# --- the API ----------------------------------------------------------------------------------------

API = {
    "schema": {"GET": PUBLIC}, "docs": {"GET": PUBLIC}, "problem": {"GET": PUBLIC},
    "register": {"POST": ADMINS}, "login": {"POST": PUBLIC}, "logout": {"POST": ANYBODY_SIGNED_IN},
    "me": {"GET": ANYBODY_SIGNED_IN}, "library": {"GET": PUBLIC}, "branches": {"GET": PUBLIC},
    "member_categories": {"GET": DESK}, "copy_types": {"GET": DESK},
    "members": {"GET": DESK, "POST": DESK}, "member": {"GET": DESK, "PATCH": DESK, "DELETE": DESK},
    "books": {"GET": PUBLIC, "POST": DESK},
    "book": {"GET": PUBLIC, "PUT": DESK, "PATCH": DESK, "DELETE": DESK},
    "copies": {"GET": DESK, "POST": DESK}, "copy": {"GET": DESK, "PATCH": DESK, "DELETE": DESK},
    "catalogue": {"GET": PUBLIC},
    "imports": {"GET": DESK, "POST": DESK}, "import_files": {"POST": DESK}, "import": {"GET": DESK, "DELETE": DESK},
    "import_lines": {"GET": DESK, "POST": DESK}, "import_columns": {"GET": DESK, "POST": DESK},
    "apply_import": {"POST": DESK}, "pause_import": {"POST": DESK}, "resume_import": {"POST": DESK},
    "undo_import": {"POST": DESK},
    "search": {"GET": DESK}, "save": {"POST": DESK}, "saved_books": {"GET": DESK}, "saved_book": {"DELETE": DESK},
    "loans": {"GET": DESK, "POST": DESK}, "loan": {"GET": DESK}, "return_loan": {"POST": DESK},
    "renew_loan": {"POST": DESK},
    "holds": {"GET": DESK, "POST": DESK}, "hold": {"GET": DESK}, "cancel_hold": {"POST": DESK},
    "suspend_hold": {"POST": DESK}, "resume_hold": {"POST": DESK}, "move_hold": {"POST": DESK},
    "ledger": {"GET": DESK}, "balance": {"GET": DESK}, "entry": {"GET": DESK}, "void_entry": {"POST": DESK},
    "payments": {"POST": DESK}, "waivers": {"POST": DESK}, "write_offs": {"POST": DESK}, "charges": {"POST": DESK},
    "refunds": {"POST": ADMINS}, "look_up_rules": {"GET": DESK},
    "my_loans": {"GET": MEMBERS}, "renew_my_loan": {"POST": MEMBERS}, "my_holds": {"GET": MEMBERS, "POST": MEMBERS},
    "my_hold": {"GET": MEMBERS}, "cancel_my_hold": {"POST": MEMBERS}, "suspend_my_hold": {"POST": MEMBERS},
    "resume_my_hold": {"POST": MEMBERS}, "my_fines": {"GET": MEMBERS}, "my_balance": {"GET": MEMBERS},
}  # fmt: skip
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
MAY = {  # to whom what is for whom is open
    None: {PUBLIC}, MEMBER: {PUBLIC, ANYBODY_SIGNED_IN, MEMBERS}, LIBRARIAN: {PUBLIC, ANYBODY_SIGNED_IN, DESK},
    ADMIN: {PUBLIC, ANYBODY_SIGNED_IN, DESK, ADMINS},
}  # fmt: skip


def test_every_operation_of_the_api_has_an_audience() -> None:
    there = {
        route.name: {method for method in METHODS if hasattr(route.callback.view_class, method.lower())}
        for route in api[0]
    }
    assert there == {name: set(methods) for name, methods in API.items()}


@pytest.mark.parametrize("role", MAY)
def test_operation_of_the_api_opens_to_its_audience_alone(
    role: str | None, make_user: Callable[..., User], settings: Any
) -> None:
    settings.API_RATE_ANONYMOUS = 1_000
    user = make_user(role) if role else None
    if role == MEMBER:
        MemberFactory(user=user)
    program, wrong = Program(user), {}
    for route in api[0]:
        where = reverse(f"api:{route.name}", kwargs=dict.fromkeys(route.pattern.converters, 999_999))
        for method, audience in API[route.name].items():
            if route.name not in ("login", "logout"):  # with wrong words; and the token would be gone
                status = program.ask(method, where, None if method == "GET" else {}).status_code
                if (status in (401, 403)) == (audience in MAY[role]) or (not user and status == 403):
                    wrong[method, route.name] = status
    assert wrong == {}
