"""Registers the members of a data set and writes down what they borrowed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time
from functools import cache

from accounts.models import Card, LibrarySettings, Member, MemberCategory
from circulation.models import Loan
from circulation.policy import end_of_day
from library_site.benching.shelves import Shelves
from library_site.benching.stores import Store
from library_site.benching.tables import Keys, Row

ISSUED_AT, RETURNED_AT = time(10), time(17)
MOST_LOANS = 10
DEBT_LIMIT_MINOR = 1_000


OF_MEMBER = ("card_number", "name", "email", "category_id", "joined_on", "expires_on", "loans_ever")
OF_LOAN = (
    "copy_id", "member_id", "category_id", "copy_type_id", "branch_id", "issued_at", "due_at", "returned_at",
    "closed_at", "outcome",
)  # fmt: skip


class Borrowers:
    """Takes the rows of members, past loans and active loans, in this order; the copies must be on ``shelves``."""

    def __init__(self, shelves: Shelves, loans_ever: Counter[str]) -> None:
        self.shelves, self.loans_ever = shelves, loans_ever
        self.zone = LibrarySettings.current().zone
        self.members = Keys("members")
        self.categories = Keys("members")
        self._cards, self._members = Store(Card, "number"), Store(Member, *OF_MEMBER)
        self._loans = Store(Loan, *OF_LOAN)
        self._day = cache(lambda day: self._members.stored("joined_on", date.fromisoformat(day)))
        self._moment = cache(self._stored_moment)
        self._due = cache(lambda day: self._loans.stored("due_at", end_of_day(date.fromisoformat(day), self.zone)))

    def take_members(self, rows: list[Row]) -> None:
        """Members, without a sign-in, in the category that bears their kind as its code."""
        by_code = categories(row["kind"].upper() for row in rows)
        own = [by_code[row["kind"].upper()].pk for row in rows]
        self._cards.add([(row["card"],) for row in rows])
        members = [
            (
                row["card"], f"{row['given']} {row['surname']}".strip(), row["email"], category,
                self._day(row["joined"]), self._day(row["expires"]) if row["expires"] else None,
                self.loans_ever[row["id"]],
            )
            for row, category in zip(rows, own, strict=True)
        ]  # fmt: skip
        self.members.extend(self._members.add(members))
        self.categories.extend(own)

    def take_loans_past(self, rows: list[Row]) -> None:
        """Loans that came back. Those that came back late get no fine."""
        self._loans.add([self._closed(row) for row in rows])

    def take_loans_active(self, rows: list[Row]) -> None:
        """Open loans, overdue ones among them."""
        self._loans.add([(*self._loan(row), None, None, "") for row in rows])

    def _closed(self, row: Row) -> tuple:
        back = self._moment(row["back"], RETURNED_AT)
        return (*self._loan(row), back, back, Loan.Outcome.RETURNED.value)

    def _loan(self, row: Row) -> tuple:
        return (
            self.shelves.copies[row["copy_id"]], self.members[row["member_id"]], self.categories[row["member_id"]],
            self.shelves.copy_type.pk, self.shelves.branch.pk, self._moment(row["out"], ISSUED_AT),
            self._due(row["due"]),
        )  # fmt: skip

    def _stored_moment(self, day: str, at: time) -> object:
        moment = datetime.combine(date.fromisoformat(day), at, tzinfo=self.zone)
        return self._loans.stored("issued_at", moment)


def categories(codes: Iterable[str]) -> dict[str, MemberCategory]:
    """The member categories with these codes, made where they are missing."""
    return {
        code: MemberCategory.objects.get_or_create(
            code=code,
            defaults={"name": code.capitalize(), "max_loans": MOST_LOANS, "debt_limit_minor": DEBT_LIMIT_MINOR},
        )[0]
        for code in dict.fromkeys(codes)
    }
