"""Bodies: JSON in UTF-8, not too deep, nothing that no database can hold."""

import json
from typing import Any, NoReturn

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

DEEPEST = 20


class StrictJsonParser(BaseParser):
    """Reads what RFC 8259 calls JSON: no NaN, no half characters, no name twice in one object."""

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> Any:
        try:
            text = stream.read().decode("utf-8")
            value = json.loads(text, parse_constant=_no_number, object_pairs_hook=_once)
            json.dumps(value, ensure_ascii=False).encode()  # half of a character cannot be stored
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if depth(value) > DEEPEST:
            raise ParseError
        return value


def depth(value: Any) -> int:
    """How deep lists and objects are nested in ``value``; looks no deeper than it must to see that it is too deep."""
    level, deep = [value], 0
    while deep <= DEEPEST and (outer := [each for each in level if isinstance(each, dict | list)]):
        level = [inner for each in outer for inner in _inside(each)]
        deep += 1
    return deep


def _inside(value: dict | list) -> list:
    return list(value.values()) if isinstance(value, dict) else value


def _no_number(word: str) -> NoReturn:
    raise ValueError(word)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found
