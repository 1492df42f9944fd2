"""Every page asked with every parameter that any page knows, each holding the same text."""

import ast
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib import import_module
from typing import Any

from django.http import HttpResponse
from django.test import Client

from library_site.tests.audiences import (
    AUDIENCE,
    BROWSERS,
    PAGES,
)
from library_site.tests.test_architecture import modules

OF_DJANGO = {"next", "format", "before", "after", "page"}  # read by what we use, or by names that are put together


def parameters() -> set[str]:
    """Every name that a page looks for in an address: read by itself, or a field of a form that reads them."""
    found = set(OF_DJANGO)
    for name, path in modules():
        text = path.read_text(encoding="utf-8")
        if "request.GET" in text:
            found |= set(re.findall(r"GET(?:\.get|\.getlist)?[\[(]\"(\w+)\"", text))
            module = import_module(name)
            for form in re.findall(r"(\w+)\(request\.GET", text):
                found |= set(getattr(getattr(module, form, None), "base_fields", {}))
    return found


def every_page(
    address: Callable[[str], str], browser: Callable[[str], Client], given: dict[str, str]
) -> Iterator[tuple[str, HttpResponse]]:
    """The name of each page that can be fetched and what it answers to these parameters."""
    for name in PAGES:
        yield name, browser(BROWSERS[AUDIENCE[name]]).get(address(name), given)


def text_of(answer: Any) -> str:
    """What is answered, a file read to its end."""
    return answer.getvalue().decode(errors="replace")


@cache
def calls() -> list[tuple[str, str, ast.Call]]:
    """Every call in our code: the module, what is called, the call."""
    return [
        (name, getattr(node.func, "attr", getattr(node.func, "id", "")), node)
        for name, path in modules()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
    ]
