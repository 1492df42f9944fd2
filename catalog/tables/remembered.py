"""What a person has said before that the columns of such a table are."""

from collections.abc import Sequence

from catalog.models import ColumnMapping

from .columns import Spec, header_digest


def remembered_mapping(names: Sequence[str], spec: Spec) -> dict[str, str] | None:
    """Name -> field as last corrected for a table whose columns are called the same; None if nobody ever did.

    Fields that there are no more are none.
    """
    kept = ColumnMapping.objects.filter(what=spec.what, digest=header_digest(names)).first()
    if kept is None:
        return None
    known = spec.by_field
    fields = [field if field in known else "" for field in kept.fields]
    return dict(zip(names, fields, strict=False))
