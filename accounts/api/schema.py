"""The description of the API (OpenAPI), made from what its operations declare."""

import copy
from functools import cache
from typing import Any, Final

from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.permissions import PUBLIC, READ, declared
from accounts.api.problems import KINDS, MEDIA_TYPE
from accounts.api.resources import CHANGES_ONE, Operation, Resource, operation

ALWAYS = (
    "bad_request", "unknown_parameter", "invalid", "token_unknown", "token_expired", "token_revoked", "user_disabled",
    "scope_missing", "password_must_change", "second_factor_needed", "not_acceptable", "too_many_requests", "busy",
)  # fmt: skip
HEADER: Final = OpenApiParameter.HEADER


class ReasonShown(serializers.Serializer):
    code = serializers.CharField()
    message = serializers.CharField()


class OverrideShown(serializers.Serializer):
    code = serializers.CharField()
    permission = serializers.CharField()


class ProblemShown(serializers.Serializer):
    """A problem document (RFC 9457). ``type`` is stable, and its address says what it means."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    reasons = ReasonShown(many=True, required=False)
    override = OverrideShown(many=True, required=False)
    errors = serializers.DictField(child=serializers.ListField(child=serializers.CharField()), required=False)
    fields_ = serializers.ListField(child=serializers.CharField(), required=False)
    parameters = serializers.ListField(child=serializers.CharField(), required=False)
    scope = serializers.CharField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """``fields`` is a word that serializers need themselves."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class OperationSchema(AutoSchema):
    """Describes a method of a Resource by its Operation."""

    @property
    def told(self) -> Operation:
        return getattr(self.view, self.method.lower()).operation

    def get_operation_id(self) -> str:
        return self.told.id

    def get_summary(self) -> str:
        return self.told.summary

    def get_description(self) -> str:
        return ""

    def get_tags(self) -> list[str]:
        return [self.path.removeprefix("/api/v1/").split("/")[0]]

    def get_auth(self) -> list[dict[str, list[str]]]:
        bearer: dict[str, list[str]] = {"token": []}
        return [bearer, {}] if self._is_public else [bearer]

    def get_request_serializer(self) -> Any:
        return self.told.takes() if self.told.takes else self.told.takes_type

    def _get_serializer_name(self, serializer: Any, direction: Any, bypass_extensions: bool = False) -> str:
        """Things are called in the schema what they are."""
        return super()._get_serializer_name(serializer, direction, bypass_extensions).replace("Shown", "")

    def get_override_parameters(self) -> list[Any]:
        told, headers = self.told, []
        if self.method == "POST" and not self._is_public:
            text = "Any word of yours: a request that comes again with it is not done again."
            headers.append(OpenApiParameter("Idempotency-Key", OpenApiTypes.STR, HEADER, description=text))
        if self.method in CHANGES_ONE:
            headers.append(OpenApiParameter("If-Match", OpenApiTypes.STR, HEADER))
        if told.selects and not told.list:
            headers.append(OpenApiParameter("If-None-Match", OpenApiTypes.STR, HEADER))
        asked = [told.parameters] if told.parameters().fields else []
        return [*asked, *headers, *self._answer_headers()]

    def get_response_serializers(self) -> dict[Any, Any]:
        told = self.told
        answers: dict[Any, Any] = {
            status: OpenApiResponse(self._answered()) for status in (told.status, *told.other_statuses)
        } if told.gives else {204: OpenApiResponse(description="Done.")}  # fmt: skip
        if told.selects and not told.list:
            answers[304] = OpenApiResponse(description="It is as you have it.")
        for status, codes in self._problems().items():
            text = "; ".join(f"`{code}`: {KINDS[code].meaning}" for code in codes)
            answers[status, MEDIA_TYPE] = OpenApiResponse(ProblemShown, description=text)
        return answers

    @property
    def _is_public(self) -> bool:
        return declared(self.view.permission, self.method) == PUBLIC

    def _answered(self) -> Any:
        told = self.told
        assert told.gives is not None
        if not told.list:
            return told.gives
        return _page_of(told.gives)  # type: ignore[arg-type] # a class is hashable

    def _answer_headers(self) -> list[OpenApiParameter]:
        told, names = self.told, {}
        if told.gives and not told.list:
            names["ETag"] = [told.status, *told.other_statuses]
        if told.made_at:
            names["Location"] = [told.status, *told.other_statuses]
        return [OpenApiParameter(name, OpenApiTypes.STR, HEADER, response=at) for name, at in names.items()]

    def _problems(self) -> dict[int, list[str]]:
        """The codes of all problems that the operation may answer, by status."""
        told = self.told
        may_come = {
            ALWAYS: True,
            ("bad_cursor",): told.list,
            ("not_signed_in", "not_allowed"): not self._is_public,
            ("not_found",): "{" in self.path,
            ("refused", "length_needed", "too_large"): self.method != "GET",
            ("bad_json", "unknown_field", "wrong_content_type"): self.method != "GET" and told.takes_type is None,
            ("bad_key", "in_progress", "key_reused"): self.method == "POST",
            ("changed",): self.method in CHANGES_ONE,
            told.problems: True,
        }
        by_status: dict[int, list[str]] = {}
        for code in dict.fromkeys(code for codes, may in may_come.items() if may for code in codes):
            by_status.setdefault(KINDS[code].status, []).append(code)
        return dict(sorted(by_status.items()))


