"""Remembering what a person said the columns of a table are."""

from collections.abc import Sequence
from datetime import datetime

from accounts.models import Action, User
from accounts.services.actions import describe, leave_out, recorded
from catalog.models import ColumnMapping
from catalog.tables.columns import header_digest


@recorded("remember_mapping")
def remember_mapping(
    action: Action, names: Sequence[str], columns: dict[str, str], *, what: str, by: User | None, now: datetime
) -> ColumnMapping:
    """Keep the ``columns`` (name -> field) of a table of the kind ``what`` whose columns are called ``names``.

    A later word about the same names takes the place of the earlier one.
    """
    fields = [columns.get(name, "") for name in names]
    digest = header_digest(names)
    before = ColumnMapping.objects.filter(what=what, digest=digest).values_list("fields", flat=True).first()
    kept, _made = ColumnMapping.objects.update_or_create(
        what=what, digest=digest, defaults={"fields": fields, "used_at": now}
    )
    describe(action, kept, before={"fields": before or []}, after={"fields": fields})
    if before == fields:
        leave_out(action)
    return kept
