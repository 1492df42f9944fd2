"""Whatever the desk does in whatever order, the library stays sound and says what a simple model of it says."""

import os
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

import accounts.invariants
import catalog.invariants
import circulation.invariants
from accounts.exceptions import Refused
from accounts.models import Action, Member, User
from accounts.queries import default_branch
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory
from catalog.models import Copy
from catalog.services.search import index_books
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation.exceptions import CirculationRefused
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.copies import with_availability
from circulation.queries.holds import position
from circulation.queries.ledger import balance_minor, outstanding_minor, refundable_minor
from circulation.services.calendars import close_days
from circulation.services.copies import clear_copy, mark_copy
from circulation.services.holds import (
    cancel_hold,
    expire_holds,
    move_hold,
    place_hold,
    resume_hold,
    suspend_hold,
)
from circulation.services.ledger import charge_member, refund, take_payment, void_last_entry, waive, write_off
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.lost import claim_returned, mark_lost
from circulation.services.returning import take_in
from circulation.services.undo import undo
from circulation.tests.factories import set_rule, zurich
from library_site import invariants as of_the_database

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
COPIES, MEMBERS = 3, 3  # two of the copies are of one book
LIMIT = 1
PRICE, FEE = 600, 100
WHICH_COPY, WHICH_MEMBER = st.integers(0, COPIES - 1), st.integers(0, MEMBERS - 1)
AMOUNT, DAYS = st.integers(1, 400), st.integers(0, 6)
SURE = st.booleans()  # else what was done is taken back at once


