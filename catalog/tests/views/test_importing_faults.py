"""Open Library down, slow, lying or limiting: a clear message with the form beside it, and no effect elsewhere."""

import time
from dataclasses import replace

import pytest
import time_machine
from django.test import Client

from accounts.models import LibrarySettings
from accounts.services.work import beat
from catalog.models import Book
from catalog.openlibrary import limits
from catalog.openlibrary.lanes import INTERACTIVE, LANES
from catalog.openlibrary.limits import place
from catalog.tests.openlibrary.stub import (
    Stub,
    bomb,
    dripping_body,
    dripping_headers,
    endless,
    page,
    raw,
    record,
    redirect,
    reset,
    silence,
)
from catalog.tests.views.pages import FOX, HOSTILE, fields_of, know_the_fox, links, picture
from circulation.tests.views.pages import messages, outcomes, said

pytestmark = pytest.mark.django_db
IMPORT, SAVE = "/desk/import/", "/desk/import/save/"
BY_HAND = f"/desk/books/add/?isbn={FOX}"
FAULTS = {
    "silence": (silence(1.5), "Open Library took too long to answer."),
    "slow body": (dripping_body(3), "Open Library took too long to answer."),
    "slow headers": (dripping_headers(3), "Open Library took too long to answer."),
    "reset": (reset(), "Open Library is out of order at the moment."),
    "half an answer": (reset(b'{"docs": ['), "Open Library is out of order at the moment."),
    "endless": (endless(), "Open Library sent far more than a book needs."),
    "bomb": (bomb(20), "Open Library sent far more than a book needs."),
    "500": (page(500), "Open Library is out of order at the moment."),
    "503": (page(503), "Open Library is out of order at the moment."),
    "403": (page(403), "Open Library refuses to talk to us."),
    "429": (page(429, Retry_After="30"), "Open Library asks us to slow down."),
    "a page": (page(200), "Open Library sent an answer that makes no sense."),
    "a repr": (raw(b"KeyError('x')"), "Open Library sent an answer that makes no sense."),
    "a list": (record([1, 2]), "Open Library sent an answer that makes no sense."),
    "no docs": (record({"docs": None}), "Open Library sent an answer that makes no sense."),
    "not UTF-8": (raw(b'{"docs": ["\xff\xfe"]}'), "Open Library sent an answer that makes no sense."),
    "elsewhere": (redirect("http://127.0.0.1:1/"), "Open Library sent an answer that makes no sense."),
    "circle": (redirect("/search.json"), "Open Library sent an answer that makes no sense."),
}


