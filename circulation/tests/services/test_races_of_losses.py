"""Many desks lose, find, take back and refund the same at the same moment."""

from collections.abc import Callable

import pytest
from django.db import connection

from accounts.models import Member
from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog.models import Copy
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.exceptions import CirculationRefused
from circulation.models import LedgerEntry
from circulation.queries.ledger import balance_minor
from circulation.services import lost as lost_service
from circulation.services.ledger import refund, take_payment
from circulation.services.loans import issue_copy, return_copy
from circulation.services.lost import mark_found, mark_lost
from circulation.services.removal import remove_member
from circulation.tests.factories import make_loan
from circulation.tests.racing import outcomes

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
DESKS = 20


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """Threads see only what is really saved."""


def lent() -> Copy:
    copy_type = CopyTypeFactory(processing_fee_minor=300)
    return make_loan(CopyFactory(price_minor=2_000, copy_type=copy_type)).copy


def kinds() -> list[str]:
    return list(LedgerEntry.objects.order_by("pk").values_list("kind", flat=True))


def find_one_copy(desks: int) -> dict[str, int]:
    copy = lent()
    mark_lost(copy, by=None)
    return outcomes(at_once(desks, lambda n: mark_found(copy, branch=default_branch(), by=None)))


def test_many_desks_lose_one_copy_and_it_is_charged_once() -> None:
    copy = lent()
    assert outcomes(at_once(DESKS, lambda n: mark_lost(copy, by=None))) == {"done": 1, "already_lost": DESKS - 1}
    assert kinds() == ["replacement", "processing"]


def test_many_desks_find_one_copy_and_it_is_refunded_once() -> None:
    assert find_one_copy(DESKS) == {"done": 1, "not_lost": DESKS - 1}
    assert kinds() == ["replacement", "processing", "refund"]


def test_race_of_findings_is_lost_without_locks(without_locks: Callable[..., None]) -> None:
    without_locks(lost_service, "lock_copy", 4)
    results = find_one_copy(4)
    is_sqlite = connection.vendor == "sqlite"
    assert results == ({"done": 1, "OperationalError": 3} if is_sqlite else {"done": 4})


def test_copy_that_is_lost_and_taken_back_at_once_is_one_of_them() -> None:
    copy = lent()
    acts = (lambda: mark_lost(copy, by=None), lambda: return_copy(copy, branch=default_branch(), by=None))
    results = at_once(DESKS, lambda n: acts[n % 2]())
    assert [each for each in results if isinstance(each, Exception) and not isinstance(each, CirculationRefused)] == []
    assert (list(invariants.broken()), Copy.objects.get().lost_on is not None) == ([], True)
    assert kinds() in ([], ["replacement", "processing"])


def test_no_more_is_given_back_than_was_paid() -> None:
    member = MemberFactory()
    take_payment(member, amount_minor=300, overpay=True, by=None)
    results = outcomes(at_once(10, lambda n: refund(member, amount_minor=100, by=None)))
    assert results == {"done": 3, "nothing_to_refund": 7}
    assert balance_minor(member) == 0


def test_member_who_is_removed_while_being_served_is_served_or_removed() -> None:
    member, copies = MemberFactory(), CopyFactory.create_batch(10)
    issue = {"member": member, "branch": default_branch(), "by": None}
    results = outcomes(
        at_once(10, lambda n: issue_copy(copies[n], **issue) if n % 2 else remove_member(member, by=None))
    )
    assert set(results) <= {"done", "on_loan", "unknown_member"}
    loans, removed = member.loans.open().count(), Member.objects.get().removed_at is not None
    assert (loans > 0) != removed
    assert list(invariants.broken()) == []
