"""Tests that take long, of the site beside programs that are really run: when they run, and what they want."""

import os
import shutil

import pytest

LONG = pytest.mark.skipif(not os.environ.get("LONG"), reason="takes long: make long")
LIVE = [pytest.mark.race, pytest.mark.xdist_group("races"), LONG]


def program(name: str) -> str:
    """Where the program ``name`` is, also where Debian keeps those of the administrator; "" if it is not installed."""
    return shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin") or ""


def wants(name: str) -> pytest.MarkDecorator:
    """A mark: left out, and said so, where the program ``name`` is not installed."""
    return pytest.mark.skipif(not program(name), reason=f"wants {name}")
