"""COPY: copies withdrawn, lost, damaged, deleted; never while they are lent."""

from datetime import date

import pytest

from accounts.models import Action, User
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation.services.copies import clear_copy, delete_copy, mark_copy
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan, zurich
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NIGHT = zurich("2026-03-02T00:30")  # still 1 March in UTC
STATES = ["withdrawn", "lost", "damaged"]


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


@pytest.mark.parametrize("state", STATES)
def test_copy_3_copy_that_is_lent_is_not_marked(state: str, librarian: User) -> None:
    assert code_of(mark_copy, make_loan().copy, state=state, by=librarian, now=NIGHT) == "on_loan"


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
        mark_copy(copy, state="lost", by=librarian, now=NIGHT, key="form-0001")
    assert (Copy.objects.get(pk=copy.pk).lost_on, Action.objects.count()) == (date(2026, 3, 2), 1)


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
