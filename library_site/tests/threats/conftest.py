"""Whom and what the tests of several threats share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher

from accounts.tests.views.conftest import mia

__all__ = ["mia"]


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every password that the hasher works on."""
    seen: list[str] = []
    encode = MD5PasswordHasher.encode

    def noting(self: MD5PasswordHasher, password: str, *rest: Any) -> str:
        seen.append(password)
        return encode(self, password, *rest)

    monkeypatch.setattr(MD5PasswordHasher, "encode", noting)
    return seen
