"""The page on which the API can be read and tried out: under the strict policy, with nothing from elsewhere."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from accounts.services.tokens import make_token, new_token_text
from library_site.tests.conftest import Window


@pytest.mark.django_db
def test_page_has_no_script_or_style_of_its_own(client: Client) -> None:
    page = client.get("/api/v1/docs").content.decode()
    assert ("<style" in page, " style=" in page, page.count("<script src=")) == (False, False, page.count("<script"))


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("browser")
def test_requests_are_tried_out_in_a_browser_also_with_a_token(
    open_window: Callable[..., Window], make_user: Callable[..., User]
) -> None:
    window = open_window()
    text, asked = new_token_text(), set[str]()
    make_token(make_user("Librarian"), text=text, name="T", scopes=["read"], valid_for=timedelta(days=1), by=None)
    window.page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page = window.open("/api/v1/docs")
    page.locator("#operations-books-list_books .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()
    page.get_by_text('"results": []').first.wait_for()
    page.get_by_role("button", name="Authorize").first.click()
    page.locator(".auth-container input").fill(text)
    page.get_by_role("button", name="Apply credentials").click()
    page.get_by_role("button", name="Close").first.click()
    page.locator("#operations-loans-list_loans .opblock-summary-control").click()
    page.locator("#operations-loans-list_loans .try-out__btn").click()
    page.locator("#operations-loans-list_loans .execute").click()
    page.locator("#operations-loans-list_loans").get_by_text('"results": []').first.wait_for()
    assert {host for host in asked if host} == {window.address.split("/")[2]}
