"""Every page, empty and in use: nothing axe finds, valid HTML, nothing sideways at 320 px, no other host asked."""

import gzip
import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import html5lib
import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Page, Route

from accounts.models import LibrarySettings, Message
from accounts.tests.factories import MemberFactory
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, CopyType, Subject
from catalog.services.books import add_book
from catalog.services.merging import merge_subjects
from circulation.models import CirculationRule, Closure, Hold, LedgerEntry, Loan
from circulation.services.notices import queue_notices
from circulation.tests.factories import make_overdue_loan
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, LibraryInUse, make_library_in_use

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"]
MOST_BYTES, MOST_REQUESTS = 60_000, 8  # of a page with its style sheets and script, gzipped; covers apart
SELECT2 = ["aria-input-field-name"]  # the admin site's choice boxes name themselves by what is chosen


def pages_of(library: LibraryInUse) -> dict[str, list[str]]:
    """The addresses to look at, by who looks."""
    book, batch, member = library.books[0].pk, library.batch.pk, f"/desk/members/{library.member.pk}/"
    receipt = LedgerEntry.objects.get(kind="payment").pk
    row = CirculationRule.objects.latest("pk")
    author, subject = Author.objects.order_by("pk")[0].pk, Subject.objects.order_by("pk")[0].pk
    return {
        "": [
            "/", "/search/", "/search/?q=pride", "/search/?q=nothing+like+it", f"/books/{book}/",
            f"/books/{library.books[2].pk}/", f"/authors/{author}/", f"/subjects/{subject}/", "/accounts/login/",
            "/accounts/signup/", "/accounts/password/reset/", "/accounts/password/reset/done/", "/nowhere/",
            "/accounts/password/reset/key/x-y/", f"/search/?q={'x' * 1100}",
            f"/search/?q=a*&language=eng&author={author}&from=1800", "/search/?q=pride&format=stone&field=colour",
            "/search/?q=prejudise", "/search/?q=pride&from=soon", "/search/?q=pride&format=audio&field=title",
        ],
        library.reader.username: [
            "/me/holds/", f"/books/{library.books[1].pk}/hold/", f"/books/{library.books[0].pk}/hold/",
            "/me/", "/me/?show=overdue", "/me/?show=returned", "/me/fines/", "/me/profile/",
            "/accounts/password/change/", "/accounts/logout/", "/desk/",
        ],
        "librarian": [
            "/desk/", "/desk/issue/", f"/desk/issue/?member={library.member.pk}", "/desk/return/", "/desk/renew/",
            "/desk/holds/", "/desk/holds/?show=ready", "/desk/holds/?show=missed", f"/desk/books/{book}/holds/",
            f"/desk/holds/{Hold.objects.ready().latest('pk').pk}/slip/",
            "/desk/loans/", "/desk/loans/?show=overdue", "/desk/books/", "/desk/books/?q=zauber",
            "/desk/books/?q=nothing", "/me/tokens/",
            "/desk/books/?q=pride+zauber&field=title&sort=year", "/desk/books/add/", f"/desk/books/{book}/",
            f"/desk/copies/{library.books[0].copies.order_by('pk')[0].pk}/", "/desk/members/",
            "/desk/members/?q=nobody", "/desk/members/add/", member, f"{member}edit/", f"{member}pay/",
            f"{member}waive/", f"{member}charge/", f"/desk/receipts/{receipt}/", "/desk/import/", "/desk/scan/",
            f"/desk/import/{batch}/", f"{member}write-off/", f"{member}remove/", "/desk/cash/", "/desk/cash/?day=x",
            f"/desk/entries/{LedgerEntry.objects.get(kind='other').pk}/reverse/",
            f"/desk/copies/{Loan.objects.open().order_by('pk')[0].copy_id}/what-happened/",
            f"/desk/copies/{library.books[0].copies.order_by('pk')[0].pk}/what-happened/",
            "/desk/rules/", f"/desk/rules/{row.branch_id}/{row.category_id}/{CopyType.objects.all()[0].pk}/",
            "/desk/calendar/", "/desk/calendar/?year=2999",
        ],
        "admin": [
            "/desk/settings/", f"{member}refund/", "/desk/rules/", f"/desk/rules/{row.pk}/", "/desk/rules/add/",
            f"/desk/rules/{row.pk}/remove/", "/desk/calendar/", "/desk/calendar/week/", "/desk/calendar/close/",
            "/desk/calendar/entries/add/", f"/desk/calendar/entries/{Closure.objects.latest('pk').pk}/",
        ],
    }  # fmt: skip


def faults(page: Page, without: Sequence[str] = ()) -> list[str]:
    """What axe has against a page, a line each; ``without`` some of its rules."""
    return _axe(page, runOnly={"type": "tag", "values": RULES}, rules={rule: {"enabled": False} for rule in without})


