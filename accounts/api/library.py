"""The library: what its money and times are in, its branches and kinds of members, for whose keys others ask."""

from django.db.models import QuerySet
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.permissions import PUBLIC, READ
from accounts.api.resources import Resource, operation
from accounts.models import Branch, LibrarySettings, MemberCategory
from accounts.permissions import USE_DESK

ORDERS = {"id": ("pk",), "-id": ("-pk",), "code": ("code",), "-code": ("-code",)}


class LibraryShown(serializers.Serializer):
    name = serializers.CharField()
    currency = serializers.CharField(help_text="Of every amount that has no currency beside it.")
    language = serializers.CharField()
    time_zone = serializers.CharField(help_text="Where days begin and end.")


class BranchShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    address = serializers.CharField()


class MemberCategoryShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    code = serializers.CharField()
    name = serializers.CharField()
    membership_months = serializers.IntegerField(allow_null=True, help_text="null: does not expire.")
    max_loans = serializers.IntegerField(allow_null=True, help_text="Of all kinds together; null: no limit.")


class Library(Resource):
    permission = PUBLIC
    scope = {"GET": READ}

    @operation("get_library", "The library", gives=LibraryShown)
    def get(self, request: Request) -> LibrarySettings:
        return request.library


class Branches(Resource):
    permission = PUBLIC
    scope = {"GET": READ}

    @operation("list_branches", "List branches", gives=BranchShown, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[Branch]:
        return Branch.objects.all()


class MemberCategories(Resource):
    permission = USE_DESK
    scope = {"GET": READ}

    @operation("list_member_categories", "List kinds of members", gives=MemberCategoryShown, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[MemberCategory]:
        return MemberCategory.objects.all()
