"""The library of a scenario as it was read: names and values, no rows yet."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any


@dataclass(frozen=True, slots=True)
class Days:
    """Days that differ from the week, as the file names them."""

    from_on: date
    to_on: date
    is_yearly: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """A calendar: the hours of each weekday (None: open every day, all day), closed days, and opened ones."""

    hours: Mapping[int, tuple[time, time]] | None = None
    closed: tuple[Days, ...] = ()
    open: tuple[Days, ...] = ()


@dataclass(frozen=True, slots=True)
class Category:
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Type:
    code: str
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: branch, category and copy type by code (None: any), and the fields of the row it sets."""

    scope: tuple[str | None, str | None, str | None]
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    card: str
    category: str
    expires_on: date | None = None
    keep_history: bool | None = None


@dataclass(frozen=True, slots=True)
class Item:
    barcode: str
    type: str
    branch: str
    price_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Title:
    id: str
    title: str
    isbn: str = ""
    copies: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do or to ask, ``at`` a local time (None: that of the step before)."""

    place: str
    at: datetime | None
    do: str
    values: Mapping[str, Any]
    expect: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Scenario:
    """A whole file. ``refused_setup``: the codes the set-up is to be refused with (None: it is to be accepted)."""

    name: str
    time_zone: str
    currency: str
    today: date
    settings: Mapping[str, Any]
    branches: tuple[str, ...]
    calendars: Mapping[str, Week]
    categories: tuple[Category, ...]
    copy_types: tuple[Type, ...]
    rules: tuple[Rule, ...]
    members: tuple[Person, ...]
    books: tuple[Title, ...]
    steps: tuple[Step, ...]
    refused_setup: tuple[str, ...] | None = None
