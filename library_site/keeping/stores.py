"""Which module knows a kind of database."""

from types import ModuleType
from typing import Any

from library_site.keeping import postgres, sqlite

STORES: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


def store_of(connection: Any) -> ModuleType:
    """The module for the database of ``connection``."""
    return STORES[connection.vendor]
