"""Whatever is typed, scanned or sent to a page of the catalogue: a clear page, never a crash, nothing done by half."""

from typing import Any

import pytest
from django.conf import settings
from django.http import QueryDict
from django.test import Client
from django.utils.http import urlencode
from pytest_django import DjangoDbBlocker

from accounts.models import Action, User
from accounts.tests.anything import HARD, TEXTS, text
from catalog.forms.search import DeskSearchForm, SearchForm
from catalog.models import Author, Book, Copy, Cover, ImportBatch, Subject
from catalog.services.batches import start_import
from catalog.tests.factories import CopyFactory
from catalog.tests.openlibrary.conftest import playing_open_library
from catalog.tests.openlibrary.stub import Stub, record
from catalog.tests.views.pages import FOX, know_the_fox
from catalog.views.results import results_of
from circulation.tests.factories import make_loan
from circulation.tests.views.pages import said

pytestmark = pytest.mark.django_db
SEARCHED = ["q", "page", "field", "sort", "after", "author", "format", "branch", "location", "from", "available"]
OK = {200, 302, 400, 404, 405, 409}
PUBLIC = ["/search/", "/books/{book}/", "/authors/{author}/", "/subjects/{subject}/"]
AT_DESK = [
    "/desk/books/", "/desk/books/add/", "/desk/books/{book}/", "/desk/copies/{copy}/", "/desk/labels.pdf",
    "/desk/import/{batch}/",
]  # fmt: skip
FORMS = {
    "/desk/books/add/": ["isbn", "title", "people", "year", "language", "stock", "copy_type", "price_minor", "key",
                         "is_another"],
    "/desk/books/{book}/": ["isbn", "people", "pages", "format", "subjects", "description", "seen", "key"],
    "/desk/books/{book}/copies/": ["count", "barcode", "copy_type", "branch", "location", "key"],
    "/desk/copies/{copy}/": ["barcode", "copy_type", "home_branch", "condition", "acquired_on", "price_minor", "key"],
    "/desk/copies/{copy}/mark/": ["state", "clear", "reason", "key"],
    "/desk/import/save/": ["record", "add_copy", "decision", "q", "key"],
    "/desk/import/review/OL7353617M/": ["title", "isbn", "stock", "decision", "year", "key"],
    "/desk/import/list/": ["lines", "add_copies", "key"],
    "/desk/labels.pdf": ["copies", "sheet", "skip", "batch"],
    "/desk/books/{book}/refresh/": ["fields"],
}  # fmt: skip


@pytest.fixture(scope="module")
def made(shared_rows: DjangoDbBlocker, shared_librarian: User) -> dict[str, int]:
    """A book from Open Library with a copy on loan, and the keys of everything there is."""
    patching = pytest.MonkeyPatch.context()
    with shared_rows.unblock(), patching as patch, playing_open_library(patch) as stub:
        patch.setattr(settings, "OPENLIBRARY_URL", stub.url)
        know_the_fox(stub)
        desk = Client()
        desk.force_login(shared_librarian)
        desk.post("/desk/import/save/", {"record": "OL7353617M", "q": FOX}, follow=True)
        make_loan(Copy.objects.get())
        return {
            "book": Book.objects.get().pk, "copy": Copy.objects.get().pk,
            "author": Author.objects.order_by("pk")[0].pk, "subject": Subject.objects.order_by("pk")[0].pk,
            "batch": start_import([FOX], by=None).pk,
        }  # fmt: skip


@pytest.fixture
def there(made: dict[str, int], stub: Stub, db: None) -> dict[str, int]:
    """What was made; Open Library knows it by its key and finds nothing."""
    know_the_fox(stub)
    stub.tell("/search.json", record({"docs": []}))
    return made


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (Book, Copy, Cover, ImportBatch))


@pytest.mark.parametrize(("address", "names"), [
    ("/search/", SEARCHED), ("/authors/{author}/", ["page"]), ("/subjects/{subject}/", ["page"]),
    ("/desk/books/", ["q", "page", "field", "sort", "after"]), ("/desk/books/add/", ["isbn", "title"]),
    ("/desk/import/{batch}/", ["page", "show"]), ("/desk/labels.pdf", ["copies", "sheet", "skip", "batch"]),
])  # fmt: skip
def test_query_of_anything(address: str, names: list[str], there: dict[str, int], desk: Client) -> None:
    before, actions = counts(), Action.objects.count()
    for name in names:
        for value in HARD:
            assert desk.get(address.format(**there), {name: text(value)}).status_code in OK, (name, value[:20])
    assert (counts(), Action.objects.count()) == (before, actions)


@pytest.mark.parametrize("name", SEARCHED)
def test_search_for_anything_finds_something_or_nothing_or_says_what_is_wrong(name: str, there: dict[str, int]) -> None:
    """What the pages of search ask; whether they show the answer is tried with one text of each kind."""
    for box in (SearchForm, DeskSearchForm):
        for value in TEXTS:
            form = box(QueryDict(urlencode({name: text(value)})))
            assert results_of(form) is not None or form.errors, value[:20]


