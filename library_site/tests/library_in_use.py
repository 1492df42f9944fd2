"""A small library with everything a page may show: for the tests that look at pages."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.models import Branch, Member, MemberCategory, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.services.members import register_member, restrict_member
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Book, ImportBatch
from catalog.services.batches import start_import
from catalog.services.books import add_book
from circulation.models import CirculationRule, Closure, Loan
from circulation.services.calendars import close_days
from circulation.services.holds import place_hold, suspend_hold, trap_copy
from circulation.services.ledger import charge_member, take_payment
from circulation.services.loans import issue_copy, return_copy
from circulation.services.opening import save_closure, set_opening_week
from circulation.services.rules import save_rule

PASSWORD = "a sentence nobody guesses"


@dataclass
class LibraryInUse:
    """What was made."""

    librarian: User
    admin: User
    reader: User
    member: Member
    books: list[Book]
    overdue: Loan
    batch: ImportBatch

    @property
    def barcodes(self) -> list[str]:
        return [copy.barcode for book in self.books for copy in book.copies.order_by("pk")]


def make_sign_in(username: str, name: str, role: str) -> User:
    user = User.objects.create_user(username, password=PASSWORD, name=name, is_staff=role == ADMIN)
    user.groups.add(Group.objects.get(name=role))
    return user


def make_books(by: User) -> list[Book]:
    drafts = [
        BookDraft(
            title="Pride and Prejudice", contributors=(DraftContributor("Jane Austen"),), isbns=("9780192802385",),
            language="eng", year=2004, pages=333, publisher="Oxford University Press", call_number="823 AUS",
            subjects=("Love stories", "England"), description="A comedy about money & manners.", format="paperback",
        ),
        BookDraft(
            title="Der Zauberberg", subtitle="Roman", contributors=(DraftContributor("Thomas Mann"),),
            isbns=("9783103481280",), language="ger", year=1924, subjects=("Novels",),
        ),
        BookDraft(title="吾輩は猫である", contributors=(DraftContributor("夏目漱石"),), language="jpn"),
        BookDraft(title="Introduction to Java Programming", isbns_invalid=("9780132567088",)),
    ]  # fmt: skip
    return [add_book(draft, stock=2, by=by, location="Main floor", price_minor=1_990) for draft in drafts]


def make_holds(member: Member, category: MemberCategory, books: list[Book], now: datetime) -> None:
    """Something to fetch, a queue, a copy ready for the reader, one that nobody picked up."""
    greta = register_member(by=None, name="Greta Waiting", category=category)
    karl = register_member(by=None, name="Karl Waiting", category=category)
    copies = list(books[3].copies.order_by("pk"))
    branch = copies[0].home_branch
    how = {"branch": branch, "by": None, "overrides": ["debt_limit"], "reason": "a test"}
    missed = books[2].copies.order_by("pk")[1]
    place_hold(karl, book=books[2], now=now - timedelta(days=30), **how)
    trap_copy(missed, branch=branch, by=None, now=now - timedelta(days=30))
    place_hold(greta, book=books[3], copy=copies[1], now=now, **how)
    trap_copy(copies[1], branch=branch, by=None, now=now)
    place_hold(greta, book=books[0], now=now, **how)
    place_hold(member, book=books[0], now=now, not_after=now.date() + timedelta(days=90), **how)
    suspend_hold(place_hold(karl, book=books[0], now=now, **how), by=None, now=now)
    place_hold(member, book=books[3], now=now, **how)


def make_rules_and_calendar(branch: Branch, category: MemberCategory, by: User, now: datetime) -> None:
    """A second row of rules, an opening week, days that differ from it, days closed after the fact."""
    row = CirculationRule(branch=branch, category=category, loan_period=28, max_loans=-1, renewal_period=-1)
    save_rule(row, by=by)
    week = {day: (time(10), time(18)) for day in range(1, 7)}
    set_opening_week(branch, week, by=by)
    first = date(now.year, 12, 24)
    save_closure(Closure(from_on=first, to_on=first + timedelta(days=9), is_yearly=True, reason="Holidays"), by=by)
    save_closure(Closure(from_on=first, to_on=first, opens=True, branch=branch, reason="Party"), by=by)
    due_on = Loan.objects.open().latest("due_at").due_at.date()
    close_days(from_on=due_on, to_on=due_on + timedelta(days=1), reason="Burst pipe", by=by)


def make_library_in_use() -> LibraryInUse:
    """Four books of two copies, a reader with an overdue loan, a current one, a past one, a fine and a payment."""
    now = timezone.now()
    librarian = make_sign_in("librarian", "Lena Librarian", LIBRARIAN)
    admin = make_sign_in("admin", "Ada Admin", ADMIN)
    books = make_books(librarian)
    category = Member.category.field.related_model.objects.get(code="ADULT")
    member = register_member(
        by=librarian, name="Renée O'Hara", category=category, email="renee@example.org", phone="555-0100",
        note="Likes mysteries.",
    )  # fmt: skip
    reader = make_sign_in(member.card_number, member.name, MEMBER)
    Member.objects.filter(pk=member.pk).update(user=reader)
    copies = [copy for book in books for copy in book.copies.order_by("pk")]
    branch = copies[0].home_branch
    late = issue_copy(copies[0], member=member, branch=branch, by=librarian, now=now - timedelta(days=60))
    return_copy(late.copy, branch=branch, by=librarian, now=now - timedelta(days=30))
    take_payment(member, amount_minor=200, by=librarian, now=now - timedelta(days=29))
    overdue = issue_copy(copies[2], member=member, branch=branch, by=librarian, now=now - timedelta(days=24),
                         overrides=["debt_limit"], reason="a test")  # fmt: skip
    issue_copy(copies[4], member=member, branch=branch, by=librarian, overrides=["debt_limit"], reason="a test")
    charge_member(member, amount_minor=150, reason="Lost card", by=librarian)
    other = register_member(by=librarian, name="Otto Barred", category=category)
    restrict_member(other, reason="Brought a dog", by=librarian)
    make_holds(member, category, books, now)
    make_rules_and_calendar(branch, category, librarian, now)
    batch = start_import(["9780140328721", "nonsense"], by=librarian)
    return LibraryInUse(librarian, admin, reader, Member.objects.get(pk=member.pk), books, overdue, batch)
