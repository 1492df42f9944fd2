"""One request, and everything that can go wrong with it."""

import email.utils
import socket
import threading
import time
import tracemalloc
from dataclasses import replace

import pytest
import time_machine
from django.core.cache import cache

from catalog.openlibrary import limits, transport
from catalog.openlibrary.client import new_session
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.lanes import BATCH, INTERACTIVE, Deadline
from catalog.openlibrary.limits import FAILURES_TO_OPEN, Breaker
from catalog.openlibrary.transport import Transport

from .stub import (
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

CAP = 100_000
ONCE = replace(INTERACTIVE, attempts=1)


@pytest.fixture
def fetch(stub):
    """Fetches a path of the stub; returns the body."""
    session = new_session()

    def fetch(path="/x", *, lane=ONCE, seconds=3.0, cap=CAP, base=None, family="record"):
        one = Transport(session, "Openshelf/0 (tests@library.example)", lane)
        base = base or stub.url
        return one.get(f"{base}{path}", base=base, family=family, cap=cap, deadline=Deadline(seconds))

    yield fetch
    session.close()


def failure(fetch, **how):
    """The code of the failure, and the seconds it took."""
    started = time.monotonic()
    with pytest.raises(OpenLibraryError) as failed:
        fetch(**how)
    return failed.value.code, time.monotonic() - started


def test_get_says_who_we_are_and_asks_for_gzip(stub, fetch):
    stub.tell("/x", record({"a": 1}))
    assert fetch() == b'{"a": 1}'
    headers = stub.requests[0].headers
    assert (headers["User-Agent"], headers["Accept-Encoding"]) == ("Openshelf/0 (tests@library.example)", "gzip")
    assert "Cookie" not in headers


def test_get_keeps_no_cookies(stub, fetch):
    stub.tell("/x", record({}, Set_Cookie="session=1; Path=/"))
    fetch()
    fetch()
    assert ["Cookie" in request.headers for request in stub.requests] == [False, False]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (page(404), "not_found"),
        (page(410), "not_found"),
        (page(403), "blocked"),
        (page(401), "blocked"),
        (page(429), "limited"),
        (page(500), "unavailable"),
        (page(503, Retry_After="rubbish"), "unavailable"),
        (page(422), "bad_answer"),
        (page(304), "bad_answer"),
        (raw(b"plain", Content_Encoding="gzip"), "bad_answer"),
        (raw(b"plain", Content_Encoding="br"), "bad_answer"),
        (reset(), "unavailable"),
        (reset(after=b"{"), "unavailable"),
        (redirect("http://127.0.0.1:9/x"), "bad_answer"),
        (redirect(""), "bad_answer"),
        (redirect("/x"), "bad_answer"),
        (lambda handler: handler.write(b"SSH-2.0-OpenSSH\r\n\r\n"), "unavailable"),
    ],
)
def test_get_gives_each_failure_its_code(stub, fetch, answer, code):
    stub.tell("/x", answer)
    assert failure(fetch)[0] == code


def test_get_of_a_closed_port_is_offline(fetch):
    assert failure(fetch, base="http://127.0.0.1:9")[0] == "offline"


def test_get_of_a_wrong_address_in_the_settings_is_offline(fetch):
    assert failure(fetch, base="openlibrary.org")[0] == "offline"
    assert failure(fetch, base="http://no-such-host.invalid")[0] == "offline"


def test_get_notices_a_body_cut_short(stub, fetch):
    def cut_short(handler):
        handler.head(Content_Length="1000", Connection="close")
        handler.write(b"{")
        handler.close_connection = True

    stub.tell("/x", cut_short)
    assert failure(fetch)[0] == "unavailable"


@pytest.mark.parametrize("answer", [silence(2), dripping_headers(2), dripping_body(2)])
def test_get_ends_with_its_deadline(stub, fetch, answer):
    stub.tell("/x", answer)
    code, seconds = failure(fetch, seconds=0.5)
    assert code == "timed_out"
    assert seconds < 0.9


def test_get_ends_when_the_body_of_unknown_length_drips_too_long(stub, fetch):
    def dripping(handler):
        handler.head(Connection="close")
        for _ in range(40):
            handler.write(b" ")
            time.sleep(0.05)

    stub.tell("/x", dripping)
    assert failure(fetch, seconds=0.5)[0] == "timed_out"


def test_get_gives_up_a_silent_server_before_the_deadline(stub, fetch):
    stub.tell("/x", silence(2))
    code, seconds = failure(fetch, lane=replace(ONCE, silence_seconds=0.3), seconds=5)
    assert code == "timed_out"
    assert seconds < 0.8


@pytest.mark.parametrize(
    "answer",
    [
        raw(b"a" * (CAP + 1)),
        endless(),
        endless(Content_Length="999999999999"),
        bomb(20),
        endless(Content_Length="9" * 30),
    ],
)
def test_get_takes_no_more_than_the_cap(stub, fetch, answer):
    stub.tell("/x", answer)
    tracemalloc.start()
    code, seconds = failure(fetch)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert code == "too_large"
    assert seconds < 1
    assert most < 3_000_000


def test_get_takes_a_body_of_exactly_the_cap(stub, fetch):
    stub.tell("/x", raw(b"a" * CAP))
    assert len(fetch()) == CAP


