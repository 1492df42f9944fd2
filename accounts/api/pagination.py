"""Pages of lists: where one ends the next begins, however many rows come and go meanwhile."""

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Field, Q, QuerySet
from rest_framework.request import Request

from accounts.api.problems import Problem

SALT = "accounts.api.pagination"
USUAL, MOST = 25, 100


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows of a list, and the cursors of the pages beside them."""

    rows: list[Any]
    next: str | None
    previous: str | None


def page_of(rows: QuerySet, order: tuple[str, ...], *, limit: int, cursor: str | None) -> Page:
    """The page of ``rows`` in ``order`` that ``cursor`` points to, or the first one.

    ``order``: fields that are never empty, all upwards or all downwards ("-..."), the last one unique.
    Raises Problem("bad_cursor").
    """
    backwards, after = _read(cursor, order, rows) if cursor else (False, None)
    turned = _turned(order) if backwards else order
    if after is not None:
        rows = rows.filter(_beyond(turned, after))
    found = list(rows.order_by(*turned)[: limit + 1])
    more, found = len(found) > limit, found[:limit]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else after is not None)
    return Page(
        found,
        next=_written(order, found[-1], backwards=False) if has_next else None,
        previous=_written(order, found[0], backwards=True) if has_previous else None,
    )


def link(request: Request, cursor: str | None) -> str | None:
    """The address of this list with ``cursor``."""
    if cursor is None:
        return None
    parameters = request.GET.copy()
    parameters["cursor"] = cursor
    return request.build_absolute_uri(f"{request.path}?{parameters.urlencode()}")


def _turned(order: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name[1:] if name.startswith("-") else f"-{name}" for name in order)


def _beyond(order: tuple[str, ...], values: list[Any]) -> Q:
    """The condition that a row comes after the one with ``values``."""
    beyond, same = Q(pk__in=[]), Q()
    for name, value in zip(order, values, strict=True):
        field, way = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        beyond |= same & Q(**{f"{field}__{way}": value})
        same &= Q(**{field: value})
    return beyond


def _written(order: tuple[str, ...], row: Any, *, backwards: bool) -> str:
    values = [_value_of(row, name.lstrip("-")) for name in order]
    return signing.dumps([list(order), backwards, values], salt=SALT, compress=True)


def _value_of(row: Any, path: str) -> Any:
    for name in path.split("__"):
        row = getattr(row, name)
    return row if isinstance(row, int | str) else row.isoformat()


def _read(cursor: str, order: tuple[str, ...], rows: QuerySet) -> tuple[bool, list[Any]]:
    try:
        made_for, backwards, values = signing.loads(cursor, salt=SALT)
        if made_for != list(order):
            raise Problem("bad_cursor")
        return backwards, [_field(rows, name).to_python(value) for name, value in zip(order, values, strict=True)]
    except (signing.BadSignature, ValueError, ValidationError) as error:
        raise Problem("bad_cursor") from error


def _field(rows: QuerySet, path: str) -> Field:
    model: Any = rows.model
    *through, last = path.lstrip("-").split("__")
    for name in through:
        model = model._meta.get_field(name).related_model
    try:
        return model._meta.pk if last == "pk" else model._meta.get_field(last)
    except FieldDoesNotExist:
        raise ValueError(path) from None