@pytest.fixture(autouse=True)
def _hasty(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    """People who wait for a second, not for ten, and a worker that runs."""
    beat()
    lane = replace(INTERACTIVE, lookup_seconds=1, request_seconds=1, silence_seconds=0.4)
    monkeypatch.setitem(LANES, "interactive", lane)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("q", [FOX, "roald dahl"])
def test_fault_gives_a_clear_message_in_time_with_the_form_beside_it(
    q: str, fault: str, desk: Client, stub: Stub
) -> None:
    answer, sentence = FAULTS[fault]
    stub.tell("*", answer)
    began = time.monotonic()
    response = desk.get(IMPORT, {"q": q})
    assert (response.status_code, time.monotonic() - began < 3) == (200, True)
    ((kind, text),) = outcomes(response)
    assert (kind, text.startswith(sentence)) == ("error", True), text
    assert links(response)["Add by hand"] == (BY_HAND if q == FOX else "/desk/books/add/?title=roald+dahl")


@pytest.mark.parametrize("fault", ["500", "429", "a page", "reset"])
def test_fault_while_saving_keeps_the_button_to_try_again(fault: str, desk: Client, stub: Stub) -> None:
    know_the_fox(stub)
    fields = fields_of(desk.get(IMPORT, {"q": "fantastic fox"}), button="Add book and copy")
    answer, sentence = FAULTS[fault]
    stub.tell("/books/OL7353617M.json", answer)
    response = desk.post(SAVE, fields)
    assert (response.status_code, Book.objects.count()) == (200, 0)
    assert outcomes(response)[0][1].startswith(sentence)
    again = fields_of(response, button="Try again")
    assert {name: again[name] for name in ("record", "q", "key")} == {n: fields[n] for n in ("record", "q", "key")}
    assert links(response)["Add by hand"] == "/desk/books/add/?title=fantastic+fox"


def test_button_to_try_again_saves_once_open_library_is_back(desk: Client, stub: Stub) -> None:
    stub.tell("/books/OL7353617M.json", page(500))
    response = desk.post(SAVE, {"record": "OL7353617M", "q": "", "key": "a-key-of-a-form"})
    know_the_fox(stub)
    response = desk.post(SAVE, fields_of(response, button="Try again"), follow=True)
    assert [kind for kind, _text in outcomes(response)] == ["success"]
    assert Book.objects.get().title == "Fantastic Mr. Fox"


def test_form_beside_the_fault_always_works(desk: Client, stub: Stub) -> None:
    stub.tell("*", page(500))
    response = desk.get(links(desk.get(IMPORT, {"q": FOX}))["Add by hand"])
    fields = fields_of(response, button="Save book")
    assert fields["isbn"] == FOX
    desk.post("/desk/books/add/", fields | {"title": "Fantastic Mr Fox", "people": "Roald Dahl"})
    assert Book.objects.get().copies.count() == 1


def test_book_open_library_does_not_know_leads_to_the_form(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": []}))
    stub.tell(f"/isbn/{FOX}.json", page(404))
    response = desk.get(IMPORT, {"q": FOX})
    assert messages(response)[0].startswith("Open Library does not know this book.")
    assert links(response)["Add by hand"] == BY_HAND


@pytest.mark.parametrize("q", ["a", "if", "the", "!!!", "?"])
def test_too_little_to_search_for_says_so(q: str, desk: Client, stub: Stub) -> None:
    response = desk.get(IMPORT, {"q": q})
    assert messages(response)[0].startswith("This is too little to search for.")
    assert stub.requests == []


def test_nobody_to_answer_for_us_says_what_to_do(desk: Client, stub: Stub, settings: object) -> None:
    settings.OPENLIBRARY_CONTACT = ""
    LibrarySettings.objects.update(contact_email="")
    response = desk.get(IMPORT, {"q": FOX})
    assert messages(response)[0].startswith("Open Library wants to know whom to write to.")
    assert (stub.requests, links(response)["Add by hand"]) == ([], BY_HAND)


def test_third_who_waits_hears_busy_at_once(desk: Client, stub: Stub) -> None:
    with place(), place():
        response = desk.get(IMPORT, {"q": FOX})
    assert messages(response)[0].startswith("Others are waiting for Open Library just now.")
    assert (stub.requests, links(response)["Add by hand"]) == ([], BY_HAND)


def test_pictures_on_their_way_keep_nobody_from_looking_up(desk: Client, stub: Stub) -> None:
    cover = f"{IMPORT}cover/17/"
    stub.tell("/b/id/17-M.jpg", raw(picture()))
    with place(for_a_picture=True):
        assert desk.get(cover).status_code == 503
        response = desk.get(IMPORT, {"q": FOX})
    assert ("Others are waiting" in said(response), len(stub.requests) > 0) == (False, True)
    with place(), place():
        assert desk.get(cover).status_code == 200


def test_picture_does_not_wait_for_its_turn(desk: Client, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "TURNS_PER_SECOND", 2)
    stub.tell("*", raw(picture()))
    with time_machine.travel(1_760_000_000.0, tick=False):
        answers = [desk.get(f"{IMPORT}cover/{number}/").status_code for number in range(1, limits.BURST + 2)]
    assert answers == [200] * limits.BURST + [503]


def test_open_library_that_failed_often_is_left_alone_and_everything_else_works(desk: Client, stub: Stub) -> None:
    stub.tell("*", page(500))
    for number in range(5):
        desk.get(IMPORT, {"q": f"word {number} number"})
    asked = len(stub.requests)
    response = desk.get(IMPORT, {"q": "another word"})
    assert messages(response)[0].startswith("Open Library has not been answering, so we leave it alone for 1 minute.")
    assert len(stub.requests) == asked
    for address in ("/", "/search/", "/desk/", "/desk/books/", "/desk/books/add/", IMPORT, "/desk/issue/"):
        assert desk.get(address).status_code == 200


HOSTILE_RECORDS = {
    "words": {"title": HOSTILE, "subtitle": HOSTILE, "publishers": [HOSTILE], "series": [HOSTILE],
              "subjects": [HOSTILE], "description": HOSTILE, "edition_name": HOSTILE, "by_statement": HOSTILE},
    "directions": {"title": "\u202eevil\u2066 \ufefftitle", "publishers": ["\u200bHouse"]},
    "control characters": {"title": "a\u0000b\u0007c", "publishers": ["\u0000"], "description": "\u0000\u0001"},
    "lone surrogate": {"title": "x\ud800y", "publishers": ["\udfff"]},
    "wrong types": {"title": "Fine", "publishers": "House", "isbn_13": 5, "covers": ["x", None, -1, 2**80],
                    "number_of_pages": "many", "languages": {"key": 1}, "works": "OL1W", "authors": None,
                    "publish_date": 1999, "revision": "x", "subjects": [None, 5, {}], "contributions": {"a": 1}},
    "far too long": {"title": "t" * 100_000, "publishers": ["p" * 100_000], "series": ["s" * 9_000],
                     "subjects": ["u" * 9_000] * 50, "description": "d" * 100_000, "edition_name": "e" * 9_000,
                     "isbn_13": ["9" * 1_000] * 50, "publish_date": "1999 " * 500, "pagination": "1 p. " * 500},
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE_RECORDS)
def test_hostile_record_is_shown_saved_and_reviewed_as_mere_words(name: str, desk: Client, stub: Stub) -> None:
    stub.tell(
        "/books/OL5M.json", record({"key": "/books/OL5M", "type": {"key": "/type/edition"}} | HOSTILE_RECORDS[name])
    )
    stub.tell("/search.json", record({"docs": [
        {"key": "/works/OL5W", "title": HOSTILE_RECORDS[name]["title"], "author_name": [HOSTILE, None, 5],
         "editions": {"docs": [{"key": "/books/OL5M"}]}},
    ]}))  # fmt: skip
    pages = [desk.get(IMPORT, {"q": "OL5M"}), desk.get(IMPORT, {"q": "hostile words"}),
             desk.get("/desk/import/review/OL5M/")]  # fmt: skip
    pages.append(desk.post(SAVE, {"record": "OL5M", "q": ""}, follow=True))
    book = Book.objects.get()
    pages += [desk.get(f"/desk/books/{book.pk}/"), desk.get(f"/books/{book.pk}/"), desk.get("/desk/books/")]
    assert [(each.status_code, "<script>alert" in each.content.decode()) for each in pages] == [(200, False)] * 7
    assert not set(book.title + book.publisher + book.description) & set("\x00\x07\u202e\u2066\ufeff\u200b\ud800")
    assert "There is a problem" not in said(pages[2])


def test_hostile_search_is_only_words(desk: Client, stub: Stub) -> None:
    stub.tell("/search.json", record({"docs": []}))
    response = desk.get(IMPORT, {"q": HOSTILE})
    assert ("<script>alert" in response.content.decode(), response.status_code) == (False, 200)
    stub.tell("*", page(500))
    assert "<script>alert" not in desk.get(IMPORT, {"q": f"{HOSTILE} x"}).content.decode()