def test_get_does_not_wait_for_a_name_server_that_says_nothing(stub, fetch, monkeypatch):
    asked = threading.Event()
    monkeypatch.setattr(transport, "CONNECT_SECONDS", 0.2)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_options: asked.wait(3))
    code, seconds = failure(fetch)
    asked.set()
    assert (code, seconds < 1, stub.requests) == ("offline", True, [])


def test_get_follows_five_redirects_but_not_six(stub, fetch):
    for hop in range(6):
        stub.tell(f"/{hop}", redirect(f"/{hop + 1}"))
    stub.tell("/6", record({"at": "end"}))
    assert fetch("/1") == b'{"at": "end"}'
    stub.requests.clear()
    cache.clear()
    assert failure(fetch, path="/0")[0] == "bad_answer"
    assert stub.paths == ["/0", "/1", "/2", "/3", "/4", "/5"]


def test_get_tries_once_more_for_a_person(stub, fetch):
    stub.tell("/x", page(503), record({"second": True}))
    assert fetch(lane=INTERACTIVE) == b'{"second": true}'
    stub.tell("/x", page(503), page(502), record({"third": True}))
    assert failure(fetch, lane=INTERACTIVE)[0] == "unavailable"


def test_get_tries_four_times_more_for_a_batch(stub, fetch):
    stub.tell(
        "/x",
        page(503, Retry_After="0"),
        reset(),
        page(429, Retry_After="0"),
        page(500, Retry_After="0"),
        record({"fifth": 1}),
    )
    assert fetch(lane=BATCH, seconds=30) == b'{"fifth": 1}'
    assert len(stub.requests) == 5


@pytest.mark.parametrize(
    "answer", [page(404), page(403), page(422), redirect("http://127.0.0.1:9/"), raw(b"x", Content_Encoding="br")]
)
def test_get_does_not_repeat_what_will_not_change(stub, fetch, answer):
    stub.tell("/x", answer)
    failure(fetch, lane=BATCH)
    assert len(stub.requests) == 1


def test_get_says_why_it_tries_again(stub):
    stub.tell("/x", page(429), page(503), record({}))
    heard = []
    with new_session() as session:
        lane = replace(BATCH, attempts=3)
        one = Transport(session, "Openshelf/0 (tests@library.example)", lane, lambda error: heard.append(error.code))
        one.get(f"{stub.url}/x", base=stub.url, family="record", cap=CAP, deadline=Deadline(5))
    assert heard == ["limited", "unavailable"]


def test_get_does_not_say_that_it_tries_again_when_it_does_not(stub):
    stub.tell("/x", page(503))
    heard = []
    with new_session() as session:
        one = Transport(session, "Openshelf/0 (tests@library.example)", ONCE, heard.append)
        with pytest.raises(OpenLibraryError):
            one.get(f"{stub.url}/x", base=stub.url, family="record", cap=CAP, deadline=Deadline(5))
    assert heard == []


def test_get_waits_as_long_as_the_server_says(stub, fetch):
    stub.tell("/x", page(429, Retry_After="1"), record({}))
    started = time.monotonic()
    assert fetch(lane=INTERACTIVE, seconds=5) == b"{}"
    assert time.monotonic() - started > 0.99


def test_get_does_not_wait_for_a_second_try_that_comes_too_late(stub, fetch):
    stub.tell("/x", page(503, Retry_After="2"))
    code, seconds = failure(fetch, lane=INTERACTIVE, seconds=2.2)
    assert code == "unavailable"
    assert seconds < 0.5


@pytest.mark.parametrize("is_date", [False, True])
@pytest.mark.parametrize(("status", "expected"), [(429, "limited"), (503, "unavailable")])
def test_get_leaves_the_server_alone_when_it_says_so(stub, fetch, is_date, status, expected):
    value = email.utils.formatdate(time.time() + 60, usegmt=True) if is_date else "60"
    stub.tell("/x", page(status, Retry_After=value))
    code, seconds = failure(fetch, lane=INTERACTIVE)
    assert code == expected
    assert seconds < 0.5
    assert failure(fetch, lane=INTERACTIVE)[0] == "limited"
    assert len(stub.requests) == 1


def test_get_stops_asking_after_five_failures(stub, fetch):
    stub.tell("/x", page(500))
    stub.tell("/y", record({}))
    codes = [failure(fetch)[0] for _ in range(7)]
    assert codes == ["unavailable"] * 7
    assert len(stub.requests) == 5
    assert fetch("/y", family="search") == b"{}"


def test_get_counts_not_found_as_an_answer(fetch):
    breaker = Breaker("record")
    for _ in range(FAILURES_TO_OPEN):
        breaker.failed()
    with time_machine.travel(time.time() + 61):
        assert failure(fetch)[0] == "not_found"
        breaker.failed()
        breaker.check()


def test_get_waits_for_its_turn(stub, fetch, monkeypatch):
    monkeypatch.setattr(limits, "TURNS_PER_SECOND", 2)
    stub.tell("/x", record({}))
    started = time.monotonic()
    for _ in range(7):
        fetch()
    assert 0.4 < time.monotonic() - started < 1.2


def test_get_survives_a_server_that_hangs_up_between_requests(stub, fetch):
    stub.tell("/x", record({"a": 1}), lambda handler: handler.connection.shutdown(socket.SHUT_RDWR), record({"b": 2}))
    assert fetch() == b'{"a": 1}'
    assert fetch(lane=INTERACTIVE) == b'{"b": 2}'
