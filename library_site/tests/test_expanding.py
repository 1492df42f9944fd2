"""Migrations after a release only add, so that the program of before runs on beside them (docs/updating.md)."""

from typing import Any

import pytest
from django.db import models
from django.db.migrations import Migration
from django.db.migrations import operations as does

from library_site.tests.expanding import MARK, not_only_adding, own_migrations, released_migrations

RELEASED = ("catalog", "0001_catalogue")


def found(*operations: Any, mark: str = "") -> list[str]:
    """What is said of a migration with these operations that comes after the released one."""
    later = Migration("0003_later", "catalog")
    later.operations = list(operations)
    setattr(later, MARK, mark)
    first = Migration("0001_catalogue", "catalog")
    first.operations = [does.RemoveField("book", "pages")]
    return list(not_only_adding({RELEASED: first, ("catalog", "0003_later"): later}, [RELEASED]))


def test_migrations_since_the_release_only_add() -> None:
    assert list(not_only_adding(own_migrations(), released_migrations())) == []


def test_all_migrations_are_looked_at() -> None:
    assert {app for app, _name in own_migrations()} == {"accounts", "catalog", "circulation"}


@pytest.mark.parametrize(
    "operation",
    [
        does.CreateModel("shelf", [("id", models.BigAutoField(primary_key=True))]),
        does.AddField("book", "size", models.IntegerField(null=True)),
        does.AddField("book", "size", models.IntegerField(db_default=0)),
        does.AddField("book", "shelves", models.ManyToManyField("catalog.Shelf")),
        does.AddIndex("book", models.Index(fields=["title"], name="book_title")),
        does.RunPython(does.RunPython.noop),
    ],
)
def test_what_adds_is_let_pass(operation: Any) -> None:
    assert found(operation) == []


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        (does.RemoveField("book", "pages"), "Remove field pages from book: the program before still asks for it"),
        (does.RenameField("book", "pages", "leaves"), "Rename field pages on book to leaves: the program before still"
         " asks for it"),
        (does.DeleteModel("book"), "Delete model book: the program before still asks for it"),
        (does.AddField("book", "size", models.IntegerField(default=0)), "Add field size to book: the program before"
         " writes rows without it: null=True or db_default"),
        (does.AlterField("book", "pages", models.IntegerField()), "Alter field pages on book: whether the program"
         " before gets along with it has to be said"),
        (does.RunSQL("DROP TABLE catalog_book"), "Raw SQL operation: what it does cannot be seen"),
        (does.SeparateDatabaseAndState([does.RemoveField("book", "pages")]), "Remove field pages from book: the"
         " program before still asks for it"),
    ],
)  # fmt: skip
def test_what_the_program_before_would_miss_is_named(operation: Any, said: str) -> None:
    assert found(operation) == [f"catalog 0003_later: {said}"]


def test_what_says_why_is_let_pass() -> None:
    assert found(does.RemoveField("book", "pages"), mark="Not known since 0.2.0.") == []


def test_table_that_was_made_since_may_be_changed() -> None:
    made = does.CreateModel("shelf", [("id", models.BigAutoField(primary_key=True))])
    assert found(made, does.AddField("shelf", "name", models.TextField(default=""))) == []
