"""/desk/issue/: a due date by hand."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Member
from accounts.tests.factories import MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation.models import Loan
from circulation.tests.views.issuing.scans import ADDRESS, scan
from circulation.tests.views.pages import (
    field_errors,
    forms,
    query_of,
    send,
)

pytestmark = pytest.mark.django_db


def test_date_by_hand_stays_for_the_next_book(desk: Client, ada: Member, dune: Copy) -> None:
    CopyFactory(barcode="C2")
    day = timezone.localdate() + timedelta(days=90)
    page = scan(desk, "C1", ada, due_on=day.isoformat())
    assert query_of(page) == {"member": [str(ada.pk)], "due_on": [day.isoformat()]}
    (form,) = [form for form in forms(page, button="Issue") if "due_on" in form]
    send(desk, ADDRESS, form | {"scan": "C2"})
    assert {timezone.localdate(loan.due_at) for loan in Loan.objects.all()} == {day}


def test_date_by_hand_survives_an_override(desk: Client, dune: Copy) -> None:
    member, day = MemberFactory(expires_on=date(2020, 1, 1)), timezone.localdate() + timedelta(days=90)
    (form,) = forms(scan(desk, "C1", member, due_on=day.isoformat()), button="Issue anyway")
    send(desk, ADDRESS, form | {"reason": "renews tomorrow"})
    assert timezone.localdate(Loan.objects.get().due_at) == day


def test_date_by_hand_needs_its_permission(helper: Client, ada: Member, dune: Copy) -> None:
    scan(helper, "C1", ada, due_on=(timezone.localdate() + timedelta(days=90)).isoformat())
    assert timezone.localdate(Loan.objects.get().due_at) == timezone.localdate() + timedelta(days=21)


def test_date_by_hand_is_handed_on_to_the_next_member(desk: Client, ada: Member) -> None:
    bob = MemberFactory(name="Bob", card_number="M2")
    day = (timezone.localdate() + timedelta(days=90)).isoformat()
    page = scan(desk, "M2", ada, due_on=day)
    assert query_of(page) == {"member": [str(bob.pk)], "due_on": [day]}
    assert [form["due_on"] for form in forms(page, button="Issue")] == [day]
    assert 'class="more" open' in page.content.decode()
    page = scan(desk, "bob", ada, due_on=day)
    assert f"?member={bob.pk}&amp;due_on={day}" in page.content.decode()
    assert query_of(scan(desk, "bob", due_on=day)) == {"member": [str(bob.pk)], "due_on": [day]}
    assert query_of(scan(desk, "M2", ada, due_on="")) == {"member": [str(bob.pk)]}


@pytest.mark.parametrize("day", ["9999-12-31", "2999-01-01"])
def test_date_by_hand_of_a_mistyped_year_is_refused(day: str, desk: Client, ada: Member, dune: Copy) -> None:
    page = scan(desk, "C1", ada, due_on=day)
    assert (page.status_code, Loan.objects.count()) == (200, 0)
    assert field_errors(page) == ["Due date by hand: That is more than two years from now. Check the year."]
    (form,) = [form for form in forms(page, button="Issue") if "due_on" in form]
    assert (form["scan"], form["due_on"]) == ("C1", day)


@pytest.mark.parametrize(("ticked", "stays"), [(True, True), (False, False)])
def test_due_date_by_hand_stays_ticked_until_it_is_unticked(
    ticked: bool, stays: bool, desk: Client, ada: Member
) -> None:  # fmt: skip
    CopyFactory(barcode="C1"), CopyFactory(barcode="C2")
    day = timezone.localdate() + timedelta(days=90)
    page = scan(desk, "C1", ada, due_on=day.isoformat())
    (form,) = [form for form in forms(page, button="Issue") if "due_on" in form]
    assert (form["due_on"], form["keep_due_on"], form["had_due_on"]) == (day.isoformat(), "yes", "yes")
    if not ticked:
        del form["keep_due_on"]
    page = send(desk, ADDRESS, form | {"scan": "C2"})
    second = Loan.objects.get(copy__barcode="C2")
    assert (timezone.localdate(second.due_at) == day, "due_on" in query_of(page)) == (stays, stays)


def test_due_date_by_hand_that_is_over_is_refused_at_its_field(desk: Client, ada: Member) -> None:
    CopyFactory(barcode="C1")
    day = (timezone.localdate() - timedelta(days=1)).isoformat()
    page = scan(desk, "C1", ada, due_on=day)
    assert field_errors(page) == ["Due date by hand: The due date would lie in the past."]
    assert [form["due_on"] for form in forms(page, button="Issue") if "due_on" in form] == [day]
    assert not Loan.objects.exists()


def test_date_by_hand_in_two_years_is_taken(desk: Client, ada: Member, dune: Copy) -> None:
    day = timezone.localdate() + timedelta(days=730)
    scan(desk, "C1", ada, due_on=day.isoformat())
    assert timezone.localdate(Loan.objects.get().due_at) == day
