"""PRIVACY: the reading history is forgotten after the library's days, at return or never, as the member chose."""

from datetime import timedelta

import pytest

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.tests.factories import MemberFactory, UserFactory
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import Hold, LedgerEntry, Loan, OnSiteUse
from circulation.services.copies import use_on_site
from circulation.services.history import unlink_history
from circulation.services.holds import cancel_hold, place_hold
from circulation.services.ledger import reverse, take_payment
from circulation.services.loans import renew_loan, return_copy
from circulation.services.lost import mark_found, mark_lost
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, set_library, set_rule, zurich
from circulation.tests.refusals import code_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED, BACK, LATE = (zurich(f"2026-03-{day}T10:00") for day in ("02", "09", "26"))  # due 23 March
DAYS = 30


@pytest.fixture(autouse=True)
def _days(in_zurich: object) -> None:
    set_library(unlink_history_after_days=DAYS)


def returned(member: Member | None = None, **how) -> Loan:
    """A loan issued on 2 March and returned on 9 March (``now``: another moment)."""
    loan = make_loan(member=member or MemberFactory(), now=ISSUED)
    return return_copy(loan.copy, branch=loan.branch, **{"by": None, "now": BACK} | how)


def knows(loan: Loan) -> bool:
    return Loan.objects.get(pk=loan.pk).member_id is not None


def said_of(*rows) -> list[dict]:
    """All that the record of actions says of these rows."""
    kinds = {row._meta.label_lower: row.pk for row in rows}
    actions = Action.objects.order_by("pk").values("target_type", "target_id", "before", "after", "by", "fingerprint")
    return [a for a in actions if a["target_type"] in kinds and kinds[a["target_type"]] == a["target_id"]]


def test_privacy_1_loan_forgets_its_member_when_the_days_are_over() -> None:
    loan = returned()
    assert unlink_history(zurich("2026-04-07T23:59")) == 0
    assert unlink_history(zurich("2026-04-08T00:00")) == 1
    assert not knows(loan)
    assert unlink_history(zurich("2026-04-08T00:00")) == 0


def test_privacy_2_member_who_keeps_the_history_keeps_it() -> None:
    loan = returned(MemberFactory(keep_history=True))
    assert unlink_history(zurich("2036-01-01T10:00")) == 0
    assert knows(loan)


def test_privacy_3_member_who_keeps_none_is_forgotten_at_return() -> None:
    loan = returned(MemberFactory(keep_history=False))
    assert (loan.member, knows(loan)) == (None, False)


def test_privacy_4_what_is_owed_for_a_loan_keeps_its_member_until_it_is_paid() -> None:
    chose_none, chose_nothing = MemberFactory(keep_history=False), MemberFactory()
    loans = [returned(chose_none, now=LATE), returned(chose_nothing, now=LATE)]
    later = LATE + timedelta(days=DAYS)
    assert (unlink_history(later), [knows(loan) for loan in loans]) == (0, [True, True])
    for member in (chose_none, chose_nothing):
        take_payment(member, amount_minor=150, by=None, now=later)
    assert (unlink_history(later), [knows(loan) for loan in loans]) == (2, [False, False])


def test_payment_that_was_reversed_is_owed_again() -> None:
    member = MemberFactory()
    loan = returned(member, now=LATE)
    paid = take_payment(member, amount_minor=150, by=None, now=LATE)
    reverse(paid, by=None, at=LATE)
    assert (unlink_history(LATE + timedelta(days=DAYS)), knows(loan)) == (0, True)


def test_privacy_5_debt_for_another_loan_is_no_reason_to_remember() -> None:
    member = MemberFactory(keep_history=False)
    returned(member, now=LATE)
    assert not knows(returned(member))


def test_privacy_6_counts_survive() -> None:
    member = MemberFactory(keep_history=False)
    loan = returned(member)
    loan.refresh_from_db()
    assert Member.objects.get(pk=member.pk).loans_ever == 1
    assert (loan.copy.loans.count(), loan.category, loan.copy_type) == (1, member.category, loan.copy.copy_type)
    assert list(invariants.broken()) == []


