"""Every method of every address of the API declares who may use it and what for; the description says what is true."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import permissions as rights
from accounts.api.docs import Docs
from accounts.api.permissions import ANY_SCOPE, CIRCULATE, MANAGE, MEMBERS, PUBLIC, READ, SIGNED_IN, declared
from accounts.api.problems import ADDRESS, KINDS
from accounts.api.schema import openapi
from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory
from catalog.models import SourceRecord
from catalog.services.batches import start_import
from catalog.tests.factories import BookFactory, CopyFactory
from library_site.urls import api

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = Path(settings.BASE_DIR, "docs", "api", "openapi.yaml")
WRITES_WITHOUT_SCOPE = {("login", "POST"), ("logout", "POST")}
SCOPES = (READ, CIRCULATE, MANAGE, ANY_SCOPE)


def operations() -> Iterator[tuple[str, str, Any]]:
    """Name of the route, method and class of everything the API takes."""
    for route in api[0]:
        view = route.callback.view_class
        if view is not Docs:
            yield from ((route.name, method.upper(), view) for method in METHODS if hasattr(view, method))


def test_every_operation_declares_permission_and_scope() -> None:
    known = {PUBLIC, SIGNED_IN, MEMBERS, *rights.NAMES}
    wrong = [
        (name, method) for name, method, view in operations()
        if view.scope.get(method) not in SCOPES or declared(view.permission, method) not in known
        or not hasattr(getattr(view, method.lower()), "operation")
    ]  # fmt: skip
    assert wrong == []


def test_only_tokens_made_for_it_change_anything() -> None:
    free = (READ, ANY_SCOPE)
    read = {(name, method) for name, method, view in operations() if method != "GET" and view.scope[method] in free}
    assert read == WRITES_WITHOUT_SCOPE


@pytest.fixture
def ours(librarian: User, admin_user: User) -> Callable[..., Any]:
    """Sends one request to an address by name, about something there is, in the name of an Admin."""
    book, member = BookFactory(), MemberFactory()
    SourceRecord.objects.create(book=book, source="openlibrary", key="OL1M", fetched_at=timezone.now())
    there = {
        "book": book.pk, "saved_book": book.pk, "copy": CopyFactory().pk, "member": member.pk,
        "import": start_import(["OL1M"], by=librarian, auto_apply=False).pk,
    }  # fmt: skip
    program = Program(admin_user)
    return lambda name, method, body: program.ask(
        method, reverse(f"api:{name}", args=[there[name]]), body, If_Match='"what it was"'
    )


def test_whatever_changes_one_thing_leaves_it_if_it_is_not_what_was_seen(ours: Callable[..., Any]) -> None:
    bodies = {"PUT": {"title": "Other"}, "PATCH": {}, "DELETE": None}
    answers = {
        (name, method): problem_of(ours(name, method, bodies[method]))
        for name, method, _view in operations() if method in bodies
    }  # fmt: skip
    assert (len(answers) >= 9, set(answers.values())) == (True, {(412, "changed")})


def test_every_way_to_sign_in_that_is_named_is_described() -> None:
    described = openapi()["components"]["securitySchemes"]
    named = {
        name for path in openapi()["paths"].values() for each in path.values() for way in each["security"]
        for name in way
    }  # fmt: skip
    assert (set(described), described["token"]) == (named, {"type": "http", "scheme": "bearer"})


def test_operations_have_names_of_their_own() -> None:
    names = [getattr(view, method.lower()).operation.id for _name, method, view in operations()]
    assert sorted(set(names)) == sorted(names)


def test_committed_description_is_the_one_that_is_served(client: Client) -> None:
    served = client.get(reverse("api:schema")).json()
    assert (yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")), openapi()) == (served, served)


def test_problems_that_are_described_are_those_there_are(client: Client) -> None:
    assert all(client.get(f"{ADDRESS}{code}").json()["status"] == kind.status for code, kind in KINDS.items())
    assert "ZeroDivision" not in json.dumps(openapi())
