"""What the log says: one line for an answer that is a refusal; on demand every line as JSON without personal data."""

import json
import logging
import re
import traceback
from datetime import UTC, datetime
from typing import Any

from library_site.operation import request_ids

FIRST_FAULT = 500
EMAIL = re.compile(r"[^\s<>\"'@]+@[^\s<>\"'@]+")
QUOTED = re.compile(r"(\"[^\"]*\"|'[^']*'|“[^”]*”)")
NAME_OF_A_THING = re.compile(r".[a-z0-9_.:/-]{1,63}.")  # of a table, a file, a host: nobody is called so
QUERY = re.compile(r"\?\S*")
KEY_IN_A_LINK = re.compile(r"(/key/)[^/\s]+")
FIELDS = ("method", "route", "status", "ms")


class OneLineRefusals(logging.Filter):
    """Whoever may not, or asks what nobody understands, gets an answer and one line: no fault, no traceback."""

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", FIRST_FAULT) < FIRST_FAULT:
            record.exc_info = record.exc_text = None
        return True


class JsonLines(logging.Formatter):
    """One object a line. Of what people typed nothing is left: no address, no query, no value in quotation marks."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": without_people(_with_route(record)),
        }
        if number := request_ids.current.get():
            line["request"] = number
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1]:
            line |= _fault(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False)


def without_people(text: str) -> str:
    """The first line of ``text`` without what may be somebody's: PostgreSQL names the values in its second line."""
    first = text.strip().partition("\n")[0]
    first = KEY_IN_A_LINK.sub(r"\1…", QUERY.sub("?…", EMAIL.sub("…", first)))
    return QUOTED.sub(lambda found: found[0] if NAME_OF_A_THING.fullmatch(found[0]) else "“…”", first)


def _with_route(record: logging.LogRecord) -> str:
    """The message with the route in the place of the path, which may hold a number of somebody's card."""
    request = getattr(record, "request", None)
    match, path = getattr(request, "resolver_match", None), getattr(request, "path", "")
    message = record.getMessage()
    return message.replace(path, f"/{match.route}") if match and len(path) > 1 else message


def _fault(error: BaseException) -> dict[str, Any]:
    frames = traceback.extract_tb(error.__traceback__)
    return {
        "error": type(error).__name__,
        "problem": without_people(str(error)),
        "trace": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
    }
