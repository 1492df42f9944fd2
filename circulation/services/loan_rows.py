"""Lines of an import that are current loans of another system: copy and member by their codes, days as given."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from accounts.models import Branch, Member
from catalog.models import Copy, ImportBatch, ImportRow
from catalog.services.judging import BookJudge
from catalog.services.lines import Line
from catalog.services.shelving import save_rows
from circulation import policy
from circulation.models import Hold, Loan
from circulation.policy.due_dates import end_of_day
from circulation.policy.rules import PastClosing
from circulation.queries.rules import RuleBook, rule_book
from circulation.services.locks import lock_copies, lock_members
from circulation.services.member_rows import MemberJudge
from circulation.services.search import tell_search

Verdict, Outcome, Decision = ImportRow.Verdict, ImportRow.Outcome, ImportRow.Decision


class LoanJudge:
    """Says of lines that are loans whether they can be entered; copy or member may come with the same file."""

    def __init__(self, batch: ImportBatch, books: BookJudge, members: MemberJudge) -> None:
        self.batch, self.books, self.members = batch, books, members
        self.lent: dict[str, int] = {}

    def recall(self, row: Line) -> None:
        if code := row.draft.get("barcode"):
            self.lent.setdefault(code, row.n)

    def judge(self, rows: Sequence[Line]) -> None:
        copies, cards, loans = _named(rows)
        for row in rows:
            code, card = row.draft["barcode"], row.draft["card_number"]
            loan = loans.get(copies.get(code, 0))
            if code in self.lent:
                wrong = _("Line %(n)d has the barcode %(code)s too.") % {"n": self.lent[code], "code": code}
            elif code not in copies and not self.books.has_barcode(code):
                wrong = _no_copy(code)
            elif card not in cards and card not in self.members.cards:
                wrong = _no_member(card)
            else:
                wrong = _lent_to_another(code) if loan and loan.member_id != cards.get(card) else ""
            row.verdict = Verdict.WRONG if wrong else Verdict.KNOWN if loan else Verdict.NEW
            row.reason, row.outcome = wrong, Outcome.FAILED if wrong else Outcome.WAITING
            self.recall(row)


def apply_loans(batch: ImportBatch, rows: Sequence[Line], now: datetime) -> None:
    """Enter the loans of ``rows`` (locked and waiting) as they stand there, without asking the rules for leave.

    One that cannot be has failed with its reason. Inside the caller's transaction.
    """
    copies, cards, _loans = _named(rows)
    members = {member.card_number: member for member in lock_members(cards.values()).values()}
    here = {copy.barcode: copy for copy in lock_copies(Copy.objects.filter(pk__in=copies.values()))}
    loans = {loan.copy_id: loan for loan in Loan.objects.open().filter(copy__in=[copy.pk for copy in here.values()])}
    kept = set(Hold.objects.ready().filter(trapped_copy__in=copies.values()).values_list("trapped_copy", flat=True))
    entering = _Entering(rule_book(), {branch.code.casefold(): branch for branch in Branch.objects.all()}, now)
    for row in rows:
        if row.decision == Decision.SKIP:
            row.outcome = Outcome.SKIPPED
            continue
        copy, member = here.get(row.draft["barcode"]), members.get(row.draft["card_number"])
        if copy is None or member is None:
            why = _no_copy(row.draft["barcode"]) if copy is None else _no_member(row.draft["card_number"])
            row.outcome, row.reason = Outcome.FAILED, why
        elif (loan := loans.get(copy.pk)) is not None:
            is_same = loan.member_id == member.pk
            row.outcome = Outcome.KNOWN if is_same else Outcome.FAILED
            row.reason = "" if is_same else _lent_to_another(copy.barcode)
        elif why := entering.why_not(copy, kept):
            row.outcome, row.reason = Outcome.FAILED, why
        else:
            loans[copy.pk] = entering.enter(row, copy, member)
    save_rows(rows)
    tell_search(*{copy.book_id for copy in here.values()})


class _Entering:
    """Writes loans down as given; what is not given comes from the rules."""

    def __init__(self, book: RuleBook, branches: dict[str, Branch], now: datetime) -> None:
        self.book, self.branches, self.now = book, branches, now

    def why_not(self, copy: Copy, kept: set[int]) -> str:
        """Why ``copy`` cannot be on loan, in words; "" if it can."""
        if copy.withdrawn_on or copy.lost_on:
            return _("%(code)s is withdrawn or lost here.") % {"code": copy.barcode}
        if copy.pk in kept:
            return _("%(code)s stands on the hold shelf for somebody.") % {"code": copy.barcode}
        return ""

    def enter(self, row: Line, copy: Copy, member: Member) -> Loan | None:
        values = row.draft
        branch = self.branches.get(values.get("branch", "").casefold()) or copy.current_branch
        due_at = self._moment(values.get("due_at", ""), is_end=True)
        issued_at = self._moment(values.get("issued_at", "")) or min(self.now, due_at or self.now)
        if issued_at > self.now:
            row.outcome, row.reason = Outcome.FAILED, _("The loan begins in the future.")
            return None
        steps: list[dict[str, Any]] = [{"step": "by_hand", "to": due_at.isoformat()}] if due_at else []
        if due_at is None:
            rule = self.book.rule(branch.pk, member.category_id, copy.copy_type_id)
            past = PastClosing(self.book.library.hours_past_closing)
            try:
                due = policy.due_date(issued_at, rule, self.book.calendar(branch.pk), past_closing=past)
            except policy.NoOpenDay:
                row.outcome, row.reason = Outcome.FAILED, _("No due date can be found. Give one in the file.")
                return None
            due_at, steps = due.at, due.steps
        loan = Loan.objects.create(
            copy=copy, member=member, category_id=member.category_id, copy_type_id=copy.copy_type_id, branch=branch,
            issued_at=issued_at, due_at=max(issued_at, due_at), renewals=values.get("renewals", 0),
            explanation={"steps": steps},
        )  # fmt: skip
        Member.objects.filter(pk=member.pk).update(loans_ever=F("loans_ever") + 1)
        row.outcome, row.reason = Outcome.ADDED, ""
        row.made = {"loan": loan.pk, "due_at": loan.due_at.isoformat(), "renewals": loan.renewals}
        return loan

    def _moment(self, text: str, *, is_end: bool = False) -> datetime | None:
        """A day or a moment as given, by the library's clock; a day means its beginning, or its end."""
        if not text:
            return None
        zone = self.book.library.zone
        if len(text) == len("2026-01-01"):
            day = date.fromisoformat(text)
            return end_of_day(day, zone) if is_end else datetime.combine(day, time.min, zone)
        moment = datetime.fromisoformat(text)
        return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _named(rows: Sequence[Line]) -> tuple[dict[str, int], dict[str, int], dict[int, Loan]]:
    """The copies and members here that ``rows`` name, by code, and the open loans of the copies, by copy."""
    codes, cards = {row.draft["barcode"] for row in rows}, {row.draft["card_number"] for row in rows}
    copies = dict(Copy.objects.filter(barcode__in=codes).values_list("barcode", "pk"))
    members = Member.objects.filter(card_number__in=cards, removed_at=None).values_list("card_number", "pk")
    loans = {loan.copy_id: loan for loan in Loan.objects.open().filter(copy__in=copies.values())}
    return copies, dict(members), loans


def _no_copy(code: str) -> str:
    return _("There is no copy with the barcode %(code)s here. Bring in the books first.") % {"code": code}


def _no_member(card: str) -> str:
    return _("There is no member with the card %(card)s here. Bring in the members first.") % {"card": card}


def _lent_to_another(code: str) -> str:
    return _("%(code)s is on loan to somebody else here.") % {"code": code}
