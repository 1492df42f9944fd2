"""Two years of believable life in the demo library, played day by day through the real services."""

import random
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from accounts.models import Branch, Member, User
from catalog.models import Book, Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
from circulation.queries.ledger import outstanding_minor
from circulation.services.ledger import take_payment, waive
from circulation.services.loans import issue_copy, renew_loan, return_copy
from library_site.demo.shelves import HOURS

YEARS = 2
FORGETFUL_NOW = 0.3  # so that a visitor of the demo sees overdue loans
FORGETFUL = 0.1  # of loans: brought back late, or not yet


class Years:
    """The state of the play: who has what, and when it will come back."""

    def __init__(
        self, books: list[tuple[Book, int]], members: list[Member], by: User, zone: ZoneInfo, rng: random.Random
    ) -> None:
        self.branch = Branch.objects.order_by("pk")[0]
        self.by, self.zone, self.rng = by, zone, rng
        self.members = [member for member in members if member.expires_on is None]
        self.keenness = [rng.choice([1, 1, 2, 2, 3, 5]) for _member in self.members]
        popularity = {book.pk: popular for book, popular in books}
        lendable = Copy.objects.filter(book__in=popularity, copy_type__is_lendable=True).select_related("book")
        self.copies = [copy for copy in lendable if copy.location != "Reference"]
        self.weights = [popularity[copy.book_id] ** 1.6 for copy in self.copies]
        self.last_day = date.max
        self.out: dict[int, tuple[Loan, date]] = {}  # by copy: the loan and the day it will come back

    def play(self, first: date, now: datetime, tell: Callable[[int, int], None]) -> None:
        """Live from the day ``first`` until ``now``; ``tell`` is told of every day played and of how many."""
        self.last_day = now.astimezone(self.zone).date()
        days = (self.last_day - first).days + 1
        for n in range(days):
            day = first + timedelta(days=n)
            if hours := HOURS.get(day.isoweekday()):
                self._one_day(day, hours, now)
            tell(n + 1, days)

    def _one_day(self, day: date, hours: tuple[int, int], now: datetime) -> None:
        for copy_id, (loan, back_on) in list(self.out.items()):
            if back_on <= day:
                self._bring_back(copy_id, loan, self._moment(day, hours), now)
        for member in self.rng.choices(self.members, self.keenness, k=self._visitors(day)):
            self._visit(member, self._moment(day, hours), now)

    def _visitors(self, day: date) -> int:
        """Few come on most days; in the last weeks word got around."""
        return self.rng.choice([2, 3, 4]) if (self.last_day - day).days < 24 else self.rng.choice([0, 1, 1, 1, 2, 2])

    def _visit(self, member: Member, at: datetime, now: datetime) -> None:
        self._pay(member, at, now)
        for copy in self.rng.choices(self.copies, self.weights, k=self.rng.choice([1, 1, 2, 3])):
            at += timedelta(minutes=1)
            if at >= now or copy.pk in self.out:
                continue
            try:
                loan = issue_copy(copy, member=member, branch=self.branch, by=self.by, now=at)
            except CirculationRefused:
                continue
            self.out[copy.pk] = (loan, self._day_of_return(loan))
            if self.rng.random() < 0.12:
                self._renew(loan, now)

    def _renew(self, loan: Loan, now: datetime) -> None:
        at = loan.due_at - timedelta(days=1, hours=7)
        if at < now and at > loan.issued_at:
            try:
                loan = renew_loan(loan, by=self.by, now=at)
            except CirculationRefused:
                return
            self.out[loan.copy_id] = (loan, self._day_of_return(loan))

    def _bring_back(self, copy_id: int, loan: Loan, at: datetime, now: datetime) -> None:
        if loan.issued_at < at < now:
            return_copy(loan.copy, branch=self.branch, by=self.by, now=at)
            del self.out[copy_id]
            if loan.member is not None and self.rng.random() < 0.6:
                self._pay(loan.member, at + timedelta(minutes=2), now)

    def _pay(self, member: Member, at: datetime, now: datetime) -> None:
        owed = outstanding_minor(member) if at < now else 0
        if owed and self.rng.random() < 0.08:
            waive(member, amount_minor=owed, reason="Book was ill-bound; goodwill", by=self.by, now=at)
        elif owed:
            take_payment(member, amount_minor=owed, by=self.by, now=at)

    def _day_of_return(self, loan: Loan) -> date:
        due_on, issued_on = loan.due_at.astimezone(self.zone).date(), loan.issued_at.astimezone(self.zone).date()
        is_recent = (self.last_day - issued_on).days < 70
        if self.rng.random() < (FORGETFUL_NOW if is_recent else FORGETFUL):
            return due_on + timedelta(days=self.rng.randrange(2, 60))
        return issued_on + timedelta(days=self.rng.randrange(3, max(4, (due_on - issued_on).days + 1)))

    def _moment(self, day: date, hours: tuple[int, int]) -> datetime:
        minutes = self.rng.randrange(0, (hours[1] - hours[0]) * 60 - 10)
        return datetime.combine(day, time(hours[0]), tzinfo=self.zone) + timedelta(minutes=minutes)
