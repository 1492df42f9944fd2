"""Requests that may come twice: with one ``Idempotency-Key`` they are done once, and answered alike."""

import re
from collections.abc import Callable
from typing import Any

from django.http import HttpResponse
from django.utils.crypto import salted_hmac
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.problems import Problem
from accounts.services.answers import (
    Kept,
    KeyReused,
    StillRunning,
    begin_answer,
    drop_answer,
    finish_answer,
    key_of,
)

HEADER = "Idempotency-Key"
KEY = re.compile(r"[!-~]{1,255}")
KEPT_HEADERS = ("ETag", "Location")


def action_key(request: Request) -> str | None:
    """The key for services, by which an Action is done once; None where the request has none.

    Raises Problem("bad_key").
    """
    sent = request.headers.get(HEADER)
    if sent is None or request.user.is_anonymous:
        return None
    if not KEY.fullmatch(sent):
        raise Problem("bad_key")
    return key_of(request.user, sent)


def once(request: Request, key: str, make: Callable[[], Response]) -> Any:
    """The answer of ``make`` to ``request``, or the one given under ``key`` before. Only what was done uses a key up.

    Raises Problem("key_reused"), Problem("in_progress").
    """
    try:
        kept = begin_answer(key, _fingerprint(request))
    except KeyReused as error:
        raise Problem("key_reused") from error
    except StillRunning as error:
        raise Problem("in_progress", headers={"Retry-After": "1"}) from error
    return _again(kept) if kept else _first(key, make)


def _first(key: str, make: Callable[[], Response]) -> Response:
    try:
        response = make()
    except BaseException:
        drop_answer(key)
        raise
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    body = JSONRenderer().render(response.data).decode()
    finish_answer(key, status=response.status_code, headers=headers, body=body)
    return response


def _again(kept: Kept) -> HttpResponse:
    headers = {**kept.headers, "Idempotency-Replayed": "true"}
    return HttpResponse(kept.body, status=kept.status, headers=headers, content_type="application/json")


def _fingerprint(request: Request) -> str:
    """A word for what the request says: method, address and body, however it is laid out. Nobody guesses from it."""
    said = repr((request.method, request.get_full_path(), _sorted(request.data)))
    return salted_hmac("accounts.api.idempotency", said, algorithm="sha256").hexdigest()


def _sorted(value: Any) -> Any:
    if isinstance(value, dict):
        return [(name, _sorted(value[name])) for name in sorted(value)]
    return [_sorted(each) for each in value] if isinstance(value, list) else value
