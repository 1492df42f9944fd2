"""What somebody types becomes a part of a question to the database: it goes beside the question, and orders have names.

``RawSQL``, ``extra`` and ``raw`` are used nowhere; modules that write SQL of their own are listed, and put nothing into
it but names of ours. What the database is really asked is looked at, too.
"""

import ast
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from accounts.tests.api.programs import Program, problem_of
from catalog.tests.factories import BookFactory
from library_site.tests.threats.asking import calls, parameters
from library_site.tests.threats.breaking import Break

CANARY = "zq' OR 'zq'='zq\") UNION SELECT 7--"
FORBIDDEN = {"raw", "extra", "RawSQL"}
WRITE_SQL = {
    "accounts.prepared", "accounts.services.rows", "catalog.queries", "catalog.search.broad", "catalog.search.counting",
    "catalog.search.narrow", "catalog.search.postgres", "catalog.search.sqlite", "catalog.services.offline",
    "catalog.services.shelving", "circulation.queries.stock",
}  # fmt: skip
OUT_OF_REACH = ("library_site.", "circulation.scenarios.")  # of whoever only has a browser or a token
LISTS = ["/search/", "/desk/members/", "/desk/books/", "/desk/loans/", "/desk/audit/", "/desk/copies/change/"]
ORDERS = ["password", "user__password", "-pin_hash", "title;DROP", "1,2", "?", "pk", "RANDOM()"]
BREAKS = [
    Break(
        "catalog/search/sqlite.py", "        cursor.execute(sql, values)",
        "        cursor.execute(sql.replace('%s', repr(values[0]).replace('%', ''), 1), values[1:])", test="never_in",
    ),
    Break(
        "accounts/queries/__init__.py", "members = current_members().select",
        'members = current_members().extra(where=["1=1"]).select', test="nowhere",
    ),
    Break(
        "catalog/services/shelving.py", "cursor.executemany(SAVE_ROW, values)",
        "cursor.executemany(SAVE_ROW % (), values)", test="by_hand",
    ),
    Break(
        "accounts/api/resources.py", "serializers.ChoiceField(list(self.orders), default=next(iter(self.orders)))",
        "serializers.CharField(required=False)", test="order",
    ),
]  # fmt: skip


def test_sql_is_put_together_nowhere_but_where_it_is_listed() -> None:
    assert [f"{module}: {called}" for module, called, _call in calls() if called in FORBIDDEN] == []
    by_cursor = {module for module, called, _call in calls() if called in ("execute", "executemany")}
    assert {module for module in by_cursor if not module.startswith(OUT_OF_REACH)} == WRITE_SQL


def test_sql_is_never_filled_in_by_hand() -> None:
    """Neither by % nor by format(): names of ours stand in it by f-strings, whatever else beside it."""
    wrong = [
        f"{module}:{call.lineno}"
        for module, called, call in calls()
        if called in ("execute", "executemany") and call.args and _is_filled_in(call.args[0])
    ]
    assert wrong == []


def _is_filled_in(sql: ast.expr) -> bool:
    by_format = isinstance(sql, ast.Call) and getattr(sql.func, "attr", "") in ("format", "replace")
    return by_format or (isinstance(sql, ast.BinOp) and isinstance(sql.op, ast.Mod))


@pytest.mark.django_db
def test_what_is_asked_for_is_never_in_the_question(client: Client, admin_desk: Client) -> None:
    BookFactory(title="Zq or zq", searchable=True)
    questions: list[str] = []

    def listen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        questions.append(sql)
        return execute(sql, params, many, context)

    given = dict.fromkeys(parameters(), CANARY)
    with connection.execute_wrapper(listen):
        answers = [client.get("/search/", {"q": CANARY, "field": each}) for each in ("all", "title", "author", "isbn")]
        answers.append(client.get("/search/suggest", {"q": CANARY}))
        answers += [admin_desk.get(path, query) for path in LISTS for query in ({"q": CANARY}, given)]
        answers += [admin_desk.post(f"/desk/{box}/", {"scan": CANARY}) for box in ("issue", "return", "renew", "scan")]
        answers += [Program().ask("GET", f"{path}{CANARY}") for path in ("catalogue/search?q=", "books?isbn=")]
    assert {answer.status_code for answer in answers} <= {200, 302, 400, 404, 409}
    assert (len(questions) > 100, [sql for sql in questions if "zq" in sql.lower()]) == (True, [])


@pytest.mark.django_db
def test_order_that_has_no_name_here_is_none(client: Client, desk: Client) -> None:
    asked = [(browser, path) for browser, path in ((client, "/search/"), (desk, "/desk/members/"))]
    pages = [browser.get(path, {"sort": order}) for order in ORDERS for browser, path in asked]
    assert {page.status_code for page in pages} <= {200, 400}
    programs = [Program().ask("GET", f"books?ordering={order}") for order in ORDERS]
    assert {problem_of(answer) for answer in programs} == {(400, "invalid")}
