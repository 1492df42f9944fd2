"""Filling shelves with a scanner or a camera, in Chromium: nothing waits, nothing is lost, with and without scripts."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from playwright.sync_api import Page, expect

from accounts.services.work import beat
from catalog.models import Book, Copy, ImportBatch, ImportRow
from catalog.services import scanning
from catalog.tasks import go_on_with_imports
from catalog.tests.openlibrary.conftest import memory_cache, stub
from catalog.tests.openlibrary.stub import Stub
from catalog.tests.services.pictures import photo_of
from catalog.tests.views.pages import FOX, know_the_fox
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, make_library_in_use
from library_site.tests.test_pages_in_a_browser import faults, mistakes

__all__ = ["memory_cache", "stub"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
SCAN, EMMA, OTHER = "/desk/scan/", "9780141439587", "9780553382563"
# A browser that reads barcodes itself, and a camera before which somebody holds two books, one after the other.
CAMERA = """
window.looks = 0;
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["ean_13", "qr_code"]; }
  async detect() {
    window.looks += 1;
    return [{ rawValue: window.looks < 4 ? "%s" : "%s" }, { rawValue: "4006381333931" }];
  }
};
navigator.mediaDevices.getUserMedia = async () => document.createElement("canvas").captureStream();
HTMLMediaElement.prototype.play = async () => {};
"""


@pytest.fixture
def source(stub: Stub) -> Stub:
    know_the_fox(stub)
    return stub


def furnish() -> None:
    make_library_in_use()
    ImportBatch.objects.all().delete()  # what is waiting there is none of ours


def work_through() -> None:
    beat()
    while go_on_with_imports():
        pass


def type_scans(page: Page, *codes: str) -> None:
    """As a scanner does it: keys into whatever has the focus, and Enter; the next one at once."""
    for code in codes:
        page.keyboard.type(code)
        page.keyboard.press("Enter")


def scanned() -> list[tuple[str, int | None]]:
    return list(ImportRow.objects.order_by("batch", "n").values_list("raw", "copies"))


def wide(page: Page) -> list[int]:
    """The widths at which the page runs sideways."""
    found = []
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        if page.evaluate("document.documentElement.scrollWidth") > width:
            found.append(width)
    return found


def test_shelf_is_scanned_found_answered_and_brought_in(
    open_window: Callable[..., Window], source: Stub, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    furnish()
    books = Book.objects.count()
    window = open_window(color_scheme="dark")
    window.sign_in("librarian", PASSWORD)
    page = window.open(SCAN)
    assert faults(page) + mistakes(page.content()) == []
    type_scans(page, FOX, EMMA, FOX, "9780140328722")
    expect(page.get_by_role("status").first).to_contain_text("The check digit of ISBN 9780140328722 is wrong")
    expect(page.locator("#hand_isbn")).to_have_value("9780140328722")
    assert (scanned(), page.evaluate("localStorage.length")) == ([(FOX, 2), (EMMA, 1)], 0)
    with monkeypatch.context() as broken:
        broken.setattr(scanning, "scan", _is_locked)
        type_scans(page, OTHER)
        page.get_by_role("heading", name="These scans are not sent yet").wait_for()
        assert page.locator("#unsent li").all_inner_texts() == [OTHER]
    expect(page.locator("#unsent")).to_be_hidden()
    assert scanned() == [(FOX, 2), (EMMA, 1), (OTHER, 1)]
    work_through()
    page.locator("#line-1").get_by_text("Fantastic Mr. Fox").wait_for()
    page.locator("#line-2").get_by_text("not found", exact=True).wait_for()
    page.get_by_label("Copies of line 1").fill("3")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("The numbers of copies are kept.")
    expect(page.locator("#scan-ready")).to_contain_text("1 new book, 3 copies · 2 lines stay")
    page.get_by_role("button", name="Remove line 3").click()
    page.locator("#line-3").wait_for(state="detached")
    assert (faults(page) + mistakes(page.content()), wide(page)) == ([], [])
    page.get_by_role("button", name="Add to the catalogue").click()
    page.wait_for_url("**/desk/import/*/")
    work_through()
    page.reload()
    page.get_by_text("Print labels for exactly this batch").wait_for()
    assert (Copy.objects.filter(book__title="Fantastic Mr. Fox").count(), Book.objects.count()) == (3, books + 1)
    page = window.open(SCAN)
    page.get_by_role("link", name="Add by hand").click()
    page.get_by_label("Title").fill("Emma")
    page.keyboard.press("Enter")
    page.get_by_text("“Emma” is in the catalogue.").wait_for()
    window.errors[:] = [each for each in window.errors if "status of 503" not in each]


def _is_locked(*args: Any, **how: Any) -> None:
    raise OperationalError("database is locked")


def test_camera_scans_book_after_book(open_window: Callable[..., Window]) -> None:
    furnish()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    window.context.add_init_script(CAMERA % (FOX, EMMA))
    page = window.open(SCAN)
    page.get_by_role("button", name="Scan with the camera").click()
    page.locator("#line-2").wait_for()
    while page.evaluate("window.looks") <= 6:  # polled from here: the page's own policy lets no text become a script
        page.wait_for_timeout(50)
    page.get_by_role("button", name="Scan with the camera").click()
    assert (scanned(), page.locator("#camera").is_visible()) == ([(FOX, 1), (EMMA, 1)], False)


def test_shelf_is_scanned_and_brought_in_without_javascript(open_window: Callable[..., Window], source: Stub) -> None:
    furnish()
    window = open_window(java_script_enabled=False, viewport={"width": 320, "height": 700})
    window.sign_in("librarian", PASSWORD)
    page = window.open(SCAN)
    page.get_by_label("Photo of barcodes").set_input_files(
        {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": photo_of(FOX, EMMA)}
    )
    page.get_by_role("button", name="Read the photo").click()
    page.get_by_text("Line 1: 978-0-14-032872-1").wait_for()
    assert page.get_by_role("button", name="Scan with the camera").count() == 0
    type_scans(page, FOX)
    page.get_by_text("again: line 1 stands for 2 copies now").wait_for()
    work_through()
    page.get_by_role("link", name="Refresh").click()
    page.locator("#line-1").get_by_text("Fantastic Mr. Fox").wait_for()
    page.get_by_label("Copies of line 1").fill("5")
    page.get_by_label("Copies of line 1").press("Enter")
    page.get_by_text("The numbers of copies are kept.").wait_for()
    page.get_by_role("button", name="Remove line 2").click()
    page.get_by_text("Line 2 is removed.").wait_for()
    page.get_by_role("button", name="Add to the catalogue").click()
    page.wait_for_url("**/desk/import/*/")
    work_through()
    batch = ImportBatch.objects.get(source="scan")
    assert (batch.phase, Copy.objects.filter(book__title="Fantastic Mr. Fox").count()) == ("applied", 5)
