"""Many desks at one site that is really run, in several processes: nobody loses, nobody sees a fault."""

import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from stdnum.ean import calc_check_digit

from accounts.tests.threads import at_once
from catalog.tests.openlibrary.stub import serve, silence
from library_site.tests.databases import own_database, row_in
from library_site.tests.desks import Desk, furnish
from library_site.tests.running import Running

pytestmark = [pytest.mark.race, pytest.mark.xdist_group("races")]
DESKS, WAITING, SCANS = 50, 30, 200
MOST_SECONDS = 0.5  # within which nineteen of twenty scans are answered, on a computer that does much else besides
CARDS = """
from accounts.models import Member
without_it = Member.objects.exclude(loans__copy__book=1).order_by("pk")
print(*without_it.values_list("card_number", flat=True))
"""
QUEUE = """
from django.utils import timezone
from catalog.models import Book
from circulation.models import Hold
from circulation.queries.holds import queue
print(*(hold.position for hold in queue(Book.objects.get(pk=1), timezone.localdate()) if hold.status == "waiting"))
first = Hold.objects.order_by("rank", "pk").first()
print(Hold.objects.ready().count(), int(Hold.objects.ready().filter(rank__lte=first.rank).count() == 1))
"""
LINES = """
from catalog.models import ImportRow
print(*ImportRow.objects.filter(batch__source="scan").order_by("batch", "n").values_list("raw", flat=True))
"""
COPIES = "SELECT COUNT(*), MIN(copies) FROM catalog_importrow WHERE raw = '9780743273565'"
COUNT = """
SELECT (SELECT COUNT(*) FROM circulation_loan WHERE closed_at IS NULL), (SELECT COUNT(*) FROM circulation_loan),
(SELECT COUNT(*) FROM circulation_ledgerentry)
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder: Path = tmp_path_factory.mktemp("site")
    stub, server = serve()
    stub.tell("*", silence(0.5))  # the worker's source is slow, and nothing comes of it
    source = {"OPENLIBRARY_URL": stub.url, "OPENLIBRARY_CONTACT": "tests@library.example", "NO_PROXY": "127.0.0.1"}
    with own_database() as environment:
        running = Running(folder, "--demo", "no", WEB_CONCURRENCY="2", **environment, **source).wait()
        yield running
        running.stop()
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def barcodes(running: Running) -> list[str]:
    return furnish(running, books=DESKS + 1, members=DESKS)


@pytest.fixture(scope="module")
def desks(running: Running, barcodes: list[str]) -> list[Desk]:
    first = Desk.signed_in(running)
    return [first.colleague() for _each in range(DESKS)]


def counts(running: Running) -> list[int]:
    """How many loans are open, how many there are, and how many lines the ledger has."""
    return list(row_in(running.environment, COUNT))


def test_one_copy_issued_at_fifty_desks_is_issued_once(
    running: Running, barcodes: list[str], desks: list[Desk]
) -> None:  # fmt: skip
    forms = at_once(DESKS, lambda n: desks[n].form(f"/desk/issue/?member={n + 1}"))
    before = counts(running)
    answers = at_once(DESKS, lambda n: desks[n].post(
        "/desk/issue/", forms[n] | {"member": n + 1, "scan": barcodes[0]}).status_code
    )  # fmt: skip
    assert Counter(answers) == {302: 1, 409: DESKS - 1}
    assert counts(running) == [before[0] + 1, before[1] + 1, before[2]]


def test_fifty_copies_issued_at_fifty_desks_are_all_issued(
    running: Running, barcodes: list[str], desks: list[Desk]
) -> None:  # fmt: skip
    before = counts(running)
    answers = at_once(DESKS, lambda n: desks[n].send(
        f"/desk/issue/?member={n + 1}", {"member": n + 1, "scan": barcodes[n + 1]}).status_code
    )  # fmt: skip
    assert Counter(answers) == {302: DESKS}
    assert counts(running) == [before[0] + DESKS, before[1] + DESKS, before[2]]


def test_thirty_members_wait_for_one_book_and_one_of_them_gets_the_copy(
    running: Running, barcodes: list[str], desks: list[Desk]
) -> None:  # fmt: skip
    """Their places are 1 to 30; the copy, scanned at ten desks at once, stands ready for the first of them."""
    cards = running.manage("shell", "-v", "0", "-c", CARDS).split()
    pages = at_once(WAITING, lambda n: desks[n].form("/desk/books/1/holds/"))
    answers = at_once(WAITING, lambda n: desks[n].post(
        "/desk/books/1/holds/", pages[n] | {"scan": cards[n]}).status_code
    )  # fmt: skip
    assert Counter(answers) == {302: WAITING}
    forms = at_once(10, lambda n: desks[n].form("/desk/return/"))
    at_once(10, lambda n: desks[n].post("/desk/return/", forms[n] | {"scan": barcodes[0]}))
    places, ready = running.manage("shell", "-v", "0", "-c", QUEUE).splitlines()
    assert [int(place) for place in places.split()] == list(range(1, WAITING))
    assert ready == "1 1"
    assert running.manage("check_invariants").strip() == "The library is sound."


def test_payment_sent_twenty_times_at_once_is_booked_once(running: Running, desks: list[Desk]) -> None:
    assert desks[0].send("/desk/members/1/charge/", {"amount_minor": "50", "reason": "lost card"}).status_code == 302
    form = desks[0].form("/desk/members/1/pay/") | {"amount_minor": "2"}
    before = counts(running)
    answers = at_once(20, lambda n: desks[n].post("/desk/members/1/pay/", form))
    assert {(answer.status_code, answer.headers["Location"]) for answer in answers} == {(302, "/desk/receipts/2/")}
    assert counts(running)[2] == before[2] + 1


def test_two_hundred_scans_without_waiting_are_two_hundred_lines_in_their_order(
    running: Running, desks: list[Desk]
) -> None:  # fmt: skip
    """One after the other, while the worker asks a slow source for those before; some are sent twice, as from afar."""
    isbns = [body + calc_check_digit(body) for body in (f"978014{n:06d}" for n in range(SCANS))]
    form, took = desks[0].form("/desk/scan/"), []
    for n, isbn in enumerate(isbns):
        for _again in range(2 if n % 20 == 0 else 1):
            began = time.perf_counter()
            answer = desks[0].post("/desk/scan/", form | {"scan": isbn, "key": f"scan-number-{n}"})
            took.append(time.perf_counter() - began)
            assert answer.status_code == 302
    assert running.manage("shell", "-v", "0", "-c", LINES).split() == isbns
    assert sorted(took)[int(len(took) * 0.95)] < MOST_SECONDS


def test_same_book_scanned_in_ten_windows_at_once_is_one_line_of_ten_copies(
    running: Running, desks: list[Desk]
) -> None:  # fmt: skip
    form = desks[0].form("/desk/scan/")
    at_once(10, lambda n: desks[n].post("/desk/scan/", form | {"scan": "9780743273565", "key": f"window-number-{n}"}))
    assert row_in(running.environment, COPIES) == (1, 10)
