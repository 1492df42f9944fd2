"""Errors as other programs get them: one document (RFC 9457) with a stable type, whatever went wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from allauth.core.exceptions import ImmediateHttpResponse
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.core.exceptions import ValidationError as InvalidModel
from django.http import Http404, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import exceptions as drf

from accounts.exceptions import Refused
from accounts.services.actions import FormAlreadyUsed
from circulation.exceptions import CirculationRefused, Level

MEDIA_TYPE = "application/problem+json"
ADDRESS = "/api/v1/problems/"


@dataclass(frozen=True, slots=True)
class Kind:
    """A type of problem: its HTTP status and what it means, in one sentence."""

    status: int
    title: Any
    meaning: Any


KINDS = {
    "moved": Kind(301, gettext_lazy("Moved"), gettext_lazy("It became part of another one; “Location” leads there.")),
    "bad_request": Kind(400, gettext_lazy("Not understood"), gettext_lazy("The request makes no sense as it is.")),
    "bad_json": Kind(400, gettext_lazy("Not JSON"), gettext_lazy("The body is not JSON in UTF-8, or nested too deep.")),
    "invalid": Kind(400, gettext_lazy("Not valid"), gettext_lazy("Some values are missing or wrong; see “errors”.")),
    "unknown_field": Kind(
        400, gettext_lazy("Unknown field"), gettext_lazy("A field of the body is unknown here or can only be read.")
    ),
    "unknown_parameter": Kind(
        400, gettext_lazy("Unknown parameter"), gettext_lazy("A parameter of the address is unknown here.")
    ),
    "bad_cursor": Kind(
        400, gettext_lazy("Unknown page"), gettext_lazy("Only follow “next” and “previous” as they were given.")
    ),
    "bad_key": Kind(
        400, gettext_lazy("No such key"), gettext_lazy("An Idempotency-Key has 1 to 255 visible ASCII characters.")
    ),
    "not_signed_in": Kind(
        401, gettext_lazy("A token is needed"), gettext_lazy("Send “Authorization: Bearer” with a token.")
    ),
    "wrong_password": Kind(
        401, gettext_lazy("Not signed in"),
        gettext_lazy("Name and password do not fit together, or the sign-in is closed."),
    ),
    "wrong_code": Kind(
        401, gettext_lazy("A code is needed"),
        gettext_lazy("Send “code” with what the second factor shows now, or a recovery code."),
    ),
    "token_unknown": Kind(401, gettext_lazy("Unknown token"), gettext_lazy("There is no such token.")),
    "token_expired": Kind(401, gettext_lazy("Expired token"), gettext_lazy("The time of this token is over.")),
    "token_revoked": Kind(401, gettext_lazy("Revoked token"), gettext_lazy("This token was revoked.")),
    "user_disabled": Kind(401, gettext_lazy("Closed sign-in"), gettext_lazy("The sign-in of this token is closed.")),
    "not_allowed": Kind(
        403, gettext_lazy("Not allowed"), gettext_lazy("Whoever this token belongs to does not have the right.")
    ),
    "scope_missing": Kind(
        403, gettext_lazy("Not what this token is for"), gettext_lazy("The token was made without the scope it takes.")
    ),
    "password_must_change": Kind(
        403, gettext_lazy("Choose a password first"),
        gettext_lazy("The first password must be changed on the library's pages before anything else."),
    ),
    "second_factor_needed": Kind(
        403, gettext_lazy("Second factor needed"),
        gettext_lazy("A second factor must be set up on the library's pages before anything else."),
    ),
    "not_found": Kind(
        404, gettext_lazy("Not found"), gettext_lazy("There is nothing here, or nothing that is yours to see.")
    ),
    "method_not_allowed": Kind(
        405, gettext_lazy("No such method"), gettext_lazy("This address does not take this method; see “Allow”.")
    ),
    "not_acceptable": Kind(406, gettext_lazy("Only JSON"), gettext_lazy("Answers are JSON and nothing else.")),
    "refused": Kind(
        409, gettext_lazy("That cannot be done"), gettext_lazy("A rule of the library is against it; see “reasons”.")
    ),
    "in_progress": Kind(
        409, gettext_lazy("Still running"), gettext_lazy("The first request with this Idempotency-Key still runs.")
    ),
    "changed": Kind(
        412, gettext_lazy("Changed meanwhile"), gettext_lazy("It is not what If-Match says any more. Read it again.")
    ),
    "length_needed": Kind(
        411, gettext_lazy("Length needed"),
        gettext_lazy("Say in “Content-Length” how long the body is; bodies in pieces (chunked) are not read."),
    ),
    "too_large": Kind(413, gettext_lazy("Too large"), gettext_lazy("The body is larger than this address takes.")),
    "wrong_content_type": Kind(
        415, gettext_lazy("Wrong content type"), gettext_lazy("This address does not take bodies of this type.")
    ),
    "key_reused": Kind(
        422, gettext_lazy("Key was used"), gettext_lazy("This Idempotency-Key came with another request before.")
    ),
    "too_many_requests": Kind(
        429, gettext_lazy("Too many requests"), gettext_lazy("Wait as long as “Retry-After” says, then try again.")
    ),
    "fault": Kind(500, gettext_lazy("Our fault"), gettext_lazy("Something broke here. It has been written down.")),
    "source_unavailable": Kind(
        502, gettext_lazy("Open Library does not answer"), gettext_lazy("Nothing was saved. Try again later.")
    ),
    "busy": Kind(503, gettext_lazy("Busy"), gettext_lazy("Nothing was saved. Try again in a few seconds.")),
}  # fmt: skip
OF_STATUS = {
    400: "bad_request", 401: "not_signed_in", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 409: "refused", 411: "length_needed", 413: "too_large", 415: "wrong_content_type",
    429: "too_many_requests", 500: "fault", 503: "busy",
}  # fmt: skip


class Problem(drf.APIException):
    """A problem of a known kind. ``more`` are further members of its document."""

    def __init__(self, code: str, detail: str = "", headers: Mapping[str, str] | None = None, **more: Any) -> None:
        super().__init__(detail or str(KINDS[code].meaning), code)
        self.code, self.text, self.headers, self.more = code, detail, headers or {}, more
        self.status_code = KINDS[code].status


def document(code: str, detail: str = "", **more: Any) -> dict[str, Any]:
    """The problem document of the kind ``code``."""
    kind = KINDS[code]
    said = {"type": ADDRESS + code, "title": str(kind.title), "status": kind.status}
    return said | {"detail": detail or str(kind.meaning)} | more


def response(problem: Problem) -> HttpResponse:
    """``problem`` as it is sent."""
    body = document(problem.code, problem.text, **problem.more)
    return JsonResponse(body, status=problem.status_code, content_type=MEDIA_TYPE, headers=dict(problem.headers))


def response_of_status(status: int) -> HttpResponse:
    """The problem that stands for an HTTP ``status``, for what goes wrong before any resource is asked."""
    return response(Problem(OF_STATUS.get(status, "bad_request" if status < 500 else "fault")))


def answer(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """What REST framework answers to ``error``; None: nothing known, a fault of ours."""
    problem = problem_of(error)
    if isinstance(error, drf.UnsupportedMediaType):
        taken = context["view"].parser_classes[0].media_type
        problem = Problem("wrong_content_type", _("Send this as %(type)s.") % {"type": taken})
    return response(problem) if problem else None


def problem_of(error: Exception) -> Problem | None:
    """The problem that ``error`` is to the other side, if it is one."""
    if isinstance(error, Problem):
        return error
    make = next((make for kind, make in _MAKERS.items() if isinstance(error, kind)), None)
    return make(error) if make else None


def flat(errors: Any, path: str = "") -> dict[str, list[str]]:
    """Errors of nested bodies by the path of what they are about: ``contributors.0.name``; "" is the whole body."""
    if isinstance(errors, Mapping):
        parts = [(_below(path, str(name)), inner) for name, inner in errors.items() if inner]
    elif isinstance(errors, list) and any(isinstance(each, Mapping) for each in errors):
        parts = [(_below(path, str(n)), inner) for n, inner in enumerate(errors) if inner]
    else:
        return {path: [str(each) for each in (errors if isinstance(errors, list) else [errors])]}
    found: dict[str, list[str]] = {}
    for where, inner in parts:
        found |= flat(inner, where)
    return found


def _below(path: str, name: str) -> str:
    if name == "non_field_errors":
        return path
    return f"{path}.{name}" if path else name


def _invalid(error: Any) -> Problem:
    return Problem("invalid", errors=flat(error.detail))


def _invalid_model(error: Any) -> Problem:
    said = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return Problem("invalid", errors={"" if name == NON_FIELD_ERRORS else name: texts for name, texts in said.items()})


def _refused(error: Any) -> Problem:
    return Problem("refused", error.message, reasons=[{"code": error.code, "message": error.message}])


def _circulation_refused(error: Any) -> Problem:
    """With every reason at once; ``override`` names those that may be set aside, if nothing else is against it."""
    against = [each for each in error.problems if each.level != Level.INFO]
    reasons = [{"code": each.code, "message": each.in_full} for each in against]
    more: dict[str, Any] = {"reasons": reasons}
    if against and all(each.level == Level.CONFIRM for each in against):
        more["override"] = [{"code": each.code, "permission": each.permission} for each in against]
    return Problem("refused", " ".join(each.message for each in against), **more)


def _throttled(error: Any) -> Problem:
    return Problem("too_many_requests", headers={"Retry-After": str(int(error.wait or 60))})


def _stopped(error: Any) -> Problem:
    """What allauth answers to too many tries."""
    retry = error.response.headers.get("Retry-After", "300")
    return Problem("too_many_requests", headers={"Retry-After": retry})


_MAKERS: dict[type[Exception], Callable[[Any], Problem]] = {
    CirculationRefused: _circulation_refused,
    Refused: _refused,
    FormAlreadyUsed: lambda _error: Problem("key_reused"),
    drf.ValidationError: _invalid,
    InvalidModel: _invalid_model,
    drf.ParseError: lambda _error: Problem("bad_json"),
    drf.UnsupportedMediaType: lambda _error: Problem("wrong_content_type"),
    drf.NotAcceptable: lambda _error: Problem("not_acceptable"),
    drf.MethodNotAllowed: lambda _error: Problem("method_not_allowed"),
    drf.Throttled: _throttled,
    drf.NotAuthenticated: lambda _error: Problem("not_signed_in", headers={"WWW-Authenticate": "Bearer"}),
    drf.PermissionDenied: lambda _error: Problem("not_allowed"),
    PermissionDenied: lambda _error: Problem("not_allowed"),
    drf.NotFound: lambda _error: Problem("not_found"),
    Http404: lambda _error: Problem("not_found"),
    ImmediateHttpResponse: _stopped,
}
