"""The number of the request that is being answered: in the answer, and in every line of the log that it caused."""

import re
import uuid
from contextvars import ContextVar

HEADER = "X-Request-ID"
SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}")

current: ContextVar[str] = ContextVar("request_id", default="")


def request_id(given: str) -> str:
    """The number a proxy has ``given`` the request, if it is one that a log can hold; else a new one."""
    return given if SANE.fullmatch(given) else uuid.uuid4().hex