def faults_in_dark(page: Page) -> list[str]:
    """What it has against the page's other colours, a line each: nothing else changes with them."""
    page.emulate_media(color_scheme="dark")
    page.evaluate("Promise.all(document.getAnimations().map(each => each.finished))")
    found = _axe(page, runOnly={"type": "rule", "values": RULES_OF_COLOUR})
    page.emulate_media(color_scheme="light")
    return [f"in dark: {each}" for each in found]


def _axe(page: Page, **options: Any) -> list[str]:
    found = Axe().run(page, options={"resultTypes": ["violations"], **options}).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def mistakes(html: str) -> list[str]:
    """What a strict HTML parser has against a page, a line each."""
    parser = html5lib.HTMLParser(strict=False)
    parser.parse(html)
    lines = html.splitlines()
    return [
        f"{code} at line {line}: {lines[line - 1].strip()[:100]}" for (line, _column), code, _facts in parser.errors
    ]


def look(window: Window, path: str) -> list[str]:
    """Everything that is wrong with the page at ``path``."""
    hosts: set[str] = set()
    window.page.on("request", lambda request: hosts.add(re.sub(r"^(\w+://[^/]+).*", r"\1", request.url)))
    response = window.page.goto(window.address + path)
    assert response is not None
    html = response.text()
    wrong = faults(window.page) + mistakes(html)
    if response.status >= 500:
        wrong.append(f"status {response.status}")
    if "Content-Security-Policy".lower() not in response.headers:
        wrong.append("no Content-Security-Policy")
    wrong += [f"asked {host}" for host in hosts if host not in (window.address, "data:")]
    window.page.set_viewport_size({"width": 320, "height": 700})
    width = window.page.evaluate("document.documentElement.scrollWidth")
    if width > 320:
        wrong.append(f"{width} px wide at 320")
    window.page.set_viewport_size({"width": 1280, "height": 800})
    return [f"{path}: {each}" for each in wrong]


def test_pages_of_a_library_in_use_are_without_faults_light_and_dark(open_window: Callable[..., Window]) -> None:
    wrong = []
    for login, paths in pages_of(make_library_in_use()).items():
        window = open_window(color_scheme="light")
        if login:
            window.sign_in(login, PASSWORD)
        for path in paths:
            wrong += look(window, path)
            wrong += [f"{path} {each}" for each in faults_in_dark(window.page)]
    assert wrong == []


def test_pages_of_an_empty_library_are_without_faults(
    open_window: Callable[..., Window], admin_user: Any, give_password: Callable[..., str]
) -> None:
    window = open_window()
    window.sign_in(admin_user.username, give_password(admin_user))
    paths = ["/", "/search/", "/search/?q=x", "/desk/", "/desk/issue/", "/desk/return/", "/desk/loans/", "/desk/books/",
             "/desk/members/", "/desk/import/", "/desk/settings/", "/me/profile/"]  # fmt: skip
    assert [each for path in paths for each in look(window, path)] == []


