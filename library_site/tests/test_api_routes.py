"""Every method of every address of the API declares who may use it and what for; the description says what is true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import permissions as rights
from accounts.api.docs import Docs
from accounts.api.permissions import CIRCULATE, MANAGE, MEMBERS, PUBLIC, READ, SIGNED_IN, declared
from accounts.api.problems import ADDRESS, KINDS
from accounts.api.schema import openapi
from library_site.urls import api

pytestmark = pytest.mark.django_db
METHODS = ("get", "post", "put", "patch", "delete")
DESCRIPTION = Path(settings.BASE_DIR, "docs", "api", "openapi.yaml")
WRITES_WITHOUT_SCOPE = {("login", "POST"), ("logout", "POST")}


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
        if view.scope.get(method) not in (READ, CIRCULATE, MANAGE) or declared(view.permission, method) not in known
        or not hasattr(getattr(view, method.lower()), "operation")
    ]  # fmt: skip
    assert wrong == []


def test_only_tokens_made_for_it_change_anything() -> None:
    read = {(name, method) for name, method, view in operations() if method != "GET" and view.scope[method] == READ}
    assert read == WRITES_WITHOUT_SCOPE


def test_operations_have_names_of_their_own() -> None:
    names = [getattr(view, method.lower()).operation.id for _name, method, view in operations()]
    assert sorted(set(names)) == sorted(names)


def test_committed_description_is_the_one_that_is_served(client: Client) -> None:
    served = client.get(reverse("api:schema")).json()
    assert (yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")), openapi()) == (served, served)


def test_problems_that_are_described_are_those_there_are(client: Client) -> None:
    assert all(client.get(f"{ADDRESS}{code}").json()["status"] == kind.status for code, kind in KINDS.items())
    assert "ZeroDivision" not in json.dumps(openapi())
