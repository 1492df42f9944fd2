"""Chromium for the tests that need one: with and without JavaScript, looking at a live site."""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from accounts.models import User
from library_site.tests.browser import chromium

LAUNCH = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
          "--disable-component-update", "--disable-sync"]  # fmt: skip
SIGN_IN_WORDS = ("E-mail or card number", "Password", "Sign in")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Without Chromium the browser tests are left out (make test says so); with REQUIRE_BROWSER that is an error."""
    if chromium():
        return
    if os.environ.get("REQUIRE_BROWSER"):
        raise pytest.UsageError("REQUIRE_BROWSER is set, but no Chromium was found.")
    wanted = [item for item in items if not item.get_closest_marker("browser")]
    config.hook.pytest_deselected(items=[item for item in items if item not in wanted])
    items[:] = wanted


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    # Playwright's loop runs in this thread; the ORM is only used beside it.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=LAUNCH)
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Window:
    """A browser window at the live site. Errors in its console fail the test when it is closed."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.context, self.address, self.errors = context, address, []
        self.page: Page = context.new_page()
        self.page.on("console", self._listen)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _listen(self, message: Any) -> None:
        # A refusal is a page with status 409: the browser logs it, the person reads it.
        if message.type == "error" and "status of 4" not in message.text:
            self.errors.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(self.address + path)
        return self.page

    def sign_in(self, login: str, password: str, words: tuple[str, str, str] = SIGN_IN_WORDS) -> None:
        login_label, password_label, button = words
        page = self.open("/accounts/login/")
        page.get_by_label(login_label).fill(login)
        page.get_by_label(password_label, exact=True).fill(password)
        page.get_by_role("main").get_by_role("button", name=button).click()


@pytest.fixture
def open_window(chrome: Browser, live_server: Any) -> Iterator[Callable[..., Window]]:
    windows: list[Window] = []

    def make(**options: Any) -> Window:
        options = {"viewport": {"width": 1280, "height": 800}, "locale": "en-GB", **options}
        windows.append(Window(chrome.new_context(**options), live_server.url))
        return windows[-1]

    yield make
    errors = [error for window in windows for error in window.errors]
    for window in windows:
        window.context.close()
    assert errors == []


@pytest.fixture
def give_password() -> Callable[[User], str]:
    def give(user: User) -> str:
        user.set_password("a sentence nobody guesses")
        user.save()
        return "a sentence nobody guesses"

    return give
