"""Members: found, registered, changed, removed. For staff; what a member's own token shows is under ``/me``."""

from typing import Any

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.request import Request

from accounts import queries
from accounts.api.bodies import Asked, Body
from accounts.api.fields import AskedWhole, Code, Day, Row, Text, Yes
from accounts.api.pagination import Page
from accounts.api.permissions import MANAGE, READ
from accounts.api.resources import Resource, operation
from accounts.models import Member, MemberCategory, User
from accounts.models.days import REAL_DAYS
from accounts.models.members import MAY_BE_OFF
from accounts.permissions import MANAGE_MEMBERS
from accounts.services.members import edit_member, register_member
from accounts.services.record import note_look, note_looks
from circulation.services.removal import remove_member

ORDERS = {
    "name": ("name", "pk"), "-name": ("-name", "-pk"),
    "card_number": ("card_number",), "-card_number": ("-card_number",),
    "joined_on": ("joined_on", "pk"), "-joined_on": ("-joined_on", "-pk"),
    "id": ("pk",), "-id": ("-pk",),
}  # fmt: skip
LANGUAGES = [code for code, _name in settings.LANGUAGES]
ON_THE_LIST = {"id", "card_number", "name", "group_name", "category"}


class MemberShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    card_number = serializers.CharField()
    name = serializers.CharField()
    email = serializers.CharField()
    phone = serializers.CharField()
    address = serializers.CharField()
    group_name = serializers.CharField()
    category = serializers.IntegerField(source="category_id")
    joined_on = serializers.DateField()
    expires_on = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    keep_history = serializers.BooleanField(allow_null=True)
    language = serializers.ChoiceField(["", *LANGUAGES])
    notices_by = serializers.ChoiceField(Member.Channel.values)
    notices_off = serializers.ListField(child=serializers.CharField())
    loans_ever = serializers.IntegerField()


class MemberChanges(Body):
    name = Text(max_length=200)
    category = Row(MemberCategory.objects.all(), required=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    phone = Text(required=False, allow_blank=True, max_length=40)
    address = Text(required=False, allow_blank=True, max_length=500)
    group_name = Text(required=False, allow_blank=True, max_length=60)
    joined_on = Day(required=False, validators=REAL_DAYS)
    expires_on = Day(required=False, allow_null=True, validators=REAL_DAYS)
    note = Text(required=False, allow_blank=True, max_length=2_000)
    keep_history = Yes(required=False, allow_null=True)
    language = serializers.ChoiceField(LANGUAGES, required=False, allow_blank=True)
    notices_by = serializers.ChoiceField(Member.Channel.choices, required=False)
    notices_off = serializers.ListField(child=serializers.ChoiceField(MAY_BE_OFF), required=False, max_length=10)


class NewMember(MemberChanges):
    card_number = Code(required=False)


class MembersAsked(Asked):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200)
    category = AskedWhole(required=False)


def looked_at(pk: int, *, by: User) -> Member:
    """The member ``pk``, who will see in the own record that ``by`` looked; or 404."""
    member: Member = get_object_or_404(queries.current_members(), pk=pk)
    note_look(member, by=by, on=timezone.localdate())
    return member


class Members(Resource):
    permission = MANAGE_MEMBERS
    scope = {"GET": READ, "POST": MANAGE}

    @operation("list_members", "Find members", gives=MemberShown, asks=MembersAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> Page:
        """Who reads more of members than the page of the list shows has looked at them."""
        found = queries.search_members(self.asked.get("q", ""))
        page = self.page_of(found.filter(category=self.asked["category"]) if "category" in self.asked else found)
        if not self.wanted or set(self.wanted) - ON_THE_LIST:
            note_looks(page.rows, by=request.user, on=timezone.localdate())
        return page

    @operation(
        "register_member", "Register a member", takes=NewMember, gives=MemberShown, status=201, made_at="api:member"
    )
    def post(self, request: Request) -> Member:
        facts: dict[str, Any] = {"category": queries.default_category(), **self.given}
        return register_member(**facts, by=request.user, key=self.action_key)


class OneMember(Resource):
    permission = MANAGE_MEMBERS
    scope = {"GET": READ, "PATCH": MANAGE, "DELETE": MANAGE}
    shows = MemberShown

    @operation("get_member", "A member", gives=MemberShown)
    def get(self, request: Request, pk: int) -> Member:
        return looked_at(pk, by=request.user)

    @operation("edit_member", "Change a member", takes=MemberChanges, gives=MemberShown)
    def patch(self, request: Request, pk: int) -> Member:
        return edit_member(self.held(queries.current_members(), pk), by=request.user, **self.given)

    @operation("remove_member", "Remove a member: nothing personal stays")
    def delete(self, request: Request, pk: int) -> None:
        remove_member(self.held(queries.current_members(), pk), by=request.user)