@cache
def _page_of(shown: Any) -> type[serializers.Serializer]:
    """What a page of a list of these looks like."""
    parts = {
        "results": shown(many=True),
        "next": serializers.CharField(allow_null=True),
        "previous": serializers.CharField(allow_null=True),
    }
    return type(f"{shown.__name__.removesuffix('Shown')}PageShown", (serializers.Serializer,), parts)


def close_bodies(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Bodies have no other fields than those described: a request with others is refused."""
    schemas = result["components"]["schemas"]
    for name in _bodies(result):
        if "properties" in schemas[name]:
            schemas[name]["additionalProperties"] = False
    return result


def drop_own_marks(result: Any, generator: Any, **_more: Any) -> Any:
    """Without the generator's notes to itself."""
    if isinstance(result, dict):
        return {k: drop_own_marks(v, generator) for k, v in result.items() if k != "x-spec-enum-id"}
    return [drop_own_marks(each, generator) for each in result] if isinstance(result, list) else result


def describe_selections(result: dict[str, Any], generator: Any, **_more: Any) -> dict[str, Any]:
    """Where only some fields may be asked for, the answer may have fewer than the thing has."""
    schemas = result["components"]["schemas"]
    for path in result["paths"].values():
        get = path.get("get", {})
        if any(parameter["name"] == "fields" for parameter in get.get("parameters", [])):
            shown = get["responses"]["200"]["content"]["application/json"]["schema"]
            if "$ref" not in shown:
                continue
            if "next" not in schemas[_name(shown)]["properties"]:
                get["responses"]["200"]["content"]["application/json"]["schema"] = _some_of(shown, schemas)
            else:
                items = schemas[_name(shown)]["properties"]["results"]
                items["items"] = _some_of(items["items"], schemas)
    return result


def _some_of(shown: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in shown:
        return shown
    part = copy.deepcopy(schemas[_name(shown)])
    part.pop("required", None)
    schemas[f"Some{_name(shown)}"] = part | {"additionalProperties": False}
    return {"anyOf": [shown, {"$ref": f"#/components/schemas/Some{_name(shown)}"}]}


def _name(shown: dict[str, str]) -> str:
    return shown["$ref"].rsplit("/", 1)[1]


def _bodies(result: dict[str, Any]) -> set[str]:
    """The names of all components that bodies are made of."""
    found: set[str] = set()
    waiting = [
        method["requestBody"] for path in result["paths"].values() for method in path.values()
        if isinstance(method, dict) and "requestBody" in method
    ]  # fmt: skip
    while waiting:
        part = waiting.pop()
        values = part.values() if isinstance(part, dict) else part if isinstance(part, list) else []
        waiting += [each for each in values if isinstance(each, dict | list)]
        if isinstance(part, dict) and "$ref" in part and _name(part) not in found:
            found.add(_name(part))
            waiting.append(result["components"]["schemas"][_name(part)])
    return found


@cache
def openapi() -> dict[str, Any]:
    """The whole description, in English, which is what programmers of all countries read."""
    with translation.override("en"):
        return SchemaGenerator().get_schema(request=None, public=True)


class DescriptionShown(serializers.Serializer):
    openapi = serializers.CharField()
    info = serializers.DictField()
    paths = serializers.DictField()
    components = serializers.DictField()


class Schema(Resource):
    permission = PUBLIC
    scope = {"GET": READ}

    @operation("describe_api", "This description", gives=DescriptionShown)
    def get(self, request: Request) -> dict[str, Any]:
        return openapi()
