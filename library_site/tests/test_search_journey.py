"""A reader looks for a book in Chromium, on a desk's screen and on a phone's, with JavaScript and without."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from catalog.tests.search.shelf import shelve
from library_site.tests.conftest import Window
from library_site.tests.test_pages_in_a_browser import faults, mistakes

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

PHONE, SCREEN = {"width": 360, "height": 700}, {"width": 1280, "height": 800}


def titles(page: Page) -> list[str]:
    return page.locator(".hits h2").all_inner_texts()


@pytest.mark.parametrize("javascript", [True, False], ids=["js", "nojs"])
@pytest.mark.parametrize("viewport", [SCREEN, PHONE], ids=["screen", "phone"])
def test_reader_finds_narrows_down_and_goes_back(
    open_window: Callable[..., Window], javascript: bool, viewport: dict[str, int]
) -> None:
    shelve("Sea of Ice", "Deep Sea", year=1995, language="eng", by="Abel")
    shelve("Meer und Sea", year=2003, language="ger", by="Bea")
    shelve("Hills", language="fre", publisher="Sea Press")
    page = open_window(java_script_enabled=javascript, viewport=viewport).open("/")
    page.locator("input[name=q]").fill("sea")
    page.get_by_label("Search in").focus()  # suggestions go where the box loses the focus
    page.get_by_label("Search in").select_option("Title")
    page.get_by_role("button", name="Search").click()
    page.wait_for_url("**/search/?q=sea&field=title")
    assert sorted(titles(page)) == ["Deep Sea", "Meer und Sea", "Sea of Ice"]

    narrow = page.get_by_role("navigation", name="Narrow down")
    english = narrow.get_by_role("link", name="English")
    assert english.is_visible() == (viewport == SCREEN)
    if viewport == PHONE:
        page.locator(".facets summary").press("Enter")
    assert mistakes(page.content()) == []
    if javascript:
        assert faults(page) == []
    english.press("Enter")
    page.get_by_text("2 books for “sea”").wait_for()
    page.get_by_role("link", name="Title").press("Enter")
    page.wait_for_url("**/search/?q=sea&field=title&language=eng&sort=title")
    assert titles(page) == ["Deep Sea", "Sea of Ice"]
    page.get_by_role("link", name="remove Language: English").press("Enter")
    page.get_by_text("3 books for “sea”").wait_for()

    if viewport == PHONE:
        page.locator(".facets summary").press("Enter")
    narrow.get_by_label("From").fill("2000")
    narrow.get_by_role("button", name="Show these years").press("Enter")
    page.get_by_text("1 book for “sea”").wait_for()
    assert titles(page) == ["Meer und Sea"]
    page.get_by_role("link", name="Meer und Sea").press("Enter")
    page.wait_for_url("**/books/*/")


def test_suggestions_are_chosen_by_keyboard_and_go_away_with_escape(open_window: Callable[..., Window]) -> None:
    (deep, _ice) = shelve("Deep Sea", "Deep Ice", lent={"Deep Sea": 3})
    page = open_window().open("/")
    box = page.get_by_role("combobox", name="Search the catalogue")
    box.press_sequentially("dee")
    page.get_by_role("option", name="Deep Sea").wait_for()
    assert faults(page) == []
    box.press("ArrowDown")
    assert page.get_by_role("option", name="Deep Sea").get_attribute("aria-selected") == "true"
    box.press("Escape")
    page.get_by_role("listbox").wait_for(state="hidden")
    box.press("ArrowDown")
    page.get_by_role("option", name="Deep Sea").wait_for()
    box.press_sequentially("p")
    page.get_by_role("option", name="Deep Sea").wait_for()
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url(f"**/books/{deep.pk}/")