@pytest.mark.parametrize("keeps", [None, False])
def test_privacy_7_record_of_actions_forgets_too(keeps: bool | None, librarian: User) -> None:
    member = MemberFactory(keep_history=keeps, user=UserFactory())
    copy = CopyFactory()
    hold = place_hold(member, book=copy.book, branch=copy.home_branch, by=member.user, now=ISSUED)
    loan = make_loan(copy, member, now=ISSUED)
    renew_loan(loan, by=member.user, now=ISSUED + timedelta(days=3))
    return_copy(copy, branch=copy.home_branch, by=librarian, now=BACK, key="the-form-1")
    unlink_history(BACK + timedelta(days=DAYS))
    said = said_of(loan, hold)
    assert len(said) == 4
    assert [each["after"].get("member") for each in said] == [None] * 4
    assert [each["before"].get("holds", {}) | each["after"].get("holds", {}) for each in said] == [{}] * 4
    assert [each["by"] for each in said] == [None, None, None, librarian.pk]
    assert not Hold.objects.exists()


def test_privacy_8_holds_and_uses_of_that_time_are_forgotten() -> None:
    member, keeper, copy = MemberFactory(), MemberFactory(keep_history=True), CopyFactory()
    for each in (member, keeper):
        hold = place_hold(each, book=copy.book, branch=copy.home_branch, by=None, now=ISSUED)
        cancel_hold(hold, by=None, now=BACK)
        use_on_site(copy, member=each, branch=copy.home_branch, by=None, now=BACK)
    unlink_history(BACK + timedelta(days=DAYS - 1))
    assert Hold.objects.count() == 2
    unlink_history(BACK + timedelta(days=DAYS))
    assert list(Hold.objects.values_list("member", flat=True)) == [keeper.pk]
    assert list(OnSiteUse.objects.order_by("pk").values_list("member", flat=True)) == [None, keeper.pk]


def test_privacy_9_return_that_forgot_its_member_is_not_taken_back(librarian: User) -> None:
    loan = returned(MemberFactory(keep_history=False), by=librarian)
    action = Action.objects.get(verb="return")
    assert code_of(undo, action, by=librarian, now=BACK + timedelta(minutes=1)) == "changed_since"
    assert Loan.objects.get(pk=loan.pk).closed_at == BACK


def test_privacy_10_lost_copy_is_remembered_until_it_is_found(branch: Branch) -> None:
    loan = make_loan(now=ISSUED)
    mark_lost(loan.copy, by=None, now=BACK)
    take_payment(loan.member, amount_minor=2_500, by=None, now=BACK)
    assert unlink_history(zurich("2036-01-01T10:00")) == 0
    mark_found(loan.copy, branch=branch, by=None, now=LATE)
    assert unlink_history(LATE + timedelta(days=DAYS - 1)) == 0
    assert unlink_history(LATE + timedelta(days=DAYS)) == 1


def test_privacy_11_lines_of_the_account_stay() -> None:
    member = MemberFactory()
    loan = returned(member, now=LATE)
    take_payment(member, amount_minor=150, by=None, now=LATE)
    unlink_history(LATE + timedelta(days=DAYS))
    assert list(member.ledger.order_by("pk").values_list("kind", "loan")) == [("overdue", loan.pk), ("payment", None)]
    assert LedgerEntry.objects.get(kind="overdue").explanation["amount_minor"] == 150
    assert list(invariants.broken()) == []


def test_privacy_12_bar_for_a_late_return_names_no_book() -> None:
    set_rule(suspension_days=2, fine_amount_minor=0)
    returned(MemberFactory(keep_history=False), now=LATE)
    returned(MemberFactory(), now=LATE)
    assert Restriction.objects.filter(reason="Late return").count() == 1
    unlink_history(LATE + timedelta(days=DAYS))
    assert Restriction.objects.filter(reason="Late return").count() == 2


def test_returned_today_is_forgotten_today_where_the_days_are_none() -> None:
    set_library(unlink_history_after_days=0)
    loan = returned()
    assert (unlink_history(BACK), knows(loan)) == (1, False)


def test_unlinking_takes_as_many_statements_for_one_loan_as_for_three(
    django_assert_max_num_queries, django_assert_num_queries
) -> None:
    returned()
    now = BACK + timedelta(days=DAYS)
    with django_assert_max_num_queries(30) as seen:
        assert unlink_history(now) == 1
    for _each in range(3):
        returned()
    with django_assert_num_queries(len(seen)):
        assert unlink_history(now) == 3
