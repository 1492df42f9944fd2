"""Accounts of members: charges, payments, waivers, reversals; as at the desk."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts import money
from accounts.api.bodies import Asked, Body
from accounts.api.fields import Money, Text, Yes
from accounts.api.members import looked_at
from accounts.api.permissions import CIRCULATE, READ
from accounts.api.resources import Resource, operation
from accounts.models import LibrarySettings, Member
from accounts.permissions import MANAGE_MEMBERS, REFUND, TAKE_PAYMENT, WAIVE
from circulation.api.bodies import AtBranch, OfMember
from circulation.models import LedgerEntry
from circulation.queries.ledger import account, balance_minor, outstanding_minor
from circulation.services.ledger import charge_member, refund, take_payment, void_entry, waive, write_off

SIGNED = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]{1,4})?$"}
ORDERS = {"-at": ("-at", "-pk"), "at": ("at", "pk")}


@extend_schema_field(SIGNED)
class Amount(serializers.Field):
    """An amount of a line of the account in its own currency: "-9.00" outside, whole minor units inside."""

    def __init__(self, of: str) -> None:
        super().__init__(source="*", read_only=True)
        self.of = of

    def to_representation(self, entry: Any) -> str:
        return money.plain(getattr(entry, self.of), entry.currency)


class LedgerEntryShown(serializers.Serializer):
    """``amount``: above zero what is owed, below zero what settles it; ``open``: the part that is not settled yet."""

    id = serializers.IntegerField(source="pk")
    kind = serializers.ChoiceField(LedgerEntry.Kind.choices)
    member = serializers.IntegerField(source="member_id")
    loan = serializers.IntegerField(source="loan_id", allow_null=True)
    amount = Amount("amount_minor")
    open = Amount("open_minor")
    currency = serializers.CharField()
    at = serializers.DateTimeField()
    branch = serializers.IntegerField(source="branch_id", allow_null=True)
    reason = serializers.CharField()
    voids = serializers.IntegerField(source="voids_id", allow_null=True)
    voided_by = serializers.SerializerMethodField()

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_voided_by(self, entry: LedgerEntry) -> int | None:
        void = getattr(entry, "voided_by", None)
        return void.pk if void else None


class BalanceShown(serializers.Serializer):
    """``balance``: all lines together, below zero what the library owes; ``outstanding``: what is owed and open."""

    member = serializers.IntegerField()
    balance = Amount("balance_minor")
    outstanding = Amount("outstanding_minor")
    currency = serializers.CharField()

    class Of:
        """The balance of one member."""

        def __init__(self, member: Member, library: LibrarySettings) -> None:
            self.member, self.currency = member.pk, library.currency
            self.balance_minor, self.outstanding_minor = balance_minor(member), outstanding_minor(member)


class AmountOfMember(OfMember):
    """``amount``: above zero, in the library's currency."""

    amount = Money(source="amount_minor")


class WithReason(Body):
    reason = Text(max_length=300)


class NewPayment(AmountOfMember, AtBranch):
    """``overpay``: what is more than the debt is kept as credit."""

    overpay = Yes(required=False)
    reason = Text(required=False, allow_blank=True, max_length=300)


class NewRefund(AmountOfMember, AtBranch, WithReason):
    pass


class NewWaiver(AmountOfMember, WithReason):
    pass


class NewWriteOff(NewWaiver):
    pass


class NewCharge(NewWaiver):
    pass


class MemberLedger(Resource):
    permission = MANAGE_MEMBERS
    scope = {"GET": READ}

    @operation("list_ledger", "The account of a member", gives=LedgerEntryShown, asks=Asked, orders=ORDERS, list=True)
    def get(self, request: Request, pk: int) -> QuerySet[LedgerEntry]:
        return account(looked_at(pk, by=request.user))


class MemberBalance(Resource):
    permission = MANAGE_MEMBERS
    scope = {"GET": READ}

    @operation("get_balance", "What a member owes", gives=BalanceShown)
    def get(self, request: Request, pk: int) -> BalanceShown.Of:
        return BalanceShown.Of(looked_at(pk, by=request.user), request.library)


class OneEntry(Resource):
    permission = TAKE_PAYMENT
    scope = {"GET": READ}

    @operation("get_entry", "A line of an account", gives=LedgerEntryShown)
    def get(self, request: Request, pk: int) -> LedgerEntry:
        return self.held(_entries(), pk)


class VoidEntry(Resource):
    permission = WAIVE
    scope = {"POST": CIRCULATE}

    @operation(
        "void_entry", "Reverse a line of an account", takes=WithReason, gives=LedgerEntryShown, status=201,
        made_at="api:entry",
    )  # fmt: skip
    def post(self, request: Request, pk: int) -> LedgerEntry:
        entry = self.held(_entries(), pk)
        if entry.moves_money:
            self.needs(REFUND)
        return void_entry(entry, **self.given, by=request.user, key=self.action_key)


class MoneyResource(Resource):
    """Writes one line, by one of the services of the ledger."""

    scope = {"POST": CIRCULATE}

    def written(self, service: Any) -> LedgerEntry:
        """The line that ``service`` writes for what the body says."""
        values = dict(self.given)
        return service(values.pop("member"), **values, by=self.request.user, key=self.action_key)


def _writes(id: str, summary: str, takes: type[Body]) -> Any:
    return operation(id, summary, takes=takes, gives=LedgerEntryShown, status=201, made_at="api:entry")


class Payments(MoneyResource):
    permission = TAKE_PAYMENT

    @_writes("take_payment", "Take a payment", NewPayment)
    def post(self, request: Request) -> LedgerEntry:
        return self.written(take_payment)


class Waivers(MoneyResource):
    permission = WAIVE

    @_writes("waive", "Forgive a part of what is owed", NewWaiver)
    def post(self, request: Request) -> LedgerEntry:
        return self.written(waive)


class WriteOffs(MoneyResource):
    permission = WAIVE

    @_writes("write_off", "Give up a part of what is owed", NewWriteOff)
    def post(self, request: Request) -> LedgerEntry:
        return self.written(write_off)


class Charges(MoneyResource):
    permission = TAKE_PAYMENT

    @_writes("charge_member", "Charge a member for something else than a loan", NewCharge)
    def post(self, request: Request) -> LedgerEntry:
        return self.written(charge_member)


class Refunds(MoneyResource):
    permission = REFUND

    @_writes("refund", "Give money back", NewRefund)
    def post(self, request: Request) -> LedgerEntry:
        return self.written(refund)


def _entries() -> QuerySet[LedgerEntry]:
    return LedgerEntry.objects.filter(member__removed_at=None).select_related("member", "voided_by")
