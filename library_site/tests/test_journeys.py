"""What people do, from one end to the other, in Chromium: with JavaScript and without."""

from collections.abc import Callable

import pytest

from accounts.models import LibrarySettings, Member, User
from accounts.services.library import new_set_up_code
from accounts.tests.factories import MemberCategoryFactory
from catalog.models import Book, Copy
from circulation.models import Hold, LedgerEntry, Loan
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, make_library_in_use

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

with_and_without_javascript = pytest.mark.parametrize("javascript", [True, False], ids=["js", "nojs"])


@with_and_without_javascript
def test_first_admin_sets_the_library_up(open_window: Callable[..., Window], javascript: bool) -> None:
    LibrarySettings.objects.filter(pk=1).update(set_up_at=None)
    code = new_set_up_code()
    page = open_window(java_script_enabled=javascript).open("/")
    page.get_by_label("Code from the terminal").fill(code)
    page.get_by_label("Name of the library").fill("Village Library")
    page.get_by_label("Time zone").select_option("Europe/Zurich")
    page.get_by_label("Currency").select_option("CHF")
    page.get_by_label("Your name").fill("Ada")
    page.get_by_label("Your e-mail").fill("ada@example.org")
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Open the library").click()
    page.get_by_label("E-mail or card number").fill("ada@example.org")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk/")
    library = LibrarySettings.current()
    assert (library.name, library.time_zone, library.currency) == ("Village Library", "Europe/Zurich", "CHF")
    assert page.get_by_role("link", name="Settings").is_visible()


@with_and_without_javascript
def test_librarian_catalogues_registers_issues_returns_and_undoes(
    open_window: Callable[..., Window], librarian: User, give_password: Callable[[User], str], javascript: bool
) -> None:
    window = open_window(java_script_enabled=javascript)
    window.sign_in("librarian", give_password(librarian))
    page = window.open("/desk/books/add/")
    page.get_by_label("Title").first.fill("The Village in Old Pictures")
    page.get_by_label("Author").fill("Historical Society")
    page.get_by_label("Stock").fill("2")
    page.get_by_role("button", name="Save book").click()
    page.get_by_text("is in the catalogue, with 2 copies").wait_for()

    page = window.open("/desk/members/add/")
    page.get_by_label("Name").fill("Renée O'Hara")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("is registered with the card").wait_for()

    member, copies = Member.objects.get(), list(Copy.objects.order_by("pk"))
    page = window.open("/desk/")
    page.get_by_label("Card, name, barcode or ISBN").fill(member.card_number)
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Issuing to Renée O'Hara").wait_for()
    for copy in copies:
        page.get_by_label("Card, name, barcode or ISBN").fill(copy.barcode)
        page.keyboard.press("Enter")
        page.get_by_text("Issued to Renée O'Hara").wait_for()
    assert Loan.objects.open().count() == 2
    page.get_by_role("button", name="Undo").first.click()
    page.get_by_text("Taken back.").wait_for()
    assert Loan.objects.open().count() == 1

    page = window.open("/desk/return/")
    page.get_by_label("Barcode", exact=True).fill(Loan.objects.open().get().copy.barcode.lower())
    page.keyboard.press("Enter")
    page.get_by_text("Returned: “The Village in Old Pictures”").wait_for()
    assert Loan.objects.open().count() == 0


@with_and_without_javascript
def test_member_signs_in_with_a_first_password_looks_and_renews(
    open_window: Callable[..., Window], javascript: bool
) -> None:
    library = make_library_in_use()
    desk = open_window(java_script_enabled=javascript)
    desk.sign_in("librarian", PASSWORD)
    page = desk.open(f"/desk/members/{library.member.pk}/")
    page.get_by_role("button", name="first password").click()
    first_password = page.locator(".password-slip").inner_text()

    window = open_window(java_script_enabled=javascript)
    window.sign_in(library.member.card_number.lower(), first_password)
    page = window.open("/me/")
    assert page.url.endswith("/accounts/password/change/")
    page.get_by_label("Current Password").fill(first_password)
    page.get_by_label("New Password", exact=True).fill("my own long sentence")
    page.get_by_label("New Password (again)").fill("my own long sentence")
    page.get_by_role("button", name="Save password").click()

    page = window.open("/me/")
    tiles = page.locator(".tile .figure").all_inner_texts()
    assert tiles[:2] == ["2", "1"]
    assert page.get_by_text("days overdue").count() == 1
    before = Loan.objects.open().order_by("due_at").last()
    assert before is not None
    LedgerEntry.objects.filter(member=library.member)  # what is owed stands below the limit, so the new loan may go on
    page.get_by_role("button", name="Renew 吾輩は猫である").click()
    page.locator(".outcome").first.wait_for()


