"""Every address has a declared audience, and the site keeps to it: who may see what, by GET and by POST."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from accounts.models import Action, Restriction, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from circulation.models import LedgerEntry
from library_site.tests.addresses import ADMINS, ANYBODY_SIGNED_IN, AUDIENCE, DESK, MEMBERS, PUBLIC

pytestmark = pytest.mark.django_db

POST_ONLY = {
    "library_site:make_backup",
    "catalog:scan_photo", "catalog:change_scan", "catalog:scan_again", "catalog:scan_by_hand", "catalog:scan_choices",
    "catalog:commit_scan", "catalog:empty_scan",
    "catalog:import_upload", "catalog:import_options", "catalog:decide_import", "catalog:apply_import",
    "catalog:discard_import", "catalog:undo_import",
    "accounts:end_sign_in", "accounts:end_other_sign_ins", "accounts:sign_out_everywhere",
    "accounts:test_webhook", "accounts:enable_webhook", "accounts:replace_webhook_secret", "accounts:remove_webhook",
    "accounts:resend_event",
    "accounts:replace_card", "accounts:restrict_member", "accounts:give_first_password", "accounts:lift_restriction",
    "accounts:revoke_token",
    "catalog:delete_book", "catalog:upload_cover", "catalog:remove_cover", "catalog:add_copies", "catalog:mark_copy",
    "catalog:delete_copy", "catalog:import_save", "catalog:import_list", "catalog:pause_import",
    "catalog:resume_import", "catalog:not_the_same", "catalog:part_merged", "catalog:change_back",
    "circulation:renew_all_mine", "circulation:renew_mine", "circulation:choose_branch",
    "circulation:undo", "circulation:cancel_mine", "circulation:suspend_mine", "circulation:resume_mine",
    "circulation:let_go", "circulation:cancel_hold", "circulation:suspend_hold", "circulation:resume_hold",
    "circulation:move_hold",
    "circulation:calendar_open_again", "circulation:calendar_remove",
    "circulation:resend_message", "circulation:cancel_message", "circulation:reset_notice_text",
}  # fmt: skip
ASKS_ANOTHER_COMPUTER = {"catalog:refresh", "catalog:import_review", "catalog:found_cover"}
BROWSERS = {ADMINS: "admin_desk", DESK: "desk", MEMBERS: "mine", ANYBODY_SIGNED_IN: "mine"}
OF_A_SECOND_FACTOR = {  # opened in accounts/tests/views/test_second_factor.py
    "mfa_reauthenticate", "mfa_reauthenticate_webauthn", "mfa_deactivate_totp", "mfa_view_recovery_codes",
    "mfa_remove_webauthn", "mfa_edit_webauthn",
}  # fmt: skip
CLOSED = [name for name, audience in AUDIENCE.items() if audience != PUBLIC]
OF_THE_DESK = [name for name, audience in AUDIENCE.items() if audience in (DESK, ADMINS)]


def names(patterns: Any = None, space: str = "") -> Iterator[str]:
    """The name of every address of the site but those of the admin site and of the API, tested elsewhere."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name not in ("admin", "api"):
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from names(pattern.url_patterns, space + inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}"


def test_every_address_has_an_audience() -> None:
    assert sorted(names()) == sorted(AUDIENCE)


@pytest.mark.parametrize("name", CLOSED)
@pytest.mark.parametrize("method", ["get", "post"])
def test_closed_page_asks_who_is_not_signed_in_to_sign_in(name: str, method: str, address: Any, client: Client) -> None:
    response = getattr(client, method)(address(name))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, reverse("account_login"))


@pytest.mark.parametrize("name", OF_THE_DESK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_page_of_the_desk_is_refused_to_members(name: str, method: str, address: Any, mine: Client) -> None:
    assert getattr(mine, method)(address(name)).status_code == 403


@pytest.mark.parametrize("name", [name for name, audience in AUDIENCE.items() if audience == ADMINS])
def test_page_of_admins_is_refused_to_librarians(name: str, address: Any, desk: Client) -> None:
    assert (desk.get(address(name)).status_code, desk.post(address(name)).status_code) == (403, 403)


@pytest.mark.parametrize(
    "name", [name for name in CLOSED if name not in POST_ONLY | ASKS_ANOTHER_COMPUTER | OF_A_SECOND_FACTOR]
)
def test_page_opens_to_its_audience(name: str, address: Any, request: pytest.FixtureRequest) -> None:
    browser = request.getfixturevalue(BROWSERS[AUDIENCE[name]])
    query = "?sheet=a4-24&copies=1&skip=0" if name == "catalog:labels" else ""
    status = browser.get(address(name) + query).status_code
    assert status in ((200, 302) if name in REDIRECTS else (200, OTHERWISE.get(name)))


OTHERWISE = {"catalog:labels": 400, "library_site:download_backup": 404}  # that file is not there
REDIRECTS = {
    "library_site:after_sign_in", "library_site:unsent", "account_reauthenticate", "catalog:import_columns",
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(POST_ONLY))
def test_state_never_changes_by_fetching_a_page(name: str, address: Any, request: pytest.FixtureRequest) -> None:
    browser = request.getfixturevalue(BROWSERS[AUDIENCE[name]])
    url = address(name)
    before = (Action.objects.count(), Restriction.objects.filter(lifted_at=None).count(), LedgerEntry.objects.count())
    assert (browser.get(url).status_code, browser.head(url).status_code) == (405, 405)
    after = (Action.objects.count(), Restriction.objects.filter(lifted_at=None).count(), LedgerEntry.objects.count())
    assert after == before


@pytest.mark.parametrize("name", ["circulation:renew_mine", "accounts:revoke_token"])
def test_things_of_other_members_do_not_exist_for_a_member(name: str, address: Any, mine: Client) -> None:
    assert mine.post(address(name)).status_code == 404


@pytest.mark.parametrize("name", [name for name in CLOSED if name not in ASKS_ANOTHER_COMPUTER])
def test_post_without_a_token_is_refused(name: str, address: Any, librarian: User, member_user: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(member_user if AUDIENCE[name] in (MEMBERS, ANYBODY_SIGNED_IN) else librarian)
    before = Action.objects.count()
    assert browser.post(address(name)).status_code == 403
    assert Action.objects.count() == before


@pytest.mark.parametrize(("role", "status"), [(MEMBER, 403), (LIBRARIAN, 403), (ADMIN, 200)])
def test_admin_site_opens_to_admins_only(
    role: str, status: int, make_user: Callable[..., User], client: Client
) -> None:
    client.force_login(make_user(role))
    assert client.get("/admin/", follow=True).status_code == status


def test_admin_site_asks_who_is_not_signed_in_to_sign_in_like_everywhere(client: Client) -> None:
    response = client.get("/admin/", follow=True)
    assert response.redirect_chain[-1][0].split("?")[0] == reverse("account_login")
