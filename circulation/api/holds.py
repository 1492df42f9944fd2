"""Holds: placed, cancelled, suspended, resumed, moved; as at the desk."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Asked, Body
from accounts.api.fields import AskedWhole, Day, Row, Text, Whole
from accounts.api.pagination import Page
from accounts.api.permissions import CIRCULATE, READ
from accounts.api.resources import Resource, operation
from accounts.models.days import REAL_DAYS
from accounts.permissions import ISSUE, USE_DESK
from catalog.models import Book, Copy
from circulation.api.bodies import AtBranch, OfMember, Overriding
from circulation.models import Hold
from circulation.queries.holds import positions, state
from circulation.services.holds import cancel_hold, move_hold, place_hold, resume_hold, suspend_hold

STATES = ("waiting", "suspended", "ready", "filled", "expired", "cancelled")
ORDERS = {"placed_at": ("placed_at", "pk"), "-placed_at": ("-placed_at", "-pk"), "id": ("pk",), "-id": ("-pk",)}
MOST_PLACES = 100_000


class HoldShown(serializers.Serializer):
    """``position``: the place in the queue, of a hold that waits; ``ready_copy`` stands ready until ``pickup_by``."""

    id = serializers.IntegerField(source="pk")
    status = serializers.SerializerMethodField()
    position = serializers.IntegerField(allow_null=True)
    member = serializers.IntegerField(source="member_id")
    book = serializers.IntegerField(source="book_id")
    title = serializers.CharField(source="book.title")
    copy = serializers.IntegerField(source="copy_id", allow_null=True)
    branch = serializers.IntegerField(source="branch_id")
    placed_at = serializers.DateTimeField()
    starts_on = serializers.DateField(allow_null=True)
    not_after = serializers.DateField(allow_null=True)
    suspended_until = serializers.DateField(allow_null=True)
    ready_copy = serializers.IntegerField(source="trapped_copy_id", allow_null=True)
    ready_at = serializers.DateTimeField(allow_null=True)
    pickup_by = serializers.DateField(allow_null=True)
    loan = serializers.IntegerField(source="loan_id", allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_status(self, hold: Hold) -> str:
        return state(hold, timezone.localdate())


class HoldDays(Body):
    """``starts_on`` and ``not_after``: the first and the last day on which a copy is of use."""

    starts_on = Day(required=False, allow_null=True, validators=REAL_DAYS)
    not_after = Day(required=False, allow_null=True, validators=REAL_DAYS)


class NewHold(OfMember, AtBranch, HoldDays, Overriding):
    """``book``: any copy of it; ``copy``: this one only."""

    book = Row(Book.objects.all(), required=False)
    copy = Row(Copy.objects.select_related("book"), required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        copy = values.get("copy")
        book = values.setdefault("book", copy and copy.book)
        if book is None:
            raise serializers.ValidationError({"book": [_("Say which book, or which copy of it.")]})
        if copy is not None and copy.book_id != book.pk:
            raise serializers.ValidationError({"copy": [_("That is a copy of another book.")]})
        return values


class Suspension(Body):
    """``until``: the day on which it resumes; without, it resumes by hand."""

    until = Day(required=False, allow_null=True, validators=REAL_DAYS)


class Cancelling(Body):
    reason = Text(required=False, allow_blank=True, max_length=300)


class Moving(Body):
    to = Whole(min_value=1, max_value=MOST_PLACES)


class HoldsAsked(Asked):
    status = serializers.ChoiceField(["active", *Hold.Status.values], required=False)
    member = AskedWhole(required=False)
    book = AskedWhole(required=False)
    branch = AskedWhole(required=False)


class HoldResource(Resource):
    """What gives holds, with their places."""

    shows = HoldShown

    def listed(self, holds: QuerySet[Hold]) -> Page:
        """The page of ``holds`` that is asked for."""
        page = self.page_of(holds.select_related("book"))
        _with_places(page.rows)
        return page

    def acted(self, pk: int, service: Any) -> Hold:
        """The hold ``pk`` after ``service``, with what the body says."""
        hold = self.held(self.holds(), pk)
        return self.with_place(service(hold, **self.given, by=self.request.user, key=self.action_key))

    def holds(self) -> QuerySet[Hold]:
        """Those that whoever asks may act upon."""
        return Hold.objects.select_related("book")

    def with_place(self, hold: Hold) -> Hold:
        """``hold`` with its place in the queue."""
        _with_places([hold])
        return hold


class Holds(HoldResource):
    permission = {"GET": USE_DESK, "POST": ISSUE}
    scope = {"GET": READ, "POST": CIRCULATE}

    @operation("list_holds", "Find holds", gives=HoldShown, asks=HoldsAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> Page:
        holds = Hold.objects.filter(**{name: self.asked[name] for name in self.asked if name in FILTERS})
        status = self.asked.get("status")
        if status == "active":
            holds = holds.active()
        elif status:
            holds = holds.filter(status=status)
        return self.listed(holds)

    @operation("place_hold", "Place a hold", takes=NewHold, gives=HoldShown, status=201, made_at="api:hold")
    def post(self, request: Request) -> Hold:
        return self.with_place(place_hold(**self.given, by=request.user, key=self.action_key))


class OneHold(HoldResource):
    permission = USE_DESK
    scope = {"GET": READ}

    @operation("get_hold", "A hold", gives=HoldShown)
    def get(self, request: Request, pk: int) -> Hold:
        return self.with_place(self.held(self.holds(), pk))


class CancelHold(HoldResource):
    permission = ISSUE
    scope = {"POST": CIRCULATE}

    @operation("cancel_hold", "Cancel a hold", takes=Cancelling, gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, cancel_hold)


class SuspendHold(HoldResource):
    permission = ISSUE
    scope = {"POST": CIRCULATE}

    @operation("suspend_hold", "Suspend a hold", takes=Suspension, gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, suspend_hold)


class ResumeHold(HoldResource):
    permission = ISSUE
    scope = {"POST": CIRCULATE}

    @operation("resume_hold", "Resume a suspended hold", gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, resume_hold)


class MoveHold(HoldResource):
    permission = ISSUE
    scope = {"POST": CIRCULATE}

    @operation("move_hold", "Move a hold to another place of its queue", takes=Moving, gives=HoldShown)
    def post(self, request: Request, pk: int) -> Hold:
        return self.acted(pk, move_hold)


FILTERS = ("member", "book", "branch")


def _with_places(holds: Iterable[Hold]) -> None:
    holds = list(holds)
    places = positions(holds, timezone.localdate())
    for hold in holds:
        vars(hold)["position"] = places.get(hold.pk)
