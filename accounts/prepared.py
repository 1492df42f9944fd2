"""Queries whose SQL is made once in the life of a process: for what is asked on every page and for every row of a list.

Django's SQL takes longer to make than the database takes to answer it.
"""

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import islice
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import QuerySet

from accounts.databases import reading

STAND_INS = range(-1_000, 0)  # no key is below zero


class Compiled(NamedTuple):
    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: dict
    model: Any


class Prepared:
    """The query that ``make`` makes for a list of keys, with ``values_list``; what else it says stays as it is.

    ``most``: so many keys are asked for at once. Nothing but the keys may differ from one time to the next: no
    ``now``, nothing of the visitor's language.
    """

    def __init__(self, make: Callable[[list[int]], QuerySet], most: int = 0) -> None:
        self._make, self._most = make, most

    def rows(self, keys: Sequence[int] = ()) -> list[tuple]:
        """The rows for ``keys``, as ``values_list`` gives them."""
        if not self._most:
            return self._asked([])
        return [
            row for first in range(0, len(keys), self._most) for row in self._asked(keys[first : first + self._most])
        ]

    def _asked(self, keys: Sequence[int]) -> list[tuple]:
        made = self._compiled
        parameters = [self._in_place(parameter, keys) for parameter in made.parameters]
        with reading(made.model).cursor() as cursor:
            cursor.execute(made.sql, parameters)
            rows = cursor.fetchall()
        return (
            [tuple(row) for row in made.compiler.apply_converters(rows, made.converters)] if made.converters else rows
        )

    def _in_place(self, parameter: Any, keys: Sequence[int]) -> Any:
        """The key for which ``parameter`` stands in; the last one again where there are fewer."""
        if type(parameter) is not int or parameter not in STAND_INS:
            return parameter
        return keys[min(parameter - STAND_INS.start, len(keys) - 1)]

    @cached_property
    def _compiled(self) -> Compiled:
        rows = self._make(list(islice(STAND_INS, self._most)))
        compiler = rows.query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        chosen = [expression for expression, _sql, _alias in compiler.select]
        return Compiled(sql, tuple(parameters), compiler, compiler.get_converters(chosen), rows.model)
