"""COPY: copies withdrawn, damaged, read in the library, deleted."""

from datetime import date

import pytest

from accounts.models import Action, Branch, Member, User
from accounts.tests.factories import MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation.models import Hold, Loan, OnSiteUse
from circulation.services.copies import clear_copy, delete_copy, mark_copy, mark_damaged, use_on_site, withdraw_copy
from circulation.services.loans import return_copy
from circulation.tests.factories import HoldFactory, make_loan, zurich
from circulation.tests.refusals import code_of, codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NIGHT = zurich("2026-03-02T00:30")  # still 1 March in UTC
STATES = ["withdrawn", "damaged"]


@pytest.mark.parametrize("state", STATES)
def test_copy_1_copy_is_marked_from_the_library_s_today_on(state: str, librarian: User) -> None:
    copy = CopyFactory()
    mark_copy(copy, state=state, reason="coffee", by=librarian, now=NIGHT)
    dates = Copy.objects.values("withdrawn_on", "lost_on", "damaged_on").get(pk=copy.pk)
    nothing = dict.fromkeys(["withdrawn_on", "lost_on", "damaged_on"])
    assert dates == nothing | {f"{state}_on": date(2026, 3, 2)}
    assert Action.objects.values("verb", "by_id", "target_id", "before", "after", "reason").get() == {
        "verb": "mark_copy", "by_id": librarian.pk, "target_id": copy.pk, "reason": "coffee",
        "before": {f"{state}_on": None}, "after": {f"{state}_on": "2026-03-02"},
    }  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_copy_2_mark_is_taken_off(state: str, librarian: User) -> None:
    copy = CopyFactory(**{f"{state}_on": date(2026, 1, 5)})
    clear_copy(copy, state=state, by=librarian, now=NIGHT)
    assert getattr(Copy.objects.get(pk=copy.pk), f"{state}_on") is None
    assert Action.objects.values("before", "after").get() == {
        "before": {f"{state}_on": "2026-01-05"}, "after": {f"{state}_on": None},
    }  # fmt: skip


def test_copy_3_copy_that_is_lent_is_not_withdrawn(librarian: User) -> None:
    assert codes_of(mark_copy, make_loan().copy, state="withdrawn", by=librarian, now=NIGHT) == ["on_loan"]


def test_copy_10_copy_that_is_lent_may_be_damaged(librarian: User) -> None:
    copy = make_loan().copy
    mark_copy(copy, state="damaged", by=librarian, now=NIGHT)
    assert Copy.objects.get(pk=copy.pk).damaged_on == date(2026, 3, 2)
    assert copy.loans.open().exists()


@pytest.mark.parametrize(("service", "field"), [(mark_damaged, "damaged_on"), (withdraw_copy, "withdrawn_on")])
def test_copy_marked_again_by_a_command_stays_as_it_is(service, field: str) -> None:
    copy = CopyFactory(**{field: date(2026, 1, 5)})
    assert getattr(service(copy, by=None, now=NIGHT), field) == date(2026, 1, 5)
    assert Action.objects.count() == 0


@pytest.mark.parametrize(("service", "state"), [(mark_damaged, "damaged"), (withdraw_copy, "withdrawn")])
def test_copy_11_hold_shelf_is_left_by_what_cannot_be_lent(service, state: str, branch: Branch) -> None:
    """Whoever it stood ready for is first in the queue again."""
    copy = CopyFactory()
    first = HoldFactory(book=copy.book, rank=1)
    ready = HoldFactory(book=copy.book, rank=5, status="ready", trapped_copy=copy, ready_at=NIGHT, pickup_by=NIGHT)
    service(copy, by=None, now=NIGHT)
    assert list(Hold.objects.values_list("pk", "status", "trapped_copy")) == [
        (ready.pk, "waiting", None), (first.pk, "waiting", None),
    ]  # fmt: skip
    assert Action.objects.get(verb="mark_copy").after["released_hold"] == ready.pk


def test_copy_12_use_in_the_library_is_counted_without_a_loan(librarian: User, branch: Branch) -> None:
    copy, member = CopyFactory(), MemberFactory()
    use_on_site(copy, branch=branch, by=librarian, now=NIGHT)
    use_on_site(copy, member=member, branch=branch, by=librarian, now=NIGHT)
    uses = list(OnSiteUse.objects.order_by("pk").values_list("copy", "member", "branch", "at", "by"))
    assert uses == [(copy.pk, who, branch.pk, NIGHT, librarian.pk) for who in (None, member.pk)]
    assert (Loan.objects.count(), Member.objects.get().loans_ever) == (0, 0)


def test_copy_13_use_of_a_copy_that_is_lent_is_refused(librarian: User, branch: Branch) -> None:
    copy = make_loan().copy
    assert codes_of(use_on_site, copy, branch=branch, by=librarian, now=NIGHT) == ["on_loan"]
    assert OnSiteUse.objects.count() == 0


@pytest.mark.parametrize("state", STATES)
def test_copy_9_copy_that_has_the_mark_keeps_its_day(state: str, librarian: User) -> None:
    copy = CopyFactory(**{f"{state}_on": date(2026, 1, 5)})
    assert code_of(mark_copy, copy, state=state, by=librarian, now=NIGHT) == "already_marked"
    assert getattr(Copy.objects.get(pk=copy.pk), f"{state}_on") == date(2026, 1, 5)


def test_copy_may_have_several_marks(librarian: User) -> None:
    copy = CopyFactory(damaged_on=date(2026, 1, 5))
    mark_copy(copy, state="withdrawn", by=librarian, now=NIGHT)
    dates = Copy.objects.values("withdrawn_on", "damaged_on").get(pk=copy.pk)
    assert dates == {"withdrawn_on": date(2026, 3, 2), "damaged_on": date(2026, 1, 5)}


def test_same_form_that_marked_it_marks_it_once(librarian: User) -> None:
    copy = CopyFactory()
    for _each in range(2):
        mark_copy(copy, state="damaged", by=librarian, now=NIGHT, key="form-0001")
    assert (Copy.objects.get(pk=copy.pk).damaged_on, Action.objects.count()) == (date(2026, 3, 2), 1)


def test_copy_4_copy_that_was_never_lent_is_deleted(librarian: User) -> None:
    copy = CopyFactory(barcode="WRONG1")
    pk = copy.pk
    delete_copy(copy, by=librarian, now=NIGHT)
    assert Copy.objects.count() == 0
    assert Action.objects.values("verb", "target_id", "before").get() == {
        "verb": "delete_copy", "target_id": pk, "before": {"barcode": "WRONG1", "book": copy.book_id},
    }  # fmt: skip


@pytest.mark.parametrize("is_back", [False, True])
def test_copy_5_copy_that_was_ever_lent_stays(is_back: bool, librarian: User) -> None:
    loan = make_loan()
    if is_back:
        return_copy(loan.copy, branch=loan.branch, by=librarian)
    assert code_of(delete_copy, loan.copy, by=librarian, now=NIGHT) == "was_lent"
