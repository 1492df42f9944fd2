"""What resources of the API are made of: operations that say what they take and give, and a view that keeps to it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.api import idempotency
from accounts.api.bodies import Asked, Body, asked_of
from accounts.api.etags import check_unchanged, etag_of, is_known
from accounts.api.fields import AskedWhole
from accounts.api.pagination import MOST, USUAL, Page, link, page_of
from accounts.api.permissions import PUBLIC
from accounts.api.problems import Problem
from accounts.api.throttling import check_rate

CHANGES_ONE = ("PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of a resource: its name in the schema, what it takes and gives.

    ``takes``: the body; ``takes_type``: its type, where it is a file. ``gives``: what is answered; None: nothing (204).
    ``asks``: parameters of the address.
    ``orders``: for lists, how they may be ordered (see ``page_of``); the first is the usual one. ``list``: whether it
    is one. ``made_at``: the route of what a POST made, by its key. ``problems``: codes beyond those all have.
    ``is_secret``: the answer is never kept for whoever asks again.
    """

    id: str
    summary: str
    takes: type[Body] | None = None
    takes_type: Any = None
    gives: type[serializers.Serializer] | None = None
    status: int = 200
    asks: type[Asked] = Asked
    orders: dict[str, tuple[str, ...]] = field(default_factory=dict)
    list: bool = False
    reads: bool = False
    made_at: str = ""
    problems: tuple[str, ...] = ()
    other_statuses: tuple[int, ...] = ()
    is_secret: bool = False

    @property
    def selects(self) -> bool:
        """Whether only some fields of the answer may be asked for: where it is read."""
        return self.gives is not None and self.reads

    @property
    def parameters(self) -> type[serializers.Serializer]:
        """All parameters that the address may have."""
        more: dict[str, Any] = {}
        if self.selects:
            more["fields"] = serializers.CharField(required=False, max_length=500)
        if self.list:
            more["limit"] = AskedWhole(required=False, min_value=1, max_value=MOST, default=USUAL)
            more["cursor"] = serializers.CharField(required=False, max_length=2_000)
        if len(self.orders) > 1:
            more["ordering"] = serializers.ChoiceField(list(self.orders), default=next(iter(self.orders)))
        return type(f"{self.asks.__name__}Parameters", (self.asks,), more)


class Answer:
    """What an operation answers, where the usual status or place does not fit."""

    def __init__(self, value: Any, *, status: int) -> None:
        self.value, self.status = value, status


