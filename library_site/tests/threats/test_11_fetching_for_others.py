"""Somebody has our server fetch from inside a network: covers are fetched by number, webhooks go to public addresses.

Which redirects are followed: catalog/tests/openlibrary/test_addresses.py; what is connected to:
accounts/tests/services/test_posting.py.
"""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.services.posting import PostFailed, post
from catalog.models import Book, Cover
from catalog.openlibrary.client import OpenLibrary
from catalog.services.covers import fetch_next_cover, want_cover
from catalog.tasks import go_on_with_imports
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.conftest import memory_cache, stub
from catalog.tests.openlibrary.stub import Stub, raw, redirect, serve
from catalog.tests.services.pictures import picture
from library_site.tests.threats.breaking import Break

__all__ = ["memory_cache", "stub"]
pytestmark = pytest.mark.django_db
BREAKS = [
    Break(
        "catalog/openlibrary/addresses.py", "if not is_plain or not (is_home or is_archive):", "if not is_plain:",
        test="cover",
    ),
    Break(
        "accounts/networks.py", 'return str(INSIDE) if address and not may_be_reached(address, allowed) else ""',
        'return ""', test="webhook",
    ),
    Break("accounts/networks.py", "    return plain.is_global and", "    return True or", test="webhook"),
]  # fmt: skip
INSIDE = [
    "http://127.0.0.1:{port}/", "http://localhost:{port}/", "http://[::1]:{port}/", "http://2130706433:{port}/",
    "http://0x7f000001:{port}/", "http://127.1:{port}/", "//127.0.0.1:{port}/", "http://127.0.0.1.nip.io:{port}/",
    "http://169.254.169.254/latest/meta-data/", "http://[::ffff:127.0.0.1]:{port}/", "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/_", "http://archive.org@127.0.0.1:{port}/", "http://0:{port}/",
]  # fmt: skip
COLUMNS = "Title,ISBN,Cover,Cover URL,Image,Picture,cover_url,coverUrl\n"


@pytest.fixture
def inside() -> Iterator[Stub]:
    """Something inside the network that nobody outside may reach, and that would answer."""
    found, server = serve()
    found.tell("*", raw(picture()))
    yield found
    server.shutdown()
    server.server_close()


def port_of(found: Stub) -> str:
    return found.url.rpartition(":")[2]


def test_cover_that_leads_inside_is_not_fetched_from_there(stub: Stub, inside: Stub) -> None:
    for where in INSIDE:
        cache.clear()  # of the breaker, which would not ask at all after some of them
        want_cover(BookFactory(), 17)
        stub.tell("/b/id/17-L.jpg", redirect(where.format(port=port_of(inside))))
        with OpenLibrary() as client:
            fetch_next_cover(client)
        Cover.objects.update(state="failed")
    assert (inside.requests, Cover.objects.filter(file__gt="").count()) == ([], 0)
    assert len(stub.requests) == len(INSIDE)


@pytest.mark.parametrize("number", ["9" * 30, "0", "-1", "http:", "1.jpg", "..", "%2e%2e%2f"])
def test_picture_of_what_is_no_number_is_not_asked_for(number: str, desk: Client, stub: Stub) -> None:
    assert (desk.get(f"/desk/import/cover/{number}/").status_code, stub.requests) == (404, [])


def test_address_of_a_picture_in_a_file_or_form_is_only_words(desk: Client, stub: Stub, inside: Stub) -> None:
    where = [each.format(port=port_of(inside)) for each in INSIDE]
    lines = [f"Book {n},,{','.join([address] * 6)}\n" for n, address in enumerate(where)]
    sent = {"file": SimpleUploadedFile("books.csv", (COLUMNS + "".join(lines)).encode()), "branch": "MAIN",
            "copy_type": "BOOK", "if_known": "nothing", "members": "nothing", "make_copies": "0"}  # fmt: skip
    page = desk.post("/desk/import/upload/", sent, follow=True)
    assert page.status_code == 200
    go_on_with_imports()
    typed = {"title": "Emma", "stock": "0", "copy_type": "1", "cover": where[0], "picture": where[0]}
    desk.post("/desk/books/add/", typed)
    with OpenLibrary() as client:
        fetch_next_cover(client)
    assert ([path for path in stub.paths if "/b/id/" in path], inside.requests) == ([], [])
    assert (Book.objects.filter(title="Emma").count(), Cover.objects.exclude(source_id=None).count()) == (1, 0)


def test_webhook_that_leads_inside_is_not_made_or_is_told_nothing(admin_desk: Client) -> None:
    """Odd spellings are names, and what names lead to is looked at before anything is connected."""
    wrong = [each.format(port=443).replace("http:", "https:") for each in INSIDE if "nip.io" not in each]
    wrong += ["http://example.org/", "https://10.0.0.7/", "https://192.168.0.1/", "https://[fe80::1]/"]
    sent = {"name": "Door", "events": ["loan"]}
    made = [url for url in wrong if admin_desk.post("/desk/webhooks/add/", sent | {"url": url}).status_code != 200]
    assert made == [f"https://{host}:443/" for host in ("2130706433", "0x7f000001", "127.1", "0")]
    for url in made:
        with pytest.raises(PostFailed, match="inside a network"):
            post(url, b"{}", {})
