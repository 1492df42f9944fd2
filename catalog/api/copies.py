"""Copies: what stands on the shelf, and whether it is in. For staff; readers see how many there are with the book."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Asked, Body
from accounts.api.fields import AskedWhole, Code, Day, Money, Row, Text
from accounts.api.permissions import MANAGE, READ
from accounts.api.resources import Resource, operation
from accounts.models import Branch
from accounts.models.days import REAL_DAYS
from accounts.permissions import MANAGE_BOOKS
from accounts.scans import readings
from accounts.services.numbers import BARCODES, hold
from catalog.models import Book, Copy, CopyType
from catalog.services.copies import add_copies, edit_copy
from circulation.queries.copies import STATUSES, with_availability
from circulation.services.copies import delete_copy

ORDERS = {"id": ("pk",), "-id": ("-pk",), "barcode": ("barcode",), "-barcode": ("-barcode",)}


class CopyShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    book = serializers.IntegerField(source="book_id")
    barcode = serializers.CharField()
    copy_type = serializers.IntegerField(source="copy_type_id")
    home_branch = serializers.IntegerField(source="home_branch_id")
    current_branch = serializers.IntegerField(source="current_branch_id")
    status = serializers.ChoiceField(STATUSES)
    due_at = serializers.DateTimeField(allow_null=True)
    call_number = serializers.CharField()
    location = serializers.CharField()
    price = Money(source="price_minor", allow_null=True)
    condition = serializers.ChoiceField(Copy.Condition.values)
    note = serializers.CharField()
    acquired_on = serializers.DateField(allow_null=True)
    withdrawn_on = serializers.DateField(allow_null=True)
    lost_on = serializers.DateField(allow_null=True)
    damaged_on = serializers.DateField(allow_null=True)


class CopyChanges(Body):
    barcode = Code()
    copy_type = Row(CopyType.objects.all(), required=False)
    home_branch = Row(Branch.objects.all(), required=False)
    call_number = Text(required=False, allow_blank=True, max_length=60)
    location = Text(required=False, allow_blank=True, max_length=80)
    price = Money(source="price_minor", required=False, allow_null=True)
    condition = serializers.ChoiceField(Copy.Condition.choices, required=False)
    note = Text(required=False, allow_blank=True, max_length=2_000)
    acquired_on = Day(required=False, allow_null=True, validators=REAL_DAYS)


class NewCopy(CopyChanges):
    book = Row(Book.objects.all())
    barcode = Code(required=False)


class CopiesAsked(Asked):
    book = AskedWhole(required=False)
    barcode = serializers.CharField(required=False, max_length=100)
    branch = AskedWhole(required=False)


def shown(copies: QuerySet[Copy]) -> QuerySet[Copy]:
    """``copies`` with all that CopyShown shows."""
    return with_availability(copies)


class Copies(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "POST": MANAGE}

    @operation("list_copies", "List copies", gives=CopyShown, asks=CopiesAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[Copy]:
        copies, asked = Copy.objects.all(), self.asked
        if "book" in asked:
            copies = copies.filter(book=asked["book"])
        if "barcode" in asked:
            copies = copies.filter(barcode__in=readings(asked["barcode"]))
        if "branch" in asked:
            copies = copies.filter(current_branch=asked["branch"])
        return shown(copies)

    @operation("add_copy", "Add a copy", takes=NewCopy, gives=CopyShown, status=201, made_at="api:copy")
    def post(self, request: Request) -> Copy:
        facts: dict[str, Any] = dict(self.given)
        book, branch = facts.pop("book"), facts.pop("home_branch", None)
        [copy] = add_copies(book, branch=branch, by=request.user, key=self.action_key, **facts)
        return shown(Copy.objects.all()).get(pk=copy.pk)


class OneCopy(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE}
    shows = CopyShown

    @operation("get_copy", "A copy", gives=CopyShown)
    def get(self, request: Request, pk: int) -> Copy:
        return self._held(pk)

    @operation("edit_copy", "Change a copy", takes=CopyChanges, gives=CopyShown)
    def patch(self, request: Request, pk: int) -> Copy:
        edit_copy(self._held(pk), by=request.user, **self.given)
        return shown(Copy.objects.all()).get(pk=pk)

    @operation("delete_copy", "Delete a copy that was never lent")
    def delete(self, request: Request, pk: int) -> None:
        delete_copy(self._held(pk), by=request.user)

    def _held(self, pk: int) -> Copy:
        return self.held(shown(Copy.objects.all()), pk, after=partial(hold, BARCODES))
