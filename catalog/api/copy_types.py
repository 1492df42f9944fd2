"""Kinds of copies."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.fields import Money
from accounts.api.library import ORDERS
from accounts.api.permissions import READ
from accounts.api.resources import Resource, operation
from accounts.permissions import USE_DESK
from catalog.models import CopyType


class CopyTypeShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    is_lendable = serializers.BooleanField()
    replacement_price = Money(source="replacement_price_minor")
    processing_fee = Money(source="processing_fee_minor")


class CopyTypes(Resource):
    permission = USE_DESK
    scope = {"GET": READ}

    @operation("list_copy_types", "List kinds of copies", gives=CopyTypeShown, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[CopyType]:
        return CopyType.objects.all()