def operation(id: str, summary: str, **facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a method of a Resource an Operation (see there for ``facts``).

    The method finds the body in ``self.given`` and parameters in ``self.asked``, and returns what is to be shown: one
    thing, a QuerySet of a list, a Page, an Answer, or nothing. A POST with an Idempotency-Key is done once; whatever
    changes one thing runs in one transaction.
    """

    def decorate(method: Callable[..., Any]) -> Callable[..., Any]:
        told = Operation(id, summary, reads=method.__name__ == "get", **facts)

        @wraps(method)
        def answered(self: "Resource", request: Request, **keys: Any) -> Any:
            self.operation = told
            self.asked = asked_of(request.GET, told.parameters)
            may_be_kept = request.method == "POST" and not told.is_secret
            self.action_key = idempotency.action_key(request) if may_be_kept else None
            make = lambda: self.answer(method, **keys)  # noqa: E731 - a name for what may not be done at all
            return idempotency.once(request, self.action_key, make) if self.action_key else make()

        answered.operation = told  # type: ignore[attr-defined] # the schema and the tests read it there
        return answered

    return decorate


class Resource(APIView):
    """A thing or a list of things. Declares ``permission`` (one, or one for each method) and ``scope`` by method."""

    permission: str | dict[str, str]
    scope: dict[str, str] = {}
    shows: type[serializers.Serializer]  # what one of these things looks like, for operations that give nothing
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]

    operation: Operation
    given: dict[str, Any]
    asked: dict[str, Any]
    action_key: str | None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """As REST framework does it, but afterwards nobody was here: what stands behind makes sessions for people."""
        try:
            return super().dispatch(request, *args, **kwargs)
        finally:
            request.user = AnonymousUser()

    def perform_authentication(self, request: Request) -> None:
        """Whoever it is, and be it nobody known, is counted."""
        try:
            super().perform_authentication(request)
        finally:
            check_rate(request)

    def finalize_response(self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any) -> HttpResponse:
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["Authorization", "Accept-Language"])
        return response

    def answer(self, method: Callable[..., Any], **keys: Any) -> Response:
        """What ``method`` gives, as it is sent."""
        self._check_fields()
        self.given = self._given() if self._takes_json else {}
        if self.request.method in CHANGES_ONE:
            with transaction.atomic():
                value = method(self, self.request, **keys)
        else:
            value = method(self, self.request, **keys)
        return self._sent(value)

    def held(self, rows: QuerySet, pk: int, *, after: Callable[[], None] | None = None) -> Any:
        """The row ``pk`` of ``rows``, or 404. What changes it locks it with If-Match, and it must be as it was seen.

        ``after``: takes the lock that comes before this one wherever both are taken.
        """
        if "If-Match" not in self.request.headers or self.request.method not in CHANGES_ONE:
            return get_object_or_404(rows, pk=pk)
        if after:
            after()
        row = get_object_or_404(rows.select_for_update(of=("self",)), pk=pk)
        check_unchanged(self.request, etag_of(self._shown(row)))
        return row

    def needs(self, permission: str) -> None:
        """Raises Problem("not_allowed") where whoever asks lacks ``permission``."""
        if not self.request.user.has_perm(permission):
            raise Problem("not_allowed")

    @property
    def is_public(self) -> bool:
        return PUBLIC in (self.permission if isinstance(self.permission, dict) else {"": self.permission}).values()

    @property
    def _takes_json(self) -> bool:
        """Whether a body is looked at: also where none is wanted, so that nothing that is sent is passed over."""
        return self.request.method not in ("GET", "HEAD") and self.operation.takes_type is None

    def _given(self) -> dict[str, Any]:
        takes = self.operation.takes or Body
        body = takes(data=self.request.data, context=self._context, partial=self.request.method == "PATCH")
        body.is_valid(raise_exception=True)
        return body.validated_data

    @property
    def _context(self) -> dict[str, Any]:
        return {"request": self.request, "asked": self.asked}

    def _sent(self, value: Any) -> Response:
        status = self.operation.status
        if isinstance(value, Answer):
            value, status = value.value, value.status
        if self.operation.gives is None:
            return Response(status=204)
        if self.operation.list:
            return Response(self._page(value))
        data = self._shown(value)
        response = Response(self._selected(data), status=status, headers={"ETag": etag_of(data)})
        if (
            status == 200
            and self.request.method in ("GET", "HEAD")
            and is_known(self.request, response.headers["ETag"])
        ):
            return Response(status=304, headers={"ETag": response.headers["ETag"]})
        if self.operation.made_at:
            response.headers["Location"] = reverse(self.operation.made_at, args=[data["id"]])
        return response

    def _page(self, value: Any) -> dict[str, Any]:
        page = value if isinstance(value, Page) else self.page_of(value)
        shown = self._shown(page.rows, many=True)
        return {
            "results": [self._selected(each) for each in shown],
            "next": link(self.request, page.next), "previous": link(self.request, page.previous),
        }  # fmt: skip

    def page_of(self, rows: QuerySet) -> Page:
        """The page of ``rows`` that is asked for, in the order that is asked for."""
        orders = self.operation.orders
        order = orders[self.asked.get("ordering") or next(iter(orders))]
        return page_of(rows, order, limit=self.asked["limit"], cursor=self.asked.get("cursor"))

    def _shown(self, value: Any, *, many: bool = False) -> Any:
        gives = self.operation.gives or self.shows
        return gives(value, many=many, context=self._context).data

    def _selected(self, data: dict[str, Any]) -> dict[str, Any]:
        wanted = self.wanted
        return {name: value for name, value in data.items() if name in wanted} if wanted else data

    @property
    def wanted(self) -> list[str]:
        """The fields asked for; none where all are wanted."""
        return self.asked["fields"].split(",") if "fields" in self.asked else []

    def _check_fields(self) -> None:
        if not self.wanted or self.operation.gives is None:
            return
        if unknown := sorted(set(self.wanted) - set(self.operation.gives().fields)):
            text = _("There are no such fields: %(names)s.") % {"names": ", ".join(name[:60] for name in unknown[:10])}
            raise Problem("unknown_field", text, fields=[name[:60] for name in unknown[:10]])
