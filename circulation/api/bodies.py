"""What bodies of circulation have in common: who and what it is about, and reasons that are set aside."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.bodies import Body
from accounts.api.fields import Row, Text
from accounts.models import Branch
from accounts.queries import current_members, default_branch, member_with_card
from catalog.models import Copy
from circulation.queries.scans import copy_with_barcode

MOST_OVERRIDES = 30


class AtBranch(Body):
    """``branch``: where it happens; the first one if it is not said."""

    branch = Row(Branch.objects.all(), required=False)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        return {**values, "branch": values.get("branch") or default_branch()}


class OfMember(Body):
    """One member, by key (``member``) or by card (``card``)."""

    member = Row(current_members().select_related("category"), required=False)
    card = Text(required=False, max_length=60)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        card = values.pop("card", None)
        one_of(member=values.get("member"), card=card)
        if card is not None:
            values["member"] = member_with_card(card)
            if values["member"] is None:
                raise serializers.ValidationError({"card": [_("No member has this card.")]})
        return values


class OfCopy(Body):
    """One copy, by key (``copy``) or by barcode (``barcode``)."""

    copy = Row(Copy.objects.select_related("book", "copy_type"), required=False)
    barcode = Text(required=False, max_length=60)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        barcode = values.pop("barcode", None)
        one_of(copy=values.get("copy"), barcode=barcode)
        if barcode is not None:
            values["copy"] = copy_with_barcode(barcode)
            if values["copy"] is None:
                text = _("No copy has the barcode %(text)s.") % {"text": barcode}
                raise serializers.ValidationError({"barcode": [text]})
        return values


class Overriding(Body):
    """``overrides``: codes of reasons that are set aside, which takes a ``reason``, as at the desk."""

    overrides = serializers.ListField(child=Text(max_length=60), required=False, max_length=MOST_OVERRIDES)
    reason = Text(required=False, allow_blank=True, max_length=300)

    def validate(self, values: dict[str, Any]) -> dict[str, Any]:
        values = super().validate(values)
        if values.get("overrides") and not values.get("reason"):
            raise serializers.ValidationError({"reason": [_("Say why it is done anyway.")]})
        return values


def one_of(**given: Any) -> None:
    """Raises ValidationError unless exactly one of what was ``given`` is there."""
    if sum(value is not None for value in given.values()) != 1:
        text = _("Say one of these: %(names)s.") % {"names": ", ".join(given)}
        raise serializers.ValidationError({next(iter(given)): [text]})
