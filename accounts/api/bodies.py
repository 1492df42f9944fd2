"""What is sent to a resource: bodies and parameters, of which nothing unknown is passed over."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers

from accounts.api.problems import Problem


class Body(serializers.Serializer):
    """What a request may say. A field that is not among its own is refused, those that can only be read included."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields))):
            named = ", ".join(name[:60] for name in unknown[:10])
            text = _("Unknown here, or only to be read: %(names)s.") % {"names": named}
            raise Problem("unknown_field", text, fields=[name[:60] for name in unknown[:10]])
        return super().to_internal_value(data)


class Asked(serializers.Serializer):
    """The parameters an address may have, beside those that all lists have."""


def asked_of(parameters: QueryDict, known: type[serializers.Serializer]) -> dict[str, Any]:
    """What the ``parameters`` of an address say. Raises Problem for unknown ones and for what is said twice."""
    fields = known().fields
    if unknown := sorted(set(parameters) - set(fields)):
        names = [name[:60] for name in unknown[:10]]
        text = _("Unknown here: %(names)s.") % {"names": ", ".join(names)}
        raise Problem("unknown_parameter", text, parameters=names)
    twice = [
        name for name, values in parameters.lists()
        if len(values) > 1 and not isinstance(fields[name], serializers.ListField)
    ]  # fmt: skip
    if twice:
        raise Problem("invalid", errors={name: [_("Say this once.")] for name in twice})
    lists = {name for name, field in fields.items() if isinstance(field, serializers.ListField)}
    # Plain values: of a form REST framework takes what is empty for what is not there.
    asked = known(data={n: parameters.getlist(n) if n in lists else parameters[n] for n in parameters})
    asked.is_valid(raise_exception=True)
    return asked.validated_data
