"""What a person has said before that the columns of such a table are."""

from collections.abc import Sequence

from catalog.models import ColumnMapping

from .columns import Spec, header_digest


def remembered_mapping(names: Sequence[str], spec: Spec) -> dict[str, str] | None:
    """Name -> field as last corrected for a table whose columns are called the same; None if nobody ever did.

    One further column at the end says nothing: that is how wrong rows come back, with their reasons. Fields that there
    are no more are none.
    """
    fields = _kept(names, spec)
    if fields is None and len(names) > 1:
        fields = _kept(names[:-1], spec)
    if fields is None:
        return None
    known = spec.by_field
    said = [field if field in known else "" for field in fields] + [""]
    return dict(zip(names, said, strict=False))


def _kept(names: Sequence[str], spec: Spec) -> list[str] | None:
    digest = header_digest(names)
    return ColumnMapping.objects.filter(what=spec.what, digest=digest).values_list("fields", flat=True).first()
