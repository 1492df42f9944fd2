"""Whether something is still what the other side has seen: ETag, If-None-Match, If-Match."""

import hashlib
from typing import Any

from django.utils.http import parse_etags
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from accounts.api.problems import Problem


def etag_of(data: Any) -> str:
    """The strong tag of a representation."""
    return f'"{hashlib.sha256(JSONRenderer().render(data)).hexdigest()[:32]}"'


def is_known(request: Request, tag: str) -> bool:
    """Whether the other side has what ``tag`` stands for already."""
    known = [each.removeprefix("W/") for each in _tags(request, "If-None-Match")]
    return "*" in known or tag in known


def check_unchanged(request: Request, tag: str) -> None:
    """Raises Problem("changed") where If-Match names other tags than ``tag``. Without If-Match all is well."""
    known = _tags(request, "If-Match")
    if known and "*" not in known and tag not in known:
        raise Problem("changed", headers={"ETag": tag})


def _tags(request: Request, header: str) -> list[str]:
    sent = request.headers.get(header)
    return [] if sent is None else parse_etags(sent) or ['""']
