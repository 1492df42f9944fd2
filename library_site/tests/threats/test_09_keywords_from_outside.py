"""Names of parameters become keywords of a query: no page hands them on, and names that nobody knows change nothing."""

import ast
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import BookFactory
from library_site.tests.audiences import AUDIENCE, PUBLIC
from library_site.tests.threats.asking import calls
from library_site.tests.threats.breaking import Break

FROM_OUTSIDE = ("GET", "POST", "data", "query_params", "headers", "META", "COOKIES", "session")
KEYWORDS = "_connector=OR&_negated=1&pk__gte=0&title__startswith=a&user__password__regex=.&name__in=a&__class__=x"
LISTS = ["/desk/members/?", "/desk/loans/?", "/desk/books/?", "/search/?", "/search/?q=emma&", "/desk/audit/?"]
FORM = "    form = MemberSearchForm(request.GET)\n"
BREAKS = [
    Break("accounts/views/members.py", FORM, f"{FORM}    dict(**request.GET)\n", test="handed_on"),
    Break(
        "accounts/views/members.py", FORM,
        f"{FORM}    keys = {{name: request.GET[name] for name in request.GET}}\n"
        "    list(queries.current_members().filter(**keys))\n", test="change_nothing",
    ),
    Break(
        "accounts/api/bodies.py", "if isinstance(data, Mapping) and (unknown", "if data is None and (unknown",
        test="program",
    ),
]  # fmt: skip


def test_nothing_from_outside_is_handed_on_as_keywords() -> None:
    """``**request.GET``, ``**dict(request.POST)``, ``**request.GET.dict()``, ``**form.data`` and their like."""
    wrong = [
        f"{module}:{call.lineno}"
        for module, _called, call in calls()
        if any(each.arg is None and _is_outside(each.value) for each in call.keywords)
    ]
    assert wrong == []


def _is_outside(value: ast.expr) -> bool:
    return any(isinstance(node, ast.Attribute) and node.attr in FROM_OUTSIDE for node in ast.walk(value))


@pytest.mark.django_db
@pytest.mark.parametrize("path", LISTS)
def test_names_that_nobody_knows_change_nothing(path: str, admin_desk: Client) -> None:
    BookFactory(title="Emma", searchable=True)
    MemberFactory(name="Otto")
    plain, asked = admin_desk.get(path), admin_desk.get(path + KEYWORDS)
    assert (asked.status_code, words(asked)) == (plain.status_code, words(plain))


def words(page: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.content.decode()))


@pytest.mark.django_db
def test_no_open_page_fails_for_names_that_nobody_knows(address: Callable[[str], str], client: Client) -> None:
    names = [name for name, audience in AUDIENCE.items() if audience == PUBLIC and name != "library_site:ready"]
    sent = {"_connector": "x", "pk__gte": "0"}
    faults = {name for name in names if client.get(f"{address(name)}?{KEYWORDS}").status_code >= 500}
    faults |= {name for name in names if client.post(address(name), sent).status_code >= 500}
    assert faults == set()


@pytest.mark.django_db
def test_program_is_told_of_names_that_nobody_knows(librarian: User) -> None:
    program, names = Program(librarian), [each.partition("=")[0] for each in KEYWORDS.split("&")]
    asked = [problem_of(program.ask("GET", f"members?{name}=x")) for name in names]
    sent = [problem_of(program.ask("POST", "members", {"name": "Mia", name: "x"})) for name in names]
    assert (set(asked), set(sent)) == ({(400, "unknown_parameter")}, {(400, "unknown_field")})
