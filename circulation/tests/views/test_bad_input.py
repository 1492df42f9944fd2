"""Whatever is typed, scanned or sent to a page of circulation: a clear page, never a crash, nothing done by half."""

from datetime import date

import pytest
from django.test import Client

from accounts.models import Member, User
from accounts.tests.anything import HARD, NUMBERS, text
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.models import Loan
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan, make_overdue_loan, set_library, what_there_is

pytestmark = pytest.mark.django_db
DAYS = [
    "0001-01-01",
    "9999-12-31",
    "0000-00-00",
    "2026-02-30",
    "10000-01-01",
    "-1",
    "abc",
    "1/2/3",
    "2026-3-2T10:00",
    "\x00",
    "9" * 5000,
    "２０２６-03-02",
    "31.12.9999",
]
FAR_DAYS = ["0001-01-01", "9999-12-31"]
OK = {200, 302, 400, 404, 405, 409}


@pytest.fixture(params=["UTC", "Pacific/Kiritimati", "America/Chicago"])
def anywhere(request: pytest.FixtureRequest, db: None) -> None:
    set_library(time_zone=request.param)


@pytest.fixture
def member(db: None) -> Member:
    found = MemberFactory(name="Ada", card_number="M1")
    charge_member(found, amount_minor=500, reason="lost card", by=None)
    return found


@pytest.mark.parametrize("address", ["/desk/issue/", "/desk/return/", "/desk/renew/"])
def test_scan_of_anything(address: str, desk: Client, member: Member) -> None:
    before = what_there_is()
    for scan in HARD:
        for fields in ({}, {"member": member.pk}):
            answer = desk.post(address, {"scan": text(scan), "key": "", **fields})
            assert answer.status_code in OK, scan[:20]
    assert what_there_is() == before


@pytest.mark.parametrize("name", ["key", "read_as", "overrides", "reason", "member", "due_on", "returned_on"])
def test_field_of_a_scan_that_was_tampered_with(name: str, desk: Client, member: Member) -> None:
    for value in HARD:
        copy = CopyFactory()
        for address in ("/desk/issue/", "/desk/return/", "/desk/renew/"):
            fields = {"scan": copy.barcode, "member": member.pk, "key": "", name: text(value)}
            assert desk.post(address, fields).status_code in OK, value[:20]
        assert copy.loans.count() <= 1


def test_member_of_an_issue_that_is_no_number(desk: Client) -> None:
    copy = CopyFactory()
    for number in NUMBERS:
        assert desk.get("/desk/issue/", {"member": number}).status_code == 200
        assert desk.post("/desk/issue/", {"scan": copy.barcode, "member": number, "key": ""}).status_code in OK
    assert Loan.objects.count() == 0


@pytest.mark.parametrize("day", [day for day in DAYS if day not in FAR_DAYS])
def test_day_that_is_none(day: str, desk: Client, member: Member) -> None:
    every_page_answers(day, desk, member)


@pytest.mark.usefixtures("anywhere")
@pytest.mark.parametrize("day", FAR_DAYS)
def test_day_that_is_far_away(day: str, desk: Client, member: Member) -> None:
    every_page_answers(day, desk, member)


def every_page_answers(day: str, desk: Client, member: Member) -> None:
    lent = make_loan()
    for address in ("/desk/issue/", "/desk/return/", "/desk/loans/", "/desk/loans.csv"):
        query = {"due_on": day, "returned_on": day, "from_on": day, "to_on": day, "member": member.pk}
        response = desk.get(address, query)
        assert response.status_code in (200, 400)
        assert not response.streaming or len(list(response)) >= 2
    fields = {"key": "", "due_on": day, "returned_on": day, "member": member.pk}
    assert desk.post("/desk/issue/", {"scan": CopyFactory().barcode, **fields}).status_code in OK
    assert desk.post("/desk/return/", {"scan": lent.copy.barcode, **fields}).status_code in OK


@pytest.mark.usefixtures("anywhere")
def test_last_day_of_all_as_a_due_date_is_refused_and_shown_where_it_is(desk: Client, member: Member) -> None:
    copy = CopyFactory()
    for day in ("9999-12-30", "9999-12-31"):
        desk.post("/desk/issue/", {"scan": copy.barcode, "member": member.pk, "due_on": day, "key": ""})
    assert Loan.objects.count() == 0
    make_loan(copy, member, due_on=date(9999, 12, 30))
    for address in ("/desk/", f"/desk/issue/?member={member.pk}", "/desk/loans/", f"/desk/members/{member.pk}/"):
        assert desk.get(address).status_code == 200
    assert desk.post("/desk/renew/", {"scan": copy.barcode, "key": ""}).status_code == 409
    assert desk.post("/desk/return/", {"scan": copy.barcode, "key": ""}).status_code == 302


