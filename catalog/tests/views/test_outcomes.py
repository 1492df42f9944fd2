"""What the desk is told after something was done to the catalogue, and where to go on by hand."""

from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import HttpRequest
from django.test import RequestFactory

from catalog.models import Copy
from catalog.services.importing import Saved
from catalog.tests.factories import BookFactory, CopyFactory
from catalog.tests.views.pages import HOSTILE
from catalog.views.outcomes import (
    barcodes,
    by_hand,
    tell_added,
    tell_copies_added,
    tell_saved,
    warn_of_wrong_isbns,
)

STAMP = '<strong class="stamp big">{}</strong>'


@pytest.fixture
def request_(rf: RequestFactory) -> HttpRequest:
    request = rf.get("/")
    request.session = {}
    request._messages = FallbackStorage(request)
    return request


def told(request: HttpRequest) -> list[tuple[str, str]]:
    return [(message.level_tag, str(message)) for message in get_messages(request)]


@pytest.mark.parametrize(("text", "address"), [
    ("", "/desk/books/add/"), ("978-0-14-032872-1", "/desk/books/add/?isbn=978-0-14-032872-1"),
    ("97801403287", "/desk/books/add/?isbn=97801403287"), ("tea & cats", "/desk/books/add/?title=tea+%26+cats"),
    ("OL7353617M", "/desk/books/add/"), ("/works/OL45804W", "/desk/books/add/"),
    ("1984", "/desk/books/add/?title=1984"), ("\"'<>", "/desk/books/add/?title=%22%27%3C%3E"),
])  # fmt: skip
def test_by_hand_fills_in_what_is_known(text: str, address: str) -> None:
    assert by_hand(text) == address


@pytest.mark.django_db
@pytest.mark.parametrize(("outcome", "count", "kind", "sentence"), [
    ("known", 0, "info", "“Emma” is here already. Nothing was added."),
    ("added", 0, "success", "“Emma” is in the catalogue."),
    ("added", 1, "success", f"“Emma” is in the catalogue. Its copy has the barcode {STAMP.format('C0')}"),
    ("added", 2, "success", "“Emma” is in the catalogue. Its copies have the barcodes "
     f"{STAMP.format('C0')} {STAMP.format('C1')}"),
    ("copy_added", 1, "success", f"A copy of “Emma” was added: {STAMP.format('C0')}"),
    ("copy_added", 2, "success", f"Copies of “Emma” were added: {STAMP.format('C0')} {STAMP.format('C1')}"),
])  # fmt: skip
def test_tell_saved_says_what_became_of_a_record(
    outcome: str, count: int, kind: str, sentence: str, request_: HttpRequest
) -> None:
    copies = [Copy(barcode=f"C{number}") for number in range(count)]
    tell_saved(request_, Saved(BookFactory.build(title="Emma"), outcome, copies))
    assert told(request_) == [(kind, sentence)]


@pytest.mark.django_db
def test_tell_added_counts_the_copies(request_: HttpRequest) -> None:
    book = BookFactory(title="Emma")
    tell_added(request_, book)
    CopyFactory(book=book, barcode="C0")
    tell_added(request_, book)
    assert [text for _kind, text in told(request_)] == [
        "“Emma” is in the catalogue, with 0 copies. ",
        f"“Emma” is in the catalogue, with 1 copy. {STAMP.format('C0')}",
    ]


def test_tell_copies_added_counts_them(request_: HttpRequest) -> None:
    tell_copies_added(request_, [Copy(barcode="A"), Copy(barcode="B")])
    assert told(request_) == [("success", f"2 copies added: {STAMP.format('A')} {STAMP.format('B')}")]


def test_warning_for_each_wrong_isbn(request_: HttpRequest) -> None:
    warn_of_wrong_isbns(request_, ["9780132567088", "1"])
    assert [text for _kind, text in told(request_)] == [
        f"The check digit of ISBN {number} is wrong. It is kept and can be searched for."
        for number in ("9780132567088", "1")
    ]


@pytest.mark.parametrize(("count", "end"), [(20, "C19</strong>"), (21, "C19</strong> …")])
def test_barcodes_shows_twenty_at_most(count: int, end: str) -> None:
    text = barcodes([Copy(barcode=f"C{number}") for number in range(count)])
    assert (text.count("<strong"), text.endswith(end)) == (20, True)


@pytest.mark.django_db
@pytest.mark.parametrize("tell", [
    lambda request, book: tell_saved(request, Saved(book, "known", [])),
    lambda request, book: tell_saved(request, Saved(book, "added", [Copy(barcode=HOSTILE)])),
    tell_added, lambda request, book: tell_copies_added(request, [Copy(barcode=HOSTILE)]),
], ids=["known", "saved", "added", "copies"])  # fmt: skip
def test_hostile_words_are_only_words(tell: Any, request_: HttpRequest) -> None:
    tell(request_, BookFactory(title=HOSTILE))
    assert "<script" not in told(request_)[0][1]
