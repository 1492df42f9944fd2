"""A record from elsewhere, or a name, holds a script that runs in a browser: whatever it holds is shown as text.

Looked at in Chromium with the Content-Security-Policy bypassed, so that the pages themselves have to hold. The words in
each place: catalog/tests/views/test_search.py and test_imports.py.
"""

import re
from collections.abc import Iterator
from contextvars import copy_context
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.core import mail
from django.test import Client
from django.utils import timezone
from django.utils.html import escape
from playwright.sync_api import Browser, Page, Route

from accounts.models import Branch, LibrarySettings, Member, MemberCategory, Message, User
from accounts.services.members import restrict_member
from accounts.services.webhooks import add_webhook
from accounts.tests.factories import MemberFactory
from catalog.models import Author, Book, Copy, CopyType, ImportBatch, Subject
from catalog.openlibrary.records import FetchedRecord
from catalog.services.batches import apply_import
from catalog.services.scanning import scan
from catalog.tasks import go_on_with_imports
from catalog.tests.marc.files import iso2709
from circulation.models import Hold, LedgerEntry, NoticeText
from circulation.services.ledger import charge_member, take_payment
from circulation.services.messages import send_next
from circulation.services.notices import queue_notices
from circulation.services.uploading import start_upload
from circulation.tests.factories import make_hold, make_overdue_loan, make_ready_hold, set_library
from library_site.tests.addresses import a_token
from library_site.tests.threats.asking import text_of
from library_site.tests.threats.breaking import Break

pytestmark = [pytest.mark.browser, pytest.mark.django_db, pytest.mark.xdist_group("browser")]
EVIL = "'\"><img src=x onerror=canary=1>"  # goes into the shortest field
WORSE = f"{EVIL}<script>canary=1</script><svg onload=canary=1></svg>{{{{7|add:7}}}}javascript:canary=1"
SINGS = "Object.defineProperty(window, 'canary', {set() { console.log('canary') }})"
PLANTED = """(place) => (place || document).querySelectorAll(
    '[onerror],[onload],img[src="x"],a[href^="javascript:"],form[action^="javascript:"],script:not([src]):not([type])'
).length"""
BOOKS = "/admin/catalog/book/"
PLANTED_IN_FRAMES = f"""() => {{
    const count = {PLANTED}, found = {{}};
    for (const frame of document.querySelectorAll("iframe")) {{
        const planted = count(frame.contentDocument);
        if (planted) found[frame.title] = planted;
    }}
    return found;
}}"""
RECORD = {
    "key": "/books/OL1M", "title": f"One {WORSE}", "subtitle": WORSE, "by_statement": WORSE, "publishers": [WORSE],
    "publish_places": [WORSE], "publish_date": WORSE[:90], "series": [WORSE], "edition_name": WORSE,
    "description": {"value": WORSE}, "subjects": [WORSE], "physical_format": WORSE, "pagination": WORSE,
    "isbn_13": ["9780141439549"], "notes": WORSE, "authors": [{"key": "/authors/OL1A"}],
}  # fmt: skip
BREAKS = [
    Break(path, old, old.replace(" }}", "|safe }}").replace("textContent", "innerHTML"), test="any_name")
    for path, old in [
        ("templates/catalog/book.html", "<h1>{{ book.title }}</h1>"),
        ("templates/circulation/receipt.html", "{{ entry.member.name }}"),
    ]
] + [
    Break("library_site/templatetags/books.py", "escape(book.title),", "book.title,", test="any_name"),
    Break("static/js/library.js", "text.textContent = found.text", "text.innerHTML = found.text", test="as_text"),
]


