"""Scans that come faster than pages, in Chromium: none is lost, their order is kept, each is answered loudly."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError
from playwright.sync_api import Page

from accounts.services.members import register_member
from catalog.models import Copy
from circulation.models import Loan
from circulation.services.loans import issue_copy
from circulation.services.returning import take_in
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, LibraryInUse, make_library_in_use
from library_site.tests.test_pages_in_a_browser import faults

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]
SLOWLY = 0.4  # seconds a page takes
BETWEEN = 100  # milliseconds between two scans
BOX = "[data-scan]"


class Desk:
    """A librarian's window, a new member, and the copies that are in."""

    def __init__(self, window: Window, library: LibraryInUse) -> None:
        self.window, self.library, category = window, library, library.member.category
        self.reader = register_member(by=library.librarian, name="Quick Reader", category=category)
        self.copies = [copy for copy in Copy.objects.order_by("pk") if not copy.loans.open().exists()]
        window.sign_in("librarian", PASSWORD)

    def open(self, path: str) -> Page:
        return self.window.open(path)

    def scan(self, *codes: str) -> None:
        """As a scanner does it: keys into whatever has the focus, Enter, and a little later the next."""
        for code in codes:
            self.window.page.keyboard.type(code)
            self.window.page.keyboard.press("Enter")
            self.window.page.wait_for_timeout(BETWEEN)

    def lent(self) -> list[Copy]:
        return [loan.copy for loan in Loan.objects.open().filter(member=self.reader).order_by("pk")]

    def outcomes(self) -> list[str]:
        return [text.strip() for text in self.window.page.locator(".outcome").all_inner_texts()]

    def waiting(self) -> list[str]:
        return self.window.page.locator("section[data-waiting] li").all_inner_texts()


@pytest.fixture
def desk(open_window: Callable[..., Window], monkeypatch: pytest.MonkeyPatch) -> Desk:
    def slowly(service: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*args: Any, **how: Any) -> Any:
            time.sleep(SLOWLY)
            return service(*args, **how)

        return slow

    monkeypatch.setattr("circulation.views.issue.issue_copy", slowly(issue_copy))
    monkeypatch.setattr("circulation.views.returning.take_in", slowly(take_in))
    return Desk(open_window(), make_library_in_use())


def test_scan_12_three_scans_a_tenth_of_a_second_apart_are_three_loans_in_their_order(desk: Desk) -> None:
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    copies = desk.copies[:3]
    desk.scan(*(copy.barcode for copy in copies))
    page.locator(".outcome").nth(2).wait_for()
    assert desk.lent() == copies
    titles = [copy.book.title for copy in reversed(copies)]
    assert [text.split("“")[1].split("”")[0] for text in desk.outcomes()] == titles
    assert (desk.waiting(), page.evaluate("sessionStorage.length")) == ([], 0)
    assert page.evaluate("document.activeElement.matches('[data-scan]')")
    assert page.url.endswith(f"/desk/issue/?member={desk.reader.pk}")


def test_card_and_books_scanned_at_the_desk_s_first_page_without_a_pause(desk: Desk) -> None:
    page = desk.open("/desk/")
    copies = desk.copies[:2]
    desk.scan(desk.reader.card_number, *(copy.barcode for copy in copies))
    page.get_by_text(f"“{copies[1].book.title}”").first.wait_for()
    page.locator(".outcome").nth(1).wait_for()
    assert desk.lent() == copies
    page.go_back()
    page.get_by_role("heading", name="Today").wait_for()


def test_scan_13_refusal_stops_the_row_and_shows_what_waits(desk: Desk) -> None:
    first, last = desk.copies[:2]
    lent = desk.library.overdue.copy
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.scan(first.barcode, lent.barcode, last.barcode)
    page.get_by_role("heading", name="Not issued").wait_for()
    page.get_by_role("button", name="Go on with them").wait_for()
    assert (desk.lent(), desk.waiting()) == ([first], [last.barcode])
    assert ([first.book.title in text for text in desk.outcomes()], faults(page)) == ([True], [])
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    assert desk.waiting() == [last.barcode]
    page.get_by_role("button", name="Go on with them").click()
    page.get_by_text(f"“{last.book.title}”").first.wait_for()
    page.locator(".outcome").wait_for()
    assert (desk.lent(), desk.waiting()) == ([first, last], [])


def test_what_waits_is_left_out_when_the_desk_says_so(desk: Desk) -> None:
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.scan("nonsense", desk.copies[0].barcode)
    page.get_by_role("button", name="Leave them out").click()
    assert (desk.waiting(), page.evaluate("sessionStorage.length"), desk.lent()) == ([], 0, [])
    page.wait_for_timeout(1100)
    desk.scan(desk.copies[1].barcode)
    page.locator(".outcome.success").wait_for()
    assert desk.lent() == [desk.copies[1]]