def test_search_at_open_library_of_anything(there: dict[str, int], desk: Client) -> None:
    for value in HARD:
        response = desk.get("/desk/import/", {"q": text(value)})
        assert (response.status_code, "<script>alert" in response.content.decode()) == (200, False), value[:20]


@pytest.mark.parametrize("address", FORMS)
def test_field_of_anything(address: str, there: dict[str, int], desk: Client) -> None:
    """Every field at once, and each alone; what a form makes of each text is tried at the form."""
    books = Book.objects.count()
    at_once = [dict.fromkeys(FORMS[address], text(value)) for value in HARD]
    alone = [{name: value} for name in FORMS[address] for value in ("\x00", "9" * 19)]
    for fields in (*at_once, *alone):
        assert desk.post(address.format(**there), fields).status_code in OK, str(fields)[:80]
    assert Book.objects.count() == books


@pytest.mark.parametrize("address", FORMS)
def test_body_that_is_no_form(address: str, there: dict[str, int], desk: Client) -> None:
    before = counts()
    for body in (b"", b"\xff\xfe", b"title", b"title=%00", b"&" * 500, b'{"title": "Emma"}'):
        for kind in ("application/x-www-form-urlencoded", "application/json", "multipart/form-data"):
            answer = desk.generic("POST", address.format(**there), body, content_type=kind)
            assert answer.status_code in OK, (kind, body[:20])
    assert counts() == before


@pytest.mark.parametrize(
    "query",
    ["?%ff=%fe", "?q=%ED%A0%80", "?q[]=1", "?q=a&q=b", "?_connector=OR", "?title__contains=x", "?" + "a&" * 900],
)
def test_query_that_is_odd(query: str, there: dict[str, int], client: Client, desk: Client) -> None:
    for browser, addresses in ((client, ["/", *PUBLIC]), (desk, ["/desk/import/", *AT_DESK])):
        for address in addresses:
            assert browser.get(address.format(**there) + query).status_code in {200, 400}


@pytest.mark.parametrize("address", [
    "/desk/books/{}/", "/desk/books/{}/delete/", "/desk/books/{}/cover/", "/desk/books/{}/cover/remove/",
    "/desk/books/{}/copies/", "/desk/books/{}/refresh/", "/desk/copies/{}/", "/desk/import/{}/",
])  # fmt: skip
def test_thing_that_is_not_here(address: str, desk: Client) -> None:
    for pk in ("0", "999999999", "9" * 18, "9" * 19, "9" * 4400, "-1", "abc", "1.0", "%00", "１"):
        for method in (desk.get, desk.post):
            response = method(address.format(pk))
            assert response.status_code in (404, 405), pk[:20]
            assert ("There is nothing here" in said(response)) or ("Nothing was changed." in said(response))


@pytest.mark.parametrize("address", FORMS)
def test_form_without_its_token_changes_nothing(address: str, there: dict[str, int], librarian: User) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(librarian)
    before = (counts(), Action.objects.count())
    response = browser.post(address.format(**there), {"title": "Emma"})
    assert (response.status_code, "This page was open too long" in said(response)) == (403, True)
    assert (counts(), Action.objects.count()) == before


@pytest.mark.parametrize("address", FORMS)
def test_form_sent_after_the_session_ended_changes_nothing_and_leads_back(
    address: str, there: dict[str, int], desk: Client, librarian: User
) -> None:
    before = (counts(), Action.objects.count())
    desk.logout()
    response = desk.post(address.format(**there), {"title": "Emma"})
    assert response.headers["Location"] == f"/accounts/login/?next={address.format(**there)}"
    assert (counts(), Action.objects.count()) == before
    desk.force_login(librarian)
    back = desk.get(address.format(**there))
    assert back.status_code in {200, 400, 405}
    assert said(back) != ""


def test_nothing_lent_is_ever_deleted(there: dict[str, int], desk: Client, admin_desk: Client) -> None:
    copy = CopyFactory(book_id=there["book"])
    for browser in (desk, admin_desk):
        browser.post(f"/desk/copies/{there['copy']}/delete/")
        browser.post(f"/desk/books/{there['book']}/delete/")
        browser.post(f"/admin/catalog/copy/{there['copy']}/delete/", {"post": "yes"})
        browser.post(f"/admin/catalog/book/{there['book']}/delete/", {"post": "yes"})
    assert sorted(Copy.objects.values_list("pk", flat=True)) == [there["copy"], copy.pk]
    assert Book.objects.filter(pk=there["book"]).exists()


@pytest.mark.parametrize("body", [b"x" * 2_600_000, b"lines=" + b"9" * 2_600_000])
def test_body_that_is_too_large_for_a_form_is_a_clear_page(body: bytes, desk: Client) -> None:
    response: Any = desk.generic("POST", "/desk/import/list/", body, content_type="application/x-www-form-urlencoded")
    assert (response.status_code in {400, 413}, "Nothing was" in said(response)) == (True, True)