@with_and_without_javascript
def test_visitor_searches_and_sees_what_is_in(open_window: Callable[..., Window], javascript: bool) -> None:
    make_library_in_use()
    page = open_window(java_script_enabled=javascript).open("/")
    page.get_by_label("Search the catalogue").fill("prejudice austen")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Pride and Prejudice").first.click()
    assert page.get_by_role("heading", level=1).inner_text() == "Pride and Prejudice"
    assert page.locator("tbody .badge").all_inner_texts() == ["Available", "Available"]
    assert Book.objects.count() == 4


@with_and_without_javascript
def test_librarian_takes_a_payment_and_prints_the_receipt(open_window: Callable[..., Window], javascript: bool) -> None:
    library = make_library_in_use()
    window = open_window(java_script_enabled=javascript)
    window.sign_in("librarian", PASSWORD)
    page = window.open(f"/desk/members/{library.member.pk}/")
    page.get_by_role("link", name="Take a payment").click()
    page.get_by_role("main").get_by_role("button", name="Take a payment").click()
    page.get_by_role("heading", name="Receipt").wait_for()
    assert page.get_by_text("Nothing is owed any more.").is_visible()
    assert sum(LedgerEntry.objects.values_list("amount_minor", flat=True)) == 0


@with_and_without_javascript
def test_member_waits_for_a_book_that_the_desk_makes_ready_and_hands_out(
    open_window: Callable[..., Window], javascript: bool
) -> None:
    library = make_library_in_use()
    book = library.books[1]
    Loan.objects.filter(copy__book=book).update(copy=library.books[0].copies.latest("pk"))  # the reader has it no more
    Member.objects.filter(pk=library.member.pk).update(category=MemberCategoryFactory(debt_limit_minor=None))
    reader = open_window(java_script_enabled=javascript)
    page = reader.open(f"/books/{book.pk}/")
    page.get_by_role("link", name="Place hold").click()
    page.get_by_label("E-mail or card number").fill(library.reader.username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Place hold").click()
    page.get_by_text("You wait for “Der Zauberberg”, in place 1.").wait_for()

    desk = open_window(java_script_enabled=javascript)
    desk.sign_in("librarian", PASSWORD)
    copy = book.copies.order_by("pk")[0]
    desk.open("/desk/holds/").get_by_text(copy.barcode).wait_for()
    page = desk.open("/desk/return/")
    page.get_by_label("Barcode", exact=True).fill(copy.barcode)
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Print the slip for Renée O'Hara").click()
    page.get_by_role("heading", name="Renée O'Hara").wait_for()

    reader.open("/me/holds/").get_by_text("Ready", exact=True).wait_for()
    page = desk.open(f"/desk/issue/?member={library.member.pk}")
    page.get_by_label("Card, name, barcode or ISBN").fill(copy.barcode)
    page.keyboard.press("Enter")
    page.get_by_text("Issued to Renée O'Hara").wait_for()
    assert Hold.objects.get(book=book).status == "filled"


def test_second_click_on_a_slow_button_does_nothing_more(open_window: Callable[..., Window]) -> None:
    make_library_in_use()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    page = window.open("/desk/members/add/")
    page.get_by_label("Name").fill("Dora Double")
    page.get_by_role("button", name="Register").dblclick()
    page.get_by_text("is registered with the card").wait_for()
    assert Member.objects.filter(name="Dora Double").count() == 1


def test_form_sent_again_from_the_page_before_changes_nothing(open_window: Callable[..., Window]) -> None:
    make_library_in_use()
    window = open_window(java_script_enabled=False)
    window.sign_in("librarian", PASSWORD)
    page = window.open("/desk/members/add/")
    page.get_by_label("Name").fill("Bea Back")
    page.get_by_role("button", name="Register").click()
    page.get_by_text("is registered with the card").wait_for()
    page.go_back()
    page.get_by_role("button", name="Register").click()
    page.get_by_text("is registered with the card").wait_for()
    assert Member.objects.filter(name="Bea Back").count() == 1
