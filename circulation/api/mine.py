"""What belongs to the member whose token it is. Everything starts from there: of others there is nothing (404)."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request

from accounts.api.bodies import Asked
from accounts.api.fields import Row
from accounts.api.pagination import Page
from accounts.api.permissions import CIRCULATE, MEMBERS, READ
from accounts.api.resources import Resource, operation
from catalog.queries import public_books
from circulation.api.bodies import AtBranch
from circulation.api.holds import ORDERS as ORDERS_OF_HOLDS
from circulation.api.holds import HoldDays, HoldResource, HoldShown, Suspension
from circulation.api.ledger import ORDERS as ORDERS_OF_LINES
from circulation.api.ledger import BalanceShown, LedgerEntryShown
from circulation.api.loans import ORDERS, LoanResource, LoanShown, OwnLoansAsked
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.ledger import account
from circulation.queries.loans import members_loans
from circulation.services.holds import cancel_hold, place_hold, resume_hold, suspend_hold
from circulation.services.loans import renew_loan


class OwnHold(AtBranch, HoldDays):
    book = Row(public_books())


class MyLoans(LoanResource):
    permission = MEMBERS
    scope = {"GET": READ}

    @operation("list_my_loans", "My loans", gives=LoanShown, asks=OwnLoansAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> Page:
        return self.listed(members_loans(request.user.member))


class RenewMine(LoanResource):
    permission = MEMBERS
    scope = {"POST": CIRCULATE}

    @operation("renew_my_loan", "Renew a loan of mine", gives=LoanShown)
    def post(self, request: Request, pk: int) -> Loan:
        loan = self.held(members_loans(request.user.member), pk)
        return self.with_costs(renew_loan(loan, by=request.user, key=self.action_key))


class MyHoldResource(HoldResource):
    """Holds of the member who asks."""

    permission = MEMBERS

    def holds(self) -> QuerySet[Hold]:
        return self.request.user.member.holds.select_related("book")


class MyHolds(MyHoldResource):
    scope = {"GET": READ, "POST": CIRCULATE}

    @operation("list_my_holds", "My holds that wait or stand ready", gives=HoldShown, orders=ORDERS_OF_HOLDS, list=True)
    def get(self, request: Request) -> Page:
        return self.listed(self.holds().filter(status__in=Hold.ACTIVE))

    @operation(
        "place_my_hold", "Place a hold for me", takes=OwnHold, gives=HoldShown, status=201, made_at="api:my_hold"
    )
    def post(self, request: Request) -> Hold:
        return self.with_place(place_hold(request.user.member, **self.given, by=request.user, key=self.action_key))


class MyHold(MyHoldResource):
    scope = {"GET": READ}

    @operation("get_my_hold", "A hold of mine", gives=HoldShown)
    def get(self, request: Request, pk: int) -> Hold:
        return self.with_place(self.held(self.holds(), pk))


class CancelMine(MyHoldResource):
    scope = {"POST": CIRCULATE}

    @operation("cancel_my_hold", "Cancel a hold of mine", gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, cancel_hold)


class SuspendMine(MyHoldResource):
    scope = {"POST": CIRCULATE}

    @operation("suspend_my_hold", "Suspend a hold of mine", takes=Suspension, gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, suspend_hold)


class ResumeMine(MyHoldResource):
    scope = {"POST": CIRCULATE}

    @operation("resume_my_hold", "Resume a hold of mine", gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, resume_hold)


class MyFines(Resource):
    permission = MEMBERS
    scope = {"GET": READ}

    @operation("list_my_fines", "My account", gives=LedgerEntryShown, asks=Asked, orders=ORDERS_OF_LINES, list=True)
    def get(self, request: Request) -> QuerySet[LedgerEntry]:
        return account(request.user.member)


class MyBalance(Resource):
    permission = MEMBERS
    scope = {"GET": READ}

    @operation("get_my_balance", "What I owe", gives=BalanceShown)
    def get(self, request: Request) -> Any:
        return BalanceShown.Of(request.user.member, request.library)
