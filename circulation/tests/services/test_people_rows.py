"""Members and their current loans come in from another system: by card, by name, by barcode."""

from datetime import date, datetime
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Action, Card, LibrarySettings, Member, MemberCategory
from accounts.services.members import register_member, replace_card
from accounts.tests.factories import MemberFactory
from catalog.drafts import SourceRow
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from catalog.tests.services.files import applied, book, bring_in, lines, staged
from circulation.invariants import broken
from circulation.models import Loan
from circulation.tests.factories import make_loan, make_ready_hold

pytestmark = pytest.mark.django_db
MEMBER = {
    "card_number": "", "name": "", "email": "", "phone": "", "group_name": "", "category": "", "address": "",
    "joined_on": "", "expires_on": "", "note": "", "language": "", "notices_by": "", "notices_off": [],
    "keep_history": None,
}  # fmt: skip
LOAN = {"barcode": "", "card_number": "", "issued_at": "", "due_at": "", "renewals": 0, "branch": ""}


def member_row(n: int, name: str, card: str = "", **facts: Any) -> SourceRow:
    return SourceRow(n, f"{name};{card};{facts}", "member", MEMBER | {"name": name, "card_number": card} | facts)


def loan_row(n: int, barcode: str, card: str, **facts: Any) -> SourceRow:
    return SourceRow(n, f"{barcode};{card};{facts}", "loan", LOAN | {"barcode": barcode, "card_number": card} | facts)


# --- members ----------------------------------------------------------------------------------------


def test_line_becomes_a_member_with_a_card() -> None:
    pupils = MemberCategory.objects.create(code="PUPIL", name="Pupils")
    batch = applied(
        member_row(1, "Mia Member", "M1", email="mia@example.org", group_name="4b", category="pupils",
                   joined_on="2020-09-01", expires_on="2030-08-31", notices_by="letter", keep_history=False),
        member_row(2, "Noa"), member_row(3, "Ada", category="Martians"),
    )  # fmt: skip
    assert lines(batch, "verdict", "outcome") == [("new", "added")] * 3
    mia, noa, ada = Member.objects.order_by("pk")
    assert (mia.card_number, mia.email, mia.group_name, mia.category, mia.joined_on, mia.expires_on) == (
        "M1", "mia@example.org", "4b", pupils, date(2020, 9, 1), date(2030, 8, 31),
    )  # fmt: skip
    assert (mia.notices_by, mia.keep_history, batch.rows.get(n=1).created_member) == ("letter", False, mia)
    assert (noa.card_number != "", set(Card.objects.values_list("number", flat=True))) == (
        True, {mia.card_number, noa.card_number, ada.card_number},
    )  # fmt: skip
    assert "There is no member category “Martians” here" in batch.rows.get(n=3).reason


def test_members_are_matched_by_card_then_perhaps_by_name_and_email() -> None:
    mia = MemberFactory(name="Mia Member", card_number="M1", email="family@example.org")
    batch = staged(
        member_row(1, "Mia Renamed", "M1"), member_row(2, "Mia Member", "M9", email="Family@example.org"),
        member_row(3, "Ben Member", email="family@example.org"), member_row(4, "Ben", "M9"),
    )  # fmt: skip
    assert lines(batch, "verdict", "reason") == [
        ("known", ""), ("doubtful", ""), ("new", ""), ("wrong", "Line 2 has the card M9 too."),
    ]  # fmt: skip
    batch = bring_in(batch)
    assert lines(batch, "outcome") == ["known", "waiting", "added", "failed"]
    assert batch.rows.get(n=2).made == {"member": mia.pk}
    batch.rows.filter(n=2).update(decision="new")
    assert (lines(bring_in(batch), "outcome")[1], Member.objects.count()) == ("added", 3)


def test_card_that_is_worthless_by_now_is_wrong() -> None:
    member = register_member(name="Mia", category=MemberCategory.objects.order_by("pk")[0], card_number="OLD", by=None)
    replace_card(member, card_number="NEW", by=None)
    assert lines(staged(member_row(1, "Noa", "OLD")), "reason") == [
        "OLD was on a card that is worthless by now. Give another card."
    ]