@pytest.mark.parametrize("address", ["/desk/loans/", "/desk/loans.csv", "/me/", "/me/fines/"])
@pytest.mark.parametrize("name", ["page", "show", "q"])
def test_query_of_a_list(name: str, address: str, desk: Client, mine: Client, member_user: User) -> None:
    make_overdue_loan(member=member_user.member)
    browser = mine if address.startswith("/me/") else desk
    for value in HARD:
        response = browser.get(address, {name: text(value)})
        assert response.status_code in ((200, 400) if address.endswith(".csv") else (200,)), value[:20]
        assert not response.streaming or list(response)


@pytest.mark.parametrize(
    "query", ["?%ff=%fe", "?q=%ED%A0%80", "?q[]=1", "?q=a&q=b", "?_connector=OR", "?member__id=1", "?" + "a&" * 900]
)
def test_query_that_is_odd(query: str, desk: Client) -> None:
    for address in ("/desk/", "/desk/issue/", "/desk/return/", "/desk/loans/", "/desk/loans.csv"):
        assert desk.get(address + query).status_code == 200


@pytest.mark.parametrize("address", [
    "/desk/undo/{}/", "/desk/branch/{}/", "/desk/members/{}/pay/", "/desk/members/{}/waive/",
    "/desk/members/{}/charge/", "/desk/receipts/{}/",
])  # fmt: skip
def test_thing_that_is_not_here(address: str, desk: Client) -> None:
    for pk in ("0", "999999999", "9" * 18, "9" * 19, "9" * 30, "9" * 4400, "-1", "abc", "1.0", "%00", "１"):
        for method in (desk.get, desk.post):
            assert method(address.format(pk)).status_code in (404, 405), pk[:20]


def test_loan_that_is_not_here(mine: Client) -> None:
    pks = ["0", "999999999", "9" * 19, "9" * 4400, "abc", "%00"]
    assert [mine.post(f"/me/loans/{pk}/renew/").status_code for pk in pks] == [404] * len(pks)


@pytest.mark.parametrize("what", ["pay", "waive", "charge"])
def test_money_form_with_anything_in_it(what: str, desk: Client, member: Member) -> None:
    for value in HARD:
        if not value.isdecimal():
            fields = dict.fromkeys(["amount_minor", "reason", "overpay", "key"], text(value))
            assert desk.post(f"/desk/members/{member.pk}/{what}/", fields).status_code == 200, value[:20]
    assert member.ledger.count() == 1


def test_return_by_member_and_isbn_of_anything(desk: Client, member: Member) -> None:
    make_loan(CopyFactory(book=BookIdentifierFactory().book), member)
    for value in HARD:
        for fields in ({"member": text(value), "isbn": text(value)}, {"member": "M1", "isbn": text(value)}):
            assert desk.post("/desk/return/", {**fields, "key": text(value)}).status_code == 200, value[:20]
    assert Loan.objects.open().count() == 1


def test_fields_nobody_asked_for_change_nothing(desk: Client, member: Member) -> None:
    """Mass assignment: what is not a field of the form is not looked at."""
    copy, other = CopyFactory(), MemberFactory()
    extra = {
        "is_staff": "1", "is_superuser": "1", "balance": "0", "fine": "0", "returned_at": "2020-01-01", "user": "1",
        "amount": "0", "kind": "payment", "by": "1", "at": "2020-01-01", "branch": "99", "outcome": "lost", "copy": "1",
        "now": "2020-01-01", "loan": "1", "member_id": str(other.pk),
    }  # fmt: skip
    desk.post("/desk/issue/", {"scan": copy.barcode, "member": member.pk, "key": "", **extra})
    loan = Loan.objects.get()
    assert (loan.member, loan.copy, loan.outcome, loan.returned_at) == (member, copy, "", None)
    desk.post(f"/desk/members/{member.pk}/charge/", {"amount_minor": "1.00", "reason": "x", "key": "", **extra})
    entry = member.ledger.latest("pk")
    assert (entry.kind, entry.amount_minor, entry.at > loan.issued_at) == ("other", 100, True)


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"scan", b"scan=%00", b"&" * 500, b'{"scan": "C1"}'])
def test_body_that_is_no_form(body: bytes, desk: Client) -> None:
    for kind in ("application/x-www-form-urlencoded", "application/json", "text/plain"):
        assert desk.generic("POST", "/desk/issue/", body, content_type=kind).status_code in OK
