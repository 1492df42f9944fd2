"""The rows of a table as they stand there: to compare all there is before and after."""

from typing import Any

from django.db import connection
from django.db.models import Model


def rows_of(model: type[Model]) -> list[dict[str, Any]]:
    """Every row of the model's table in order, by column: in plain SQL, which Django takes long to make."""
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT * FROM "{model._meta.db_table}" ORDER BY 1')  # noqa: S608 - a name of ours
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
