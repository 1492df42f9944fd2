"""What the rules say to one loan: every parameter with the row that gives it, and the due date today."""

from datetime import datetime
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request

from accounts import money
from accounts.api.bodies import Asked
from accounts.api.fields import AskedWhole
from accounts.api.permissions import READ
from accounts.api.resources import Resource, operation
from accounts.models import Branch, MemberCategory
from accounts.permissions import USE_DESK
from catalog.models import CopyType
from circulation.policy import EffectiveRule
from circulation.queries.matrix import due_date_now
from circulation.queries.rules import RuleBook, rule_book

VALUE = {"oneOf": [{"type": "string"}, {"type": "integer"}, {"type": "boolean"}]}
PARTS = {"branch": Branch, "category": MemberCategory, "copy_type": CopyType}


@extend_schema_field(VALUE)
class Value(serializers.Field):
    """A number, a word, a day, an amount, yes or no; null is unlimited, or none."""

    def to_representation(self, value: Any) -> Any:
        return value


class RuleRowShown(serializers.Serializer):
    """What a row is for; null is any."""

    branch = serializers.IntegerField(allow_null=True)
    category = serializers.IntegerField(allow_null=True)
    copy_type = serializers.IntegerField(allow_null=True)


class RuleParameterShown(serializers.Serializer):
    """``row``: the row of the rules that gives it; null: what the program begins with."""

    name = serializers.CharField()
    value = Value(allow_null=True)
    row = RuleRowShown(allow_null=True)


class RuleLookupShown(serializers.Serializer):
    """``due_at``: when a loan issued now would be due; null: no due date can be found."""

    branch = serializers.IntegerField()
    category = serializers.IntegerField()
    copy_type = serializers.IntegerField()
    parameters = RuleParameterShown(many=True)
    due_at = serializers.DateTimeField(allow_null=True)
    due_on = serializers.DateField(allow_null=True)
    currency = serializers.CharField()


class LookupAsked(Asked):
    branch = AskedWhole()
    category = AskedWhole()
    copy_type = AskedWhole()


class RuleLookup(Resource):
    permission = USE_DESK
    scope = {"GET": READ}

    @operation(
        "look_up_rules", "What the rules say, and why", gives=RuleLookupShown, asks=LookupAsked, problems=("not_found",)
    )
    def get(self, request: Request) -> dict[str, Any]:
        asked: dict[str, Any] = {name: get_object_or_404(model, pk=self.asked[name]) for name, model in PARTS.items()}
        scope = [each.pk for each in asked.values()]
        book, now = rule_book(request.library), timezone.now()
        rule = book.rule(*scope)
        return {
            **dict(zip(PARTS, scope, strict=True)), "parameters": list(_parameters(rule, request.library.currency)),
            **_due(book, asked["branch"], rule, now), "currency": request.library.currency,
        }  # fmt: skip


def _due(book: RuleBook, branch: Branch, rule: EffectiveRule, now: datetime) -> dict[str, Any]:
    due = due_date_now(book, branch, rule, now)
    return {"due_at": due.at if due else None, "due_on": timezone.localdate(due.at) if due else None}


def _parameters(rule: EffectiveRule, currency: str) -> Any:
    for name, source in rule.sources.items():
        row = dict(zip(PARTS, source, strict=True)) if source else None
        value = _plain(name, getattr(rule, name), currency)
        yield {"name": name.removesuffix("_minor"), "value": value, "row": row}


def _plain(name: str, value: Any, currency: str) -> Any:
    """``value`` as JSON has it; amounts with their decimals."""
    if value is not None and name.endswith("_minor"):
        return money.plain(value, currency)
    return value if value is None or isinstance(value, bool | int) else str(value)
