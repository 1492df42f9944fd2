"""Second factors, open sign-ins and the record in Chromium: a passkey that is added and used, pages without faults."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from accounts.models import User
from accounts.permissions import ADMIN
from accounts.tests.second_factors import code_of, factors_of, give_app, give_recovery_codes
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, make_library_in_use, make_sign_in
from library_site.tests.test_pages_in_a_browser import faults_in_dark, look

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
PASSKEYS = "/accounts/second-factor/passkeys/"


def plug_in_a_key(page: Page) -> None:
    """A security key that says yes to whatever the browser asks."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options | {"automaticPresenceSimulation": True}})


def press(page: Page, name: str) -> None:
    page.get_by_role("main").get_by_role("button", name=name).click()


def test_passkey_is_added_signs_in_and_confirms(open_window: Callable[..., Window]) -> None:
    admin = make_sign_in("admin", "Ada Admin", ADMIN)
    window = open_window()
    plug_in_a_key(window.page)
    window.sign_in("admin", PASSWORD)
    window.page.wait_for_url("**/desk/")
    page = window.open(f"{PASSKEYS}add/")
    page.get_by_label("Name").fill("Key on the ring")
    press(page, "Add")
    page.wait_for_url("**/recovery-codes/")
    assert (page.locator(".codes li").count(), factors_of(admin)) == (10, ["recovery_codes", "webauthn"])
    assert "Key on the ring" in window.open(PASSKEYS).content()
    page.get_by_role("button", name="Sign out").click()
    window.sign_in("admin", PASSWORD)
    page.wait_for_url("**/second-factor/code/")
    press(page, "Use a passkey or security key")
    page.wait_for_url("**/desk/")
    window.open(f"{PASSKEYS}confirm/?next=/desk/settings/")
    press(page, "Use a passkey or security key")
    page.wait_for_url("**/desk/settings/")


def test_key_that_is_not_plugged_in_is_said_and_a_code_serves(open_window: Callable[..., Window]) -> None:
    secret = give_app(make_sign_in("admin", "Ada Admin", ADMIN))
    window = open_window()
    window.page.add_init_script("navigator.credentials.get = () => Promise.reject(new Error('no key'))")
    window.sign_in("admin", PASSWORD)
    press(window.page, "Use a passkey or security key")
    window.page.get_by_text("The key did not answer, or it is not one of yours.").wait_for()
    window.page.get_by_label("Code").fill(code_of(secret))
    press(window.page, "Sign in")
    window.page.wait_for_url("**/desk/")


def test_pages_of_access_are_without_faults_light_and_dark(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    give_app(library.librarian)
    give_recovery_codes(library.librarian)
    wrong = []
    for who, paths in {
        library.reader: ["/me/record/", "/me/sessions/", "/accounts/second-factor/", "/accounts/second-factor/app/",
                         f"{PASSKEYS}add/", PASSKEYS],
        library.admin: ["/desk/staff/", f"/desk/staff/{library.librarian.pk}/second-factor/", "/desk/audit/",
                        "/desk/audit/?member=nobody"],
    }.items():  # fmt: skip
        window = open_window(color_scheme="light")
        window.sign_in(who.username, PASSWORD)
        for path in paths:
            wrong += look(window, path) + [f"{path} {each}" for each in faults_in_dark(window.page)]
    wrong += _while_signing_in(open_window(color_scheme="light"), library.librarian)
    assert wrong == []


def _while_signing_in(window: Window, user: User) -> list[str]:
    window.sign_in(user.username, PASSWORD)
    wrong = look(window, "/accounts/second-factor/code/")
    code = give_recovery_codes(user)[0]
    window.page.get_by_label("Code").fill(code)
    press(window.page, "Sign in")
    window.page.wait_for_url("**/desk/")
    for path in ("/accounts/second-factor/", "/accounts/second-factor/app/remove/",
                 "/accounts/second-factor/recovery-codes/", "/accounts/second-factor/recovery-codes/new/",
                 "/accounts/second-factor/confirm/"):  # fmt: skip
        wrong += look(window, path)
    return wrong