class Desk(RuleBasedStateMachine):
    """The real services on the database; beside them who has what, and what everybody owes, by sums of our own."""

    def __init__(self) -> None:
        super().__init__()
        self.whole = transaction.atomic()
        self.whole.__enter__()
        set_rule(max_loans=LIMIT, max_renewals=2, loan_period=2, fine_amount_minor=50, fine_cap_minor=-1)
        category = MemberCategoryFactory(debt_limit_minor=1_000)
        self.members: list[Member] = MemberFactory.create_batch(MEMBERS, category=category)
        kind, book = CopyTypeFactory(processing_fee_minor=FEE), BookFactory()
        self.copies: list[Copy] = [
            CopyFactory(price_minor=PRICE, copy_type=kind, **({"book": book} if n else {})) for n in range(COPIES)
        ]
        index_books(copy.book_id for copy in self.copies)
        self.by: User = UserFactory(is_superuser=True)
        self.now: datetime = zurich("2026-03-02T10:00")
        self.holders: dict[int, int] = {}  # copy -> member, by number
        self.owed = [0] * MEMBERS
        self.lost: dict[int, int | None] = {}  # copy -> who lost it, if anybody
        self.forgiven = [0] * MEMBERS

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.whole.__exit__(None, None, None)

    def _do(self, service: Any, *what: Any, **how: Any) -> Any:
        """What the service gives, or None if it refuses; a refusal changes nothing."""
        self.now += timedelta(minutes=1)
        before = Action.objects.count()
        try:
            with transaction.atomic():
                return service(*what, by=self.by, now=self.now, **how)
        except (CirculationRefused, Refused):
            assert Action.objects.count() == before
            return None

    def _fine(self, loan: Loan) -> int:
        """What the return or renewal that was just done wrote."""
        fine = LedgerEntry.objects.filter(loan=loan, kind="overdue", at=self.now).first()
        return fine.amount_minor if fine else 0

    def _change_ones_mind(self, sure: bool, verb: str) -> None:
        """Take back what was just done with ``verb``: everything is as it was before, by a reversal."""
        if not sure:
            assert self._do(undo, Action.objects.filter(verb=verb).latest("pk"))

    @rule(copy=WHICH_COPY, member=WHICH_MEMBER, sure=SURE)
    def issue(self, copy: int, member: int, sure: bool) -> None:
        if self._do(issue_copy, self.copies[copy], member=self.members[member], branch=default_branch()):
            assert copy not in self.holders
            self._change_ones_mind(sure, "issue")
            self.holders |= {copy: member} if sure else {}

    @precondition(lambda self: self.holders)
    @rule(which=st.integers(0, COPIES - 1), days=DAYS, sure=SURE)
    def take_back(self, which: int, days: int, sure: bool) -> None:
        self.now += timedelta(days=days)
        copy = sorted(self.holders)[which % len(self.holders)]
        loan = self._do(return_copy, self.copies[copy], branch=default_branch())
        fine = self._fine(loan)
        self._change_ones_mind(sure, "return")
        if sure:
            self.owed[self.holders.pop(copy)] += fine

    @precondition(lambda self: self.holders)
    @rule(which=st.integers(0, COPIES - 1), days=DAYS, sure=SURE)
    def renew(self, which: int, days: int, sure: bool) -> None:
        self.now += timedelta(days=days)
        copy = sorted(self.holders)[which % len(self.holders)]
        if loan := self._do(renew_loan, self.copies[copy].loans.open().get()):
            fine = self._fine(loan)
            self._change_ones_mind(sure, "renew")
            self.owed[self.holders[copy]] += fine if sure else 0

    @rule(copy=WHICH_COPY, sure=SURE)
    def scan_what_is_in(self, copy: int, sure: bool) -> None:
        """Nothing, unless somebody waits for it: then it stands ready from now on."""
        if copy not in self.holders and copy not in self.lost:
            taken = self._do(take_in, self.copies[copy], branch=default_branch())
            assert taken is None or taken.hold.trapped_copy_id == self.copies[copy].pk
            if taken:
                self._change_ones_mind(sure, "trap_copy")

    @rule(copy=WHICH_COPY, member=WHICH_MEMBER, this_copy=st.booleans())
    def wait(self, copy: int, member: int, this_copy: bool) -> None:
        held, who = self.copies[copy], self.members[member]
        waits = Hold.objects.active().filter(member=who, book=held.book_id).exists()
        how = {"book": held.book, "copy": held if this_copy else None, "branch": default_branch()}
        done = self._do(place_hold, who, **how)
        assert not (done and waits)

    @precondition(lambda self: Hold.objects.active().exists())
    @rule(which=st.integers(0, 9), what=st.sampled_from([cancel_hold, suspend_hold, resume_hold]))
    def change_a_hold(self, which: int, what: Any) -> None:
        holds = Hold.objects.active().order_by("pk")
        self._do(what, holds[which % len(holds)])

    @precondition(lambda self: Hold.objects.waiting().exists())
    @rule(which=st.integers(0, 9), to=st.integers(1, 3))
    def move_a_hold(self, which: int, to: int) -> None:
        holds = Hold.objects.waiting().order_by("pk")
        hold = holds[which % len(holds)]
        others = Hold.objects.waiting().filter(book=hold.book_id).count()
        if self._do(move_hold, hold, to=to):
            assert position(hold, self.now.date()) == min(to, others)

    @rule(days=st.integers(0, 12))
    def let_time_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        self._do(expire_holds)
        assert not Hold.objects.active().filter(pickup_by__lt=self.now.date()).exists()

    @rule(first=st.integers(-4, 6), length=st.integers(0, 3), sure=SURE)
    def close(self, first: int, length: int, sure: bool) -> None:
        from_on = self.now.date() + timedelta(days=first)
        if self._do(close_days, from_on=from_on, to_on=from_on + timedelta(days=length)):
            credits = LedgerEntry.objects.filter(kind="waiver", at=self.now)
            less = {m.pk: -sum(e.amount_minor for e in credits if e.member_id == m.pk) for m in self.members}
            self._change_ones_mind(sure, "close_days")
            if sure:
                self.owed = [owed - less[m.pk] for owed, m in zip(self.owed, self.members, strict=True)]

    @rule(copy=WHICH_COPY, days=DAYS, sure=SURE)
    def lose(self, copy: int, days: int, sure: bool) -> None:
        self.now += timedelta(days=days)
        done = self._do(mark_lost, self.copies[copy])
        assert (done is None) == (copy in self.lost)
        if done:
            cost = PRICE + FEE + self._fine(done) if copy in self.holders else 0
            self._change_ones_mind(sure, "mark_lost")
            if sure:
                self.lost[copy] = self.holders.pop(copy, None)
                self.owed[self.lost[copy] or 0] += cost

    @precondition(lambda self: self.lost)
    @rule(which=st.integers(0, COPIES - 1), sure=SURE)
    def find(self, which: int, sure: bool) -> None:
        copy = sorted(self.lost)[which % len(self.lost)]
        taken = self._do(take_in, self.copies[copy], branch=default_branch())
        loser = self.lost[copy]
        assert (taken.credited_minor > 0) <= (loser is not None)
        if loser is not None:
            assert PRICE - self.forgiven[loser] <= taken.credited_minor <= PRICE
        self._change_ones_mind(sure, "mark_found")
        if sure:
            self.owed[loser or 0] -= taken.credited_minor
            del self.lost[copy]

    @precondition(lambda self: self.holders)
    @rule(which=st.integers(0, COPIES - 1), sure=SURE)
    def claim(self, which: int, sure: bool) -> None:
        if self._do(claim_returned, self.copies[sorted(self.holders)[which % len(self.holders)]]):
            self._change_ones_mind(sure, "claim_returned")

    @rule(member=WHICH_MEMBER, amount=AMOUNT)
    def charge(self, member: int, amount: int) -> None:
        assert self._do(charge_member, self.members[member], amount_minor=amount, reason="stain")
        self.owed[member] += amount

    @rule(member=WHICH_MEMBER, amount=AMOUNT, overpay=st.booleans(), sure=SURE)
    def pay(self, member: int, amount: int, overpay: bool, sure: bool) -> None:
        debt = outstanding_minor(self.members[member])
        done = self._do(take_payment, self.members[member], amount_minor=amount, overpay=overpay)
        assert (done is not None) == (amount <= debt or overpay)
        if done:
            self._change_ones_mind(sure, "take_payment")
            self.owed[member] -= amount if sure else 0

    @rule(member=WHICH_MEMBER, amount=AMOUNT, service=st.sampled_from([waive, write_off]))
    def forgive(self, member: int, amount: int, service: Any) -> None:
        debt = outstanding_minor(self.members[member])
        done = self._do(service, self.members[member], amount_minor=amount, reason="new here")
        assert (done is not None) == (amount <= debt)
        self.owed[member] -= amount if done else 0
        self.forgiven[member] += amount if done else 0

    @rule(member=WHICH_MEMBER, amount=AMOUNT)
    def give_back(self, member: int, amount: int) -> None:
        refundable = refundable_minor(self.members[member])
        done = self._do(refund, self.members[member], amount_minor=amount)
        assert (done is not None) == (amount <= refundable)
        self.owed[member] += amount if done else 0

    @rule(member=WHICH_MEMBER)
    def reverse_the_last_line(self, member: int) -> None:
        done = self._do(void_last_entry, self.members[member])
        self.owed[member] += done.amount_minor if done else 0

    @rule(copy=WHICH_COPY, state=st.sampled_from(["withdrawn", "damaged"]))
    def mark_and_clear(self, copy: int, state: str) -> None:
        done = self._do(mark_copy, self.copies[copy], state=state)
        assert (done is None) == (copy in self.holders and state == "withdrawn")
        if done:
            assert self._do(issue_copy, done, member=self.members[0], branch=default_branch()) is None
            self._do(clear_copy, done, state=state)

    @invariant()
    def library_is_sound(self) -> None:
        parts = (of_the_database, accounts.invariants, catalog.invariants, circulation.invariants)
        assert [sentence for part in parts for sentence in part.broken()] == []

    @invariant()
    def library_says_what_the_model_says(self) -> None:
        assert [balance_minor(member) for member in self.members] == self.owed
        out = [copy.pk for copy in with_availability(Copy.objects.order_by("pk")) if copy.status == "on_loan"]
        assert out == sorted(self.copies[n].pk for n in self.holders)
        shelf = sorted(Hold.objects.ready().values_list("trapped_copy", flat=True))
        assert not set(shelf) & {self.copies[n].pk for n in (*self.holders, *self.lost)}
        held = list(self.holders.values())
        assert max((held.count(n) for n in range(MEMBERS)), default=0) <= LIMIT


def test_library_is_sound_whatever_is_done_in_whatever_order() -> None:
    """The same few plays every time; with LONG set (make long) many, and others each time."""
    is_long = bool(os.environ.get("LONG"))
    how = settings(
        max_examples=100 if is_long else 10, stateful_step_count=40 if is_long else 20, derandomize=not is_long,
        deadline=None, suppress_health_check=list(HealthCheck), database=None,
    )  # fmt: skip
    run_state_machine_as_test(Desk, settings=how)
