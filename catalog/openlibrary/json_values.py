"""Taking values of the expected type out of JSON of any shape."""

import json
import math
from typing import Any

from catalog.normalize.text import plain_text

DEEPEST = 60


def read_json(body: bytes) -> Any:
    """``body`` as JSON that can be stored again: UTF-8 (with or without a byte order mark), finite, not too deep.

    NUL characters and lone surrogates, which databases refuse, are dropped from strings.
    Raises: ValueError when it is anything else.
    """
    try:
        value = json.loads(body.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
        return _storable(value, DEEPEST)
    except RecursionError as error:
        raise ValueError("nested too deeply") from error


def mapping(value: Any) -> dict[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: Any) -> list[Any]:
    """``value`` if it is a list, a single text or object as a list of one, else an empty list."""
    if isinstance(value, list):
        return value
    return [value] if isinstance(value, str | dict) and value else []


def strings(value: Any) -> list[str]:
    """The texts in a list (or the one that stands where a list should), {"value": text} and {"name": text} unpacked."""
    unpacked = (item.get("value", item.get("name")) if isinstance(item, dict) else item for item in items(value))
    return [text for text in map(plain_text, unpacked) if text]


def integer(value: Any, lowest: int = 1, highest: int = 2**31 - 1) -> int | None:
    """``value`` if it is a whole number in the range (true and false are none)."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number and lowest <= value <= highest else None


def key_of(value: Any) -> str:
    """The key in "/works/OL1W", {"key": "/works/OL1W"} or {"author": {"key": ...}}; "" if there is none."""
    if isinstance(value, dict):
        value = value.get("key") or mapping(value.get("author")).get("key") or value.get("author")
    return value if isinstance(value, str) else ""


def _storable(value: Any, depth: int) -> Any:
    if depth == 0:
        raise ValueError("nested too deeply")
    if isinstance(value, dict):
        return {_storable(name, depth): _storable(item, depth - 1) for name, item in value.items()}
    if isinstance(value, list):
        return [_storable(item, depth - 1) for item in value]
    return _storable_text(value) if isinstance(value, str) else value


def _storable_text(text: str) -> str:
    if text.isascii() and "\0" not in text:
        return text
    return text.replace("\0", "").encode("utf-8", "ignore").decode("utf-8")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("a number without bounds")
    return number