def test_known_members_are_brought_up_to_date_where_that_is_wanted() -> None:
    mia = MemberFactory(name="Mia Member", card_number="M1", phone="1", group_name="3b")
    row = member_row(1, "Mia Member", "M1", group_name="4b")
    assert lines(applied(row), "outcome") == ["known"]
    batch = applied(row, members="update")
    mia.refresh_from_db()
    assert (lines(batch, "outcome"), mia.group_name, mia.phone) == (["updated"], "4b", "1")
    assert batch.rows.get().made == {"member": mia.pk, "before": {"group_name": "3b"}, "after": {"group_name": "4b"}}
    assert lines(applied(row, members="update"), "outcome") == ["known"]
    assert Action.objects.filter(verb="edit_member").count() == 1


def test_member_who_cannot_be_is_refused_alone() -> None:
    batch = applied(member_row(1, "Mia", joined_on="2026-01-02", expires_on="2026-01-01"), member_row(2, "Noa"))
    assert lines(batch, "outcome", "reason") == [
        ("failed", "The membership ends on the day it begins or later."), ("added", ""),
    ]  # fmt: skip


# --- loans ------------------------------------------------------------------------------------------


def test_loan_is_entered_as_it_was_given() -> None:
    copy, mia = CopyFactory(barcode="C1"), MemberFactory(card_number="M1")
    batch = applied(loan_row(1, "C1", "M1", issued_at="2026-01-07", due_at="2026-02-01", renewals=2))
    loan, zone = Loan.objects.get(), LibrarySettings.current().zone
    assert (loan.copy, loan.member, loan.issued_at, loan.due_at, loan.renewals, loan.is_open) == (
        copy, mia, datetime(2026, 1, 7, tzinfo=zone), datetime(2026, 2, 1, 23, 59, 59, tzinfo=zone), 2, True,
    )  # fmt: skip
    assert (lines(batch, "outcome"), Member.objects.get().loans_ever) == (["added"], 1)
    assert list(broken()) == []


def test_due_date_that_is_not_given_comes_from_the_rules() -> None:
    CopyFactory(barcode="C1")
    MemberFactory(card_number="M1")
    applied(loan_row(1, "C1", "M1"))
    loan = Loan.objects.get()
    assert (loan.due_at > timezone.now(), loan.explanation["steps"] != []) == (True, True)


def test_loan_that_cannot_be_says_why() -> None:
    lent = make_loan(CopyFactory(barcode="LENT"), MemberFactory(card_number="M2"))
    for code in ("IN", "TWICE"):
        CopyFactory(barcode=code)
    CopyFactory(barcode="LOST", lost_on=date(2026, 1, 1))
    kept = make_ready_hold().trapped_copy
    MemberFactory(card_number="M1")
    batch = staged(
        loan_row(1, "NONE", "M1"), loan_row(2, "IN", "M9"), loan_row(3, "LENT", "M1"), loan_row(4, "LENT", "M2"),
        loan_row(5, "TWICE", "M1"), loan_row(6, "TWICE", "M2"), loan_row(7, "LOST", "M1"),
        loan_row(8, kept.barcode, "M1"), loan_row(9, "IN", "M1", issued_at="2999-01-01", due_at="2999-02-01"),
    )  # fmt: skip
    assert lines(batch, "verdict") == ["wrong", "wrong", "wrong", "wrong", "new", "wrong", "new", "new", "wrong"]
    batch = bring_in(batch)
    assert lines(batch, "reason") == [
        "There is no copy with the barcode NONE here. Bring in the books first.",
        "There is no member with the card M9 here. Bring in the members first.",
        "LENT is on loan to somebody else here.",
        "Line 3 has the barcode LENT too.", "", "Line 5 has the barcode TWICE too.",
        "LOST is withdrawn or lost here.", f"{kept.barcode} stands on the hold shelf for somebody.",
        "Line 2 has the barcode IN too.",
    ]  # fmt: skip
    assert list(Loan.objects.open().values_list("copy__barcode", flat=True).order_by("pk")) == ["LENT", "TWICE"]
    assert lent.is_open


def test_same_loans_again_change_nothing() -> None:
    CopyFactory(barcode="C1")
    MemberFactory(card_number="M1")
    for outcome in ("added", "known"):
        assert lines(applied(loan_row(1, "C1", "M1")), "outcome") == [outcome]
    assert Loan.objects.count() == 1


def test_books_members_and_loans_of_one_file_come_in_together() -> None:
    batch = applied(book(1, "Emma", "C1"), member_row(2, "Mia", "M1"), loan_row(3, "C1", "M1"))
    assert (lines(batch, "verdict"), lines(batch, "outcome")) == (["new"] * 3, ["added"] * 3)
    assert (Copy.objects.get().book.search_document.available, list(broken())) == (0, [])