def test_override_goes_on_with_what_waits(desk: Desk) -> None:
    first, second = desk.copies[:2]
    Copy.objects.filter(pk=first.pk).update(damaged_on="2026-01-05")
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.scan(first.barcode, second.barcode)
    page.get_by_label("Reason for issuing anyway").fill("the reader knows")
    page.get_by_role("button", name="Issue anyway").click()
    page.locator(".outcome.success").nth(1).wait_for()
    assert (desk.lent(), desk.waiting()) == ([first, second], [])


def test_scan_without_an_answer_is_kept_and_sent_again_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = desk.copies[:2]
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    with monkeypatch.context() as broken:
        broken.setattr("circulation.views.issue.issue_copy", _is_locked)
        desk.scan(*(copy.barcode for copy in copies))
        page.get_by_text("did not answer").wait_for()
    assert (desk.lent(), desk.waiting()) == ([], [copy.barcode for copy in copies])
    page.get_by_role("button", name="Go on with them").click()
    page.locator(".outcome.success").nth(1).wait_for()
    assert (desk.lent(), desk.waiting()) == (copies, [])
    desk.window.errors[:] = [each for each in desk.window.errors if "status of 503" not in each]


def _is_locked(*args: Any, **how: Any) -> None:
    raise OperationalError("database is locked")


def test_key_pressed_while_a_page_comes_stays_in_the_box(desk: Desk) -> None:
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    page.keyboard.type(desk.copies[0].barcode)
    page.keyboard.press("Enter")
    page.keyboard.type("B00")
    page.locator(".outcome.success").wait_for()
    page.keyboard.type("0002")
    assert page.locator(BOX).input_value() == "B000002"


def test_three_copies_scanned_at_once_are_taken_back(desk: Desk) -> None:
    copies = desk.copies[:3]
    for copy in copies:
        issue_copy(copy, member=desk.reader, branch=copy.home_branch, by=desk.library.librarian)
    page = desk.open("/desk/return/")
    desk.scan(*(copy.barcode for copy in copies))
    page.locator(".outcome.success").nth(2).wait_for()
    returned = [told for told in desk.outcomes() if "Returned" in told]  # holds that wait are told too
    assert (desk.lent(), len(returned)) == ([], 3)
    assert list(Loan.objects.filter(member=desk.reader).order_by("closed_at").values_list("copy", flat=True)) == [
        copy.pk for copy in copies
    ]


def test_who_was_signed_out_meanwhile_finds_the_scan_again(desk: Desk) -> None:
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.window.context.clear_cookies(name="sessionid")
    desk.scan(desk.copies[0].barcode)
    page.wait_for_url("**/accounts/login/**")
    page.get_by_label("E-mail or card number").fill("librarian")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Go on with them").wait_for()
    assert (desk.waiting(), desk.lent()) == ([desk.copies[0].barcode], [])


def test_what_the_site_keeps_after_a_pause_does_not_wait_twice(desk: Desk, settings: Any) -> None:
    page, minutes = desk.open(f"/desk/issue/?member={desk.reader.pk}"), settings.STAFF_IDLE_MINUTES
    settings.STAFF_IDLE_MINUTES = -1
    desk.scan(desk.copies[0].barcode)
    page.get_by_text("You were signed out").wait_for()
    settings.STAFF_IDLE_MINUTES = minutes
    page.get_by_label("E-mail or card number").fill("librarian")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Send it now").click()
    page.locator(".outcome.success").wait_for()
    assert (desk.lent(), desk.waiting(), page.evaluate("sessionStorage.length")) == ([desk.copies[0]], [], 0)


def test_what_waits_for_one_member_is_not_lent_to_another(desk: Desk) -> None:
    first, second, third = desk.copies[:3]
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.scan("nonsense", first.barcode, second.barcode)
    page.get_by_role("button", name="Go on with them").wait_for()
    page = desk.open(f"/desk/issue/?member={desk.library.member.pk}")
    page.get_by_role("heading", name="These scans wait for another member").wait_for()
    assert (page.get_by_role("button", name="Go on with them").count(), desk.waiting(), faults(page)) == (0, [], [])
    desk.scan(third.barcode)
    page.locator(".outcome").wait_for()
    assert page.locator("section[data-waiting-elsewhere] li").all_inner_texts() == [first.barcode, second.barcode]
    assert (desk.lent(), first.loans.open().count() + second.loans.open().count()) == ([], 0)
    page.get_by_role("link", name="Back to that member").click()
    page.get_by_role("button", name="Go on with them").click()
    page.locator(".outcome.success").nth(1).wait_for()
    assert (desk.lent(), page.evaluate("sessionStorage.length")) == ([first, second], 0)


def test_what_waits_for_another_member_is_left_out_when_the_desk_says_so(desk: Desk) -> None:
    page = desk.open(f"/desk/issue/?member={desk.reader.pk}")
    desk.scan("nonsense", desk.copies[0].barcode)
    page.get_by_role("button", name="Go on with them").wait_for()
    page = desk.open("/desk/issue/")
    page.get_by_role("button", name="Leave them out").click()
    assert (page.locator("section li").count(), page.evaluate("sessionStorage.length"), desk.lent()) == (0, 0, [])
