"""Registers the members of a data set and writes down what they borrowed."""

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, time

from accounts.models import Card, LibrarySettings, Member, MemberCategory
from circulation.models import Loan
from circulation.policy import end_of_day
from library_site.benching.shelves import Shelves
from library_site.benching.tables import Keys, Row

ISSUED_AT, RETURNED_AT = time(10), time(17)
MOST_LOANS = 10
DEBT_LIMIT_MINOR = 1_000


class Borrowers:
    """Takes the rows of members, past loans and active loans, in this order; the copies must be on ``shelves``."""

    def __init__(self, shelves: Shelves, loans_ever: Counter[str]) -> None:
        self.shelves, self.loans_ever = shelves, loans_ever
        self.zone = LibrarySettings.current().zone
        self.members = Keys("members")
        self.categories = Keys("members")

    def take_members(self, rows: list[Row]) -> None:
        """Members, without a sign-in, in the category that bears their kind as its code."""
        by_code = categories(row["kind"].upper() for row in rows)
        Card.objects.bulk_create(Card(number=row["card"]) for row in rows)
        members = Member.objects.bulk_create(
            Member(
                card_number=row["card"], name=f"{row['given']} {row['surname']}".strip(), email=row["email"],
                category=by_code[row["kind"].upper()], joined_on=date.fromisoformat(row["joined"]),
                expires_on=date.fromisoformat(row["expires"]) if row["expires"] else None,
                loans_ever=self.loans_ever[row["id"]],
            )
            for row in rows
        )  # fmt: skip
        self.members.extend(member.pk for member in members)
        self.categories.extend(member.category_id for member in members)

    def take_loans_past(self, rows: list[Row]) -> None:
        """Loans that came back. Those that came back late get no fine."""
        Loan.objects.bulk_create(self._closed(row) for row in rows)

    def take_loans_active(self, rows: list[Row]) -> None:
        """Open loans, overdue ones among them."""
        Loan.objects.bulk_create(self._loan(row) for row in rows)

    def _closed(self, row: Row) -> Loan:
        loan = self._loan(row)
        loan.returned_at = loan.closed_at = self._moment(row["back"], RETURNED_AT)
        loan.outcome = Loan.Outcome.RETURNED
        return loan

    def _loan(self, row: Row) -> Loan:
        return Loan(
            copy_id=self.shelves.copies[row["copy_id"]], member_id=self.members[row["member_id"]],
            category_id=self.categories[row["member_id"]], copy_type=self.shelves.copy_type,
            branch=self.shelves.branch, issued_at=self._moment(row["out"], ISSUED_AT),
            due_at=end_of_day(date.fromisoformat(row["due"]), self.zone),
        )  # fmt: skip

    def _moment(self, day: str, at: time) -> datetime:
        return datetime.combine(date.fromisoformat(day), at, tzinfo=self.zone)


def categories(codes: Iterable[str]) -> dict[str, MemberCategory]:
    """The member categories with these codes, made where they are missing."""
    return {
        code: MemberCategory.objects.get_or_create(
            code=code,
            defaults={"name": code.capitalize(), "max_loans": MOST_LOANS, "debt_limit_minor": DEBT_LIMIT_MINOR},
        )[0]
        for code in dict.fromkeys(codes)
    }
