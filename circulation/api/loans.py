"""Loans: issued, returned, renewed, listed; the same as at the desk."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Asked
from accounts.api.fields import AskedWhole, Day, Money
from accounts.api.pagination import Page
from accounts.api.permissions import CIRCULATE, READ
from accounts.api.resources import Answer, Resource, operation
from accounts.models import LibrarySettings
from accounts.models.days import REAL_DAYS
from accounts.permissions import BACKDATE, ISSUE, RETURN, SET_DUE_DATE, USE_DESK
from circulation.api.bodies import AtBranch, OfCopy, OfMember, Overriding
from circulation.models import Loan
from circulation.models.days import refuse_far_days
from circulation.queries.days import day_begins
from circulation.queries.finding_loans import find_loans
from circulation.queries.ledger import fines_by_loan
from circulation.queries.loans import all_loans, shown, state_of
from circulation.queries.rules import rule_book
from circulation.queries.standing import running_fines
from circulation.services.loans import issue_copy, renew_loan
from circulation.services.returning import TakenIn, take_in

STATES = ("active", "overdue", "returned", "lost")
ORDERS = {
    "-issued_at": ("-issued_at", "-pk"), "issued_at": ("issued_at", "pk"),
    "due_at": ("due_at", "pk"), "-due_at": ("-due_at", "-pk"),
}  # fmt: skip


class LoanShown(serializers.Serializer):
    """``fine``: what was written for it; ``running_fine``: what would be added if it came back now."""

    id = serializers.IntegerField(source="pk")
    status = serializers.SerializerMethodField()
    copy = serializers.IntegerField(source="copy_id")
    barcode = serializers.CharField(source="copy.barcode")
    book = serializers.IntegerField(source="copy.book_id")
    title = serializers.CharField(source="copy.book.title")
    member = serializers.IntegerField(source="member_id", allow_null=True)
    branch = serializers.IntegerField(source="branch_id")
    issued_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    due_on = serializers.SerializerMethodField()
    returned_at = serializers.DateTimeField(allow_null=True)
    renewals = serializers.IntegerField()
    claimed_returned_at = serializers.DateTimeField(allow_null=True)
    fine = Money(source="fines_minor")
    running_fine = Money(source="running_minor")

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_status(self, loan: Loan) -> str:
        return state_of(loan, timezone.now())

    @extend_schema_field(serializers.DateField())
    def get_due_on(self, loan: Loan) -> str:
        return timezone.localdate(loan.due_at).isoformat()


class ReturnedLoanShown(LoanShown):
    """A loan that ended, and ``hold``: the hold that its copy stands ready for now."""

    hold = serializers.IntegerField(allow_null=True)


class NewLoan(OfMember, OfCopy, AtBranch, Overriding):
    due_on = Day(required=False, validators=[refuse_far_days])


class LoanReturn(AtBranch):
    returned_on = Day(required=False, validators=REAL_DAYS)


class LoanRenewal(Overriding):
    due_on = Day(required=False, validators=[refuse_far_days])


class OwnLoansAsked(Asked):
    status = serializers.ChoiceField(["active", "overdue", "returned"], required=False)


class LoansAsked(OwnLoansAsked):
    status = serializers.ChoiceField(STATES, required=False)
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)
    member = AskedWhole(required=False)
    copy = AskedWhole(required=False)
    book = AskedWhole(required=False)
    branch = AskedWhole(required=False)
    issued_after = Day(required=False, validators=REAL_DAYS)
    issued_before = Day(required=False, validators=REAL_DAYS)


class LoanResource(Resource):
    """What gives loans, with what they cost."""

    shows = LoanShown

    def listed(self, loans: QuerySet[Loan]) -> Page:
        """The page of ``loans`` that is asked for."""
        if "status" in self.asked:
            loans = shown(loans, self.asked["status"], timezone.now())
        page = self.page_of(loans)
        with_costs(page.rows, self.request.library)
        return page

    def with_costs(self, loan: Loan) -> Loan:
        """``loan`` with what it cost and would cost now."""
        [loan] = with_costs([loan], self.request.library)
        return loan


class Loans(LoanResource):
    permission = {"GET": USE_DESK, "POST": ISSUE}
    scope = {"GET": READ, "POST": CIRCULATE}

    @operation("list_loans", "Find loans", gives=LoanShown, asks=LoansAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> Page:
        return self.listed(_filtered(find_loans(all_loans(), self.asked.get("q", "")), self.asked))

    @operation(
        "issue_copy", "Issue a copy to a member", takes=NewLoan, gives=LoanShown, status=201, made_at="api:loan",
        other_statuses=(200,),
    )  # fmt: skip
    def post(self, request: Request) -> Answer:
        """200 where ``already_yours`` was set aside: then the loan there is was renewed."""
        if "due_on" in self.given:
            self.needs(SET_DUE_DATE)
        loan = issue_copy(**self.given, by=request.user, key=self.action_key)
        return Answer(self.with_costs(loan), status=200 if loan.renewals else 201)


class OneLoan(LoanResource):
    permission = USE_DESK
    scope = {"GET": READ}

    @operation("get_loan", "A loan", gives=LoanShown)
    def get(self, request: Request, pk: int) -> Loan:
        return self.with_costs(self.held(all_loans(), pk))


class ReturnLoan(LoanResource):
    permission = RETURN
    scope = {"POST": CIRCULATE}

    @operation("return_loan", "Take the copy of a loan back", takes=LoanReturn, gives=ReturnedLoanShown)
    def post(self, request: Request, pk: int) -> Loan:
        if "returned_on" in self.given:
            self.needs(BACKDATE)
        loan = self.held(all_loans(), pk)
        taken = take_in(loan.copy, loan=loan, **self.given, by=request.user, key=self.action_key)
        return self.with_costs(_returned(taken))


class RenewLoan(LoanResource):
    permission = ISSUE
    scope = {"POST": CIRCULATE}

    @operation("renew_loan", "Renew a loan", takes=LoanRenewal, gives=LoanShown)
    def post(self, request: Request, pk: int) -> Loan:
        if "due_on" in self.given:
            self.needs(SET_DUE_DATE)
        loan = self.held(all_loans(), pk)
        return self.with_costs(renew_loan(loan, **self.given, by=request.user, key=self.action_key))


def with_costs(loans: Iterable[Loan], library: LibrarySettings) -> list[Loan]:
    """``loans``, each with what was written for it and what it would cost now, in minor units."""
    loans, now = list(loans), timezone.now()
    written = fines_by_loan([loan.pk for loan in loans])
    running = running_fines(loans, rule_book(library), now)
    for loan in loans:
        costs = {"fines_minor": written.get(loan.pk, 0), "running_minor": _amount(running.get(loan.pk))}
        vars(loan).update(costs)
    return loans


def _amount(fine: Any) -> int:
    return fine.amount_minor if fine else 0


def _returned(taken: TakenIn) -> Loan:
    assert taken.loan is not None
    vars(taken.loan)["hold"] = taken.hold.pk if taken.hold else None
    return taken.loan


def _filtered(loans: QuerySet[Loan], asked: dict[str, Any]) -> QuerySet[Loan]:
    columns = {"member": "member", "copy": "copy", "branch": "branch", "book": "copy__book"}
    loans = loans.filter(**{column: asked[name] for name, column in columns.items() if name in asked})
    if day := asked.get("issued_after"):
        loans = loans.filter(issued_at__gte=day_begins(day))
    if day := asked.get("issued_before"):
        loans = loans.filter(issued_at__lt=day_begins(day))
    return loans