@pytest.fixture
def hostile(librarian: User, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A library in which everything that anybody may name is called like that; books from four sources."""
    from_open_library(desk, monkeypatch)
    worse = WORSE.replace('"', '""')
    cells = ",".join([f'"Two {worse}"', *[f'"{worse}"'] * 5])
    bring_in("books.csv", f"title,author,publisher,subject,description,series\n{cells}\n".encode(), librarian)
    marc = iso2709(
        ("245", "10", f"aThree {WORSE}", f"b{WORSE}"), ("100", "1 ", f"a{WORSE}"), ("650", " 0", f"a{WORSE}")
    )
    bring_in(f"{EVIL}.mrc", marc, librarian)
    desk.post("/desk/books/add/", {"title": f"Four {WORSE}", "people": WORSE, "subjects": WORSE, "description": WORSE,
              "stock": "2", "copy_type": "1", "call_number": EVIL, "location": EVIL, "series": WORSE})  # fmt: skip
    sources = {title.split()[0] for title in Book.objects.values_list("title", flat=True)}
    assert sources == {"One", "Two", "Three", "Four"}
    Copy.objects.update(call_number=EVIL, location=EVIL, note=WORSE)
    name_everything(librarian)


def from_open_library(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    record = FetchedRecord(edition=RECORD, authors={"/authors/OL1A": WORSE})
    monkeypatch.setattr("catalog.views.importing.fetched", lambda *_args, **_options: record)
    desk.post("/desk/import/save/", {"record": "OL1M", "add_copy": "on"})


def bring_in(name: str, data: bytes, by: User) -> None:
    options = {"if_known": "nothing", "make_copies": 1, "members": "nothing", "branch": "MAIN", "copy_type": "BOOK"}
    batch = start_upload([data], name=name, options=options, by=by, key=None, trusts_columns=True)
    go_on_with_imports()
    apply_import(ImportBatch.objects.get(pk=batch.pk), by=by)
    go_on_with_imports()


def name_everything(by: User) -> None:
    member = MemberFactory(pk=900, name=WORSE, email="mia@example.org", note=WORSE, address=WORSE, phone=EVIL)
    Member.objects.filter(pk=900).update(group_name=EVIL)
    first, second = Copy.objects.order_by("pk")[:2]
    make_overdue_loan(first, member)
    make_ready_hold(second, member)
    make_hold(first.book)
    restrict_member(member, reason=WORSE, by=by)
    charge_member(member, amount_minor=500, reason=WORSE, by=by)
    take_payment(member, amount_minor=100, by=by)
    add_webhook(name=EVIL, url="https://door.example/", events=["loan"], by=by)
    a_token(by)
    scan("9780140328721", by=by)
    for model in (Branch, CopyType, MemberCategory):
        model._default_manager.update(name=EVIL)
    NoticeText.objects.create(kind="overdue", language="en", subject=EVIL, body=f"{{title}} {WORSE}")
    User.objects.update(name=WORSE)
    set_library(name=EVIL, address=WORSE, contact_phone=EVIL, overdue_notice_days=[3])
    long_ago = date(2026, 3, 2)
    Message.objects.create(pk=900, member=member, subject=WORSE, text=WORSE, written_on=long_ago, state="failed")


def addresses() -> dict[str, list[str]]:
    """The pages on which any of that is shown, by who opens them."""
    book, hold = Book.objects.order_by("pk")[0].pk, Hold.objects.ready().get(member=900).pk
    batch, receipt = ImportBatch.objects.latest("pk").pk, LedgerEntry.objects.get(kind="payment").pk
    desk = [
        "", "issue/?member=900", "return/", "books/", f"books/{book}/", f"books/{book}/holds/", f"copies/{_copy()}/",
        "members/", "members/900/", "members/900/edit/", "members/900/pay/", "members/900/remove/", "loans/", "holds/",
        "holds/?show=ready", f"holds/{hold}/slip/", f"receipts/{receipt}/", "messages/", "messages/900/", "cash/",
        "messages/letters/", f"import/{batch}/", "import/", "scan/", "books/duplicates/", "rules/", "calendar/",
        f"copies/{_copy()}/what-happened/", "copies/change/?q=img", "export/",
    ]  # fmt: skip
    admin = ["audit/", "settings/", "staff/", "webhooks/", "messages/texts/", "messages/texts/overdue/en/", "backups/"]
    author, subject = Author.objects.order_by("pk")[0].pk, Subject.objects.order_by("pk")[0].pk
    return {
        "client": ["/", "/search/", "/search/?q=img", f"/books/{book}/", f"/authors/{author}/", f"/subjects/{subject}/",
                   "/new/", "/feeds/new.atom", "/accounts/login/", f"/search/?q={WORSE}"],
        "desk": [f"/desk/{path}" for path in desk] + ["/me/tokens/", "/me/profile/"],
        "admin_desk": [f"/desk/{path}" for path in admin] + ["/admin/accounts/member/900/change/", BOOKS],
        "mine": ["/me/", "/me/fines/", "/me/holds/", "/me/record/", "/me/profile/", f"/books/{book}/hold/"],
    }  # fmt: skip


def _copy() -> int:
    return Copy.objects.order_by("pk")[0].pk


class Looking:
    """A window without any policy, answered by the site in this very thread; ``sung`` is where the canary sang."""

    def __init__(self, browser: Browser) -> None:
        self.context = browser.new_context(bypass_csp=True)
        self.context.add_init_script(SINGS)
        here = copy_context()  # in which the test's own connection to the database is
        self.context.route("**/*", lambda route: here.copy().run(self._answer, route))
        self.page: Page = self.context.new_page()
        self.page.on("console", lambda message: self.sung.append(self.path) if message.text == "canary" else None)
        self.sung: list[str] = []
        self.planted: dict[str, int] = {}
        self.client, self.path = Client(), ""

    def _answer(self, route: Route) -> None:
        asked = urlsplit(route.request.url)
        if route.request.resource_type in ("stylesheet", "image", "font"):
            route.abort()
        elif found := asked.path.startswith("/static/") and finders.find(asked.path.removeprefix("/static/")):
            route.fulfill(path=found)
        elif route.request.method != "GET":
            route.abort()
        else:
            answer = self.client.get(f"{asked.path}?{asked.query}" if asked.query else asked.path, follow=True)
            kind = answer.headers["Content-Type"].replace("atom+xml", "xml")  # else it is downloaded
            route.fulfill(status=answer.status_code, content_type=kind, body=answer.getvalue())

    def look(self, client: Client, path: str) -> None:
        """At one page, with our scripts."""
        self.client, self.path = client, path
        self.page.goto(f"http://library.test{path}")
        if planted := self.page.evaluate(PLANTED):
            self.planted[path] = planted

    def look_at_all(self, pages: dict[str, str]) -> None:
        """At many pages at once, each in a frame, without our scripts: that takes a tenth of the time."""
        self.path = "frames"
        texts = {path: re.sub(r'<script src="[^"]*"[^>]*>', "", text) for path, text in pages.items()}
        frames = (f'<iframe title="{escape(path)}" srcdoc="{escape(text)}"></iframe>' for path, text in texts.items())
        self.page.set_content("".join(frames))
        self.planted |= self.page.evaluate(PLANTED_IN_FRAMES)


@pytest.fixture
def looking(chrome: Browser) -> Iterator[Looking]:
    window = Looking(chrome)
    yield window
    window.context.close()


def test_canary_sings_where_a_page_lets_it(looking: Looking) -> None:
    looking.page.set_content(f"<p title='{EVIL}'>{WORSE}</p>")
    looking.page.wait_for_function("() => document.images.length > 0")
    assert (looking.page.evaluate(PLANTED) > 2, len(looking.sung) > 0) == (True, True)


def test_script_in_any_name_runs_on_no_page(
    hostile: None, looking: Looking, request: pytest.FixtureRequest, member_user: User, library: LibrarySettings
) -> None:
    User.objects.filter(pk=member_user.pk).update(name=WORSE)
    make_overdue_loan(member=member_user.member)
    charge_member(member_user.member, amount_minor=100, reason=WORSE, by=None)
    pages = {}
    for browser, paths in addresses().items():
        pages |= {path: text_of(request.getfixturevalue(browser).get(path, follow=True)) for path in paths}
    looking.look_at_all(pages | {"e-mail": last_email()})
    for browser, path in (("client", "/api/v1/docs"), ("desk", "/desk/scan/"), ("client", "/search/")):
        looking.look(request.getfixturevalue(browser), path)
    assert (looking.sung, looking.planted) == ([], {})
    assert len([path for path, text in pages.items() if "&lt;img src=x onerror=canary=1&gt;" in text]) > 40


def test_our_scripts_put_words_into_pages_as_text() -> None:
    """But for the scan queue, which puts in what a template of ours has made."""
    scripts = Path(settings.BASE_DIR, "static", "js").glob("*.js")
    words = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")
    assert [path.name for path in scripts if words.search(path.read_text(encoding="utf-8"))] == ["queue.js"]


def last_email() -> str:
    """The HTML of the reminder that Mia gets of a loan that is overdue."""
    now = timezone.now()
    queue_notices(now)
    while send_next(now):
        pass
    return str(mail.outbox[-1].alternatives[0][0])
