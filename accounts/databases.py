"""Which database is asked by queries that are written by hand."""

from typing import Any

from django.db import connections, models, router


def reading(model: type[models.Model]) -> Any:
    """The connection from which ``model`` is read now: that of a replica, where there is one and it may be asked."""
    return connections[router.db_for_read(model)]
