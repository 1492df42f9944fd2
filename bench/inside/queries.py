"""Counts the database queries of every page, with Django's test client; prints them as JSON.

Usage: queries.py PREPARED.json. Run by bench/within.py.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import Member, User
from catalog.models import Book, BookIdentifier, Copy
from circulation.models import Loan

LITERAL = re.compile(r"'(?:[^']|'')*'|\b\d+\b")
LIST = re.compile(r"\(\?(?:, \?)+\)")


def main() -> None:
    prepared = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    clients = {
        "anybody": client_of(None),
        "librarian": client_of(prepared["librarians"][0]["name"]),
        "member": client_of(prepared["member"]["name"]),
    }
    pages = [(name, who, paths[0]) for name, who, paths in prepared["pages"]] + more_pages()
    for client in clients.values():
        client.get("/")  # so that what a process reads once is no page's burden
    print(json.dumps([count(clients[who], name, who, path) for name, who, path in pages]))


def client_of(username: str | None) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    if username:
        client.force_login(User.objects.get(username=username))
    return client


def more_pages() -> list[tuple[str, str, str]]:
    """Pages that are not timed but must keep to the limit too."""
    book = Book.objects.order_by("-pk")[0]
    copy = Copy.objects.order_by("pk")[0]
    isbn = BookIdentifier.objects.filter(kind="isbn13").order_by("pk")[0].value
    busiest = Member.objects.order_by("-loans_ever", "pk")[0]
    barcode = Loan.objects.open().order_by("pk")[0].copy.barcode
    return [
        ("one ISBN", "anybody", f"/isbn/{isbn}/"),
        ("sign in", "anybody", "/accounts/login/"),
        ("desk: edit a book", "librarian", f"/desk/books/{book.pk}/"),
        ("desk: add a book", "librarian", "/desk/books/add/"),
        ("desk: edit a copy", "librarian", f"/desk/copies/{copy.pk}/"),
        ("desk: import", "librarian", "/desk/import/"),
        ("desk: issue", "librarian", "/desk/issue/"),
        ("desk: return", "librarian", "/desk/return/"),
        ("desk: renew", "librarian", "/desk/renew/"),
        ("desk: member with most loans ever", "librarian", f"/desk/members/{busiest.pk}/"),
        ("desk: edit a member", "librarian", f"/desk/members/{busiest.pk}/edit/"),
        ("desk: add a member", "librarian", "/desk/members/add/"),
        ("desk: members, a name", "librarian", f"/desk/members/?q={busiest.name.split()[-1]}"),
        ("desk: loans, overdue", "librarian", "/desk/loans/?show=overdue"),
        ("desk: loans, returned", "librarian", "/desk/loans/?show=returned"),
        ("desk: loans, a barcode", "librarian", f"/desk/loans/?q={barcode}"),
        ("desk: take a payment", "librarian", f"/desk/members/{busiest.pk}/pay/"),
        ("my loans, returned", "member", "/me/?show=returned"),
        ("my loans, overdue", "member", "/me/?show=overdue"),
        ("my fines", "member", "/me/fines/"),
        ("my profile", "member", "/me/profile/"),
    ]


def count(client: Client, name: str, who: str, path: str) -> dict[str, Any]:
    """How many queries the page took, and which one was repeated most."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    shapes = Counter(shape(query["sql"]) for query in captured)
    repeated, times = shapes.most_common(1)[0] if shapes else ("", 0)
    return {
        "page": name, "who": who, "path": path, "status": answer.status_code, "queries": len(captured),
        "repeated": times if times > 1 else 0, "query": repeated[:300] if times > 1 else "",
    }  # fmt: skip


def shape(sql: str) -> str:
    """``sql`` with every number and text replaced, so that equal queries for different rows look equal."""
    return LIST.sub("(?)", LITERAL.sub("?", sql))


if __name__ == "__main__":
    main()