def test_pages_with_mistakes_of_the_person_are_without_faults(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    wrong = []
    for path, button in [("/desk/members/add/", "Register"), ("/desk/books/add/", "Save book")]:
        page = window.open(path)
        page.get_by_role("main").get_by_role("button", name=button).click()
        assert page.locator(".errors").evaluate("each => each === document.activeElement")
        wrong += faults(page) + mistakes(page.content())
    page = window.open(f"/desk/issue/?member={library.member.pk}")
    page.get_by_label("Card, name, barcode or ISBN").fill(library.barcodes[2])
    page.keyboard.press("Enter")
    page.get_by_text("Not issued").wait_for()
    wrong += faults(page) + mistakes(page.content())
    assert wrong == []


def test_pages_of_messages_are_without_faults(open_window: Callable[..., Window]) -> None:
    make_library_in_use()
    LibrarySettings.objects.update(overdue_notice_days=[1])
    loan = make_overdue_loan(member=MemberFactory(name="Lotte Letter", address="Main Street 1"))
    make_overdue_loan(member=MemberFactory(name="Egon E-Mail", email="egon@example.org"))
    queue_notices(timezone.now())
    message = Message.objects.latest("pk")
    window = open_window()
    window.sign_in("admin", PASSWORD)
    paths = ["", "?show=sent", f"{message.pk}/", "letters/", "texts/", "texts/frame/de/", "texts/overdue/en/"]
    wrong = [each for path in paths for each in look(window, f"/desk/messages/{path}")]
    page = window.open("/desk/messages/texts/overdue/en/")
    page.get_by_label("Card of a member to look at it with").fill(loan.member.card_number)
    page.get_by_role("button", name="Look at it").click()
    page.get_by_role("heading", name="So it looks").wait_for()
    wrong += faults(page) + mistakes(page.content())
    assert wrong == []


def test_pages_of_what_is_there_twice_and_of_many_copies_are_without_faults(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    people = (DraftContributor("M. Twain"), DraftContributor("Mark Twain"))
    draft = BookDraft(title="Tom Sawyer", contributors=people, subjects=("Boys", "Boy"), year=1876)
    one, other = (add_book(replace(draft, publisher=name), by=None).pk for name in ("Penguin", "Vintage"))
    initials, full = Author.objects.filter(match_key__startswith="twain").order_by("pk").values_list("pk", flat=True)
    merge_subjects(Subject.objects.get(name="Boys"), others=[Subject.objects.get(name="Boy")], by=None)
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    paths = ["books/duplicates/", "books/duplicates/?kind=authors", f"books/merge/?one={one}&other={other}",
             f"books/merge/?one={one}&q=pride", f"authors/merge/?one={initials}&other={full}",
             f"copies/change/?books={library.books[0].pk}"]  # fmt: skip
    wrong = [each for path in paths for each in look(window, f"/desk/{path}")]
    window.page.get_by_label("Location").first.fill("Store")
    window.page.get_by_role("button", name="Show what it would change").click()
    window.page.get_by_role("heading", name="What would change").wait_for()
    wrong += faults(window.page) + mistakes(window.page.content())
    window.page.get_by_role("button", name="Change them").click()
    window.page.get_by_role("heading", name="Changed in the last seven days").wait_for()
    wrong += faults(window.page) + mistakes(window.page.content())
    assert wrong == []


def test_set_up_page_is_without_faults(open_window: Callable[..., Window]) -> None:
    LibrarySettings.objects.update(set_up_at=None)
    window = open_window()
    assert look(window, "/setup/") == []
    window.page.get_by_role("button", name="Open the library").click()
    assert window.page.locator(".errors").evaluate("each => each === document.activeElement")
    assert faults(window.page) + mistakes(window.page.content()) == []


def test_admin_site_is_without_faults_light_and_dark(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    window = open_window(color_scheme="light")
    window.sign_in("admin", PASSWORD)
    wrong = []
    for path in ["", "catalog/book/", f"catalog/book/{library.books[0].pk}/change/", "circulation/loan/",
                 "circulation/circulationrule/add/", "accounts/user/", "accounts/action/"]:  # fmt: skip
        page = window.open(f"/admin/{path}")
        wrong += [f"{path}: {each}" for each in faults(page, without=SELECT2)]
        wrong += [f"{path} {each}" for each in faults_in_dark(page)]
        page.set_viewport_size({"width": 320, "height": 700})
        wrong += [path] if page.evaluate("document.documentElement.scrollWidth") > 320 else []
        page.set_viewport_size({"width": 1280, "height": 800})
    # axe puts a style into the page, which the Content-Security-Policy refuses
    window.errors = [each for each in window.errors if "style-src" not in each]
    assert wrong == []


def test_pages_are_light(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    weights: dict[str, int] = {}

    def weigh(route: Route) -> None:  # nothing comes from the browser's cache then, and no answer is gone too soon
        answer = route.fetch()
        weights[route.request.url] = len(gzip.compress(answer.body()))
        route.fulfill(response=answer)

    window.page.route("**", weigh)
    heavy = []
    for path in ["/", "/search/", f"/books/{library.books[0].pk}/", "/desk/", "/desk/loans/", "/desk/books/"]:
        weights.clear()
        window.page.goto(window.address + path, wait_until="networkidle")
        weight = sum(weights.values())
        if weight > MOST_BYTES or len(weights) > MOST_REQUESTS:
            heavy.append(f"{path}: {weight} bytes in {len(weights)} requests")
    assert heavy == []


def test_desk_can_be_walked_by_keyboard_and_shows_where_one_is(open_window: Callable[..., Window]) -> None:
    make_library_in_use()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    page = window.open("/search/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    seen = []
    for _step in range(60):
        page.keyboard.press("Tab")
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        seen.append((page.evaluate("document.activeElement.tagName"), outline))
    assert {outline for tag, outline in seen if tag != "BODY"} == {"solid"}
    assert len(seen) == 60


def test_desk_rooms_open_by_their_keys(open_window: Callable[..., Window]) -> None:
    make_library_in_use()
    window = open_window()
    window.sign_in("librarian", PASSWORD)
    page = window.open("/desk/")
    for key, path in [("u", "/desk/issue/"), ("r", "/desk/return/"), ("w", "/desk/renew/"), ("q", "/desk/books/")]:
        page.keyboard.press(f"Alt+{key}")
        page.wait_for_url(f"**{path}")


def test_text_at_twice_its_size_does_not_run_sideways(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    window = open_window(viewport={"width": 640, "height": 800})
    window.sign_in("librarian", PASSWORD)
    wide = []
    for path in ["/desk/", "/desk/loans/", f"/desk/members/{library.member.pk}/", "/search/"]:
        page = window.open(path)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        if page.evaluate("document.documentElement.scrollWidth") > 640:
            wide.append(path)
    assert wide == []
