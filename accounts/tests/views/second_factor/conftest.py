"""Lena signs in at eight in the morning, and what she has to do so."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client

from accounts.models import User
from accounts.permissions import LIBRARIAN
from accounts.tests.second_factors import code_of, give_app
from accounts.tests.views.second_factor.lena import APP, MORNING, PASSWORD, shown_secret


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def lena(make_user: Any) -> User:
    return make_user(LIBRARIAN, username="LENA", name="Lena", password=make_password(PASSWORD))


@pytest.fixture
def secret(lena: User) -> str:
    """Of the app on Lena's phone."""
    return give_app(lena)


@pytest.fixture
def set_up(desk: Client, django_capture_on_commit_callbacks: Any) -> None:
    """The librarian has just set up an app."""
    with django_capture_on_commit_callbacks(execute=True):
        desk.post(APP, {"code": code_of(shown_secret(desk.get(APP)))})
