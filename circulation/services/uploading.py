"""Files that come from outside, made into imports: kept, looked at, handed to the worker."""

from collections.abc import Iterable
from typing import Any

from accounts.models import User
from catalog.files import TABLES, StoredFile, forget, opened, store, stored_path
from catalog.models import ImportBatch
from catalog.services.batches import start_file
from circulation.services.readers import look_at_table, names_in_tables


def start_upload(
    pieces: Iterable[bytes], *, name: str, options: dict[str, Any], by: User | None, key: str | None,
    trusts_columns: bool = False,
) -> ImportBatch:  # fmt: skip
    """Keep the file of these ``pieces``, which its owner calls ``name``, and make an import of it (see ``start_file``).

    A table waits until a person has said what its columns are, unless ``trusts_columns`` and they can be told from
    its first rows. Of a file sent twice with one ``key`` the first is read. Raises FileRefused.
    """
    return start_stored(
        store(pieces), name=name, options=options, by=by, key=key, trusts_columns=trusts_columns
    )  # fmt: skip


def start_stored(
    stored: StoredFile, *, name: str, options: dict[str, Any], by: User | None, key: str | None,
    trusts_columns: bool = False,
) -> ImportBatch:  # fmt: skip
    """As ``start_upload`` of a file that is kept already, and is forgotten where nothing comes of it."""
    try:
        with opened(stored_path(stored.name), name) as found:
            look = look_at_table(found, {}) if found.kind == "csv" else None
            is_mapped = look is None or (trusts_columns and not look.lacks)
            batch = start_file(
                stored=stored, name=name, kind=found.kind, by=by, key=key, is_mapped=is_mapped,
                options=options | (look.facts if look else names_in_tables(found) if found.kind == TABLES else {}),
            )  # fmt: skip
    except BaseException:
        forget(stored.name)
        raise
    if batch.file != stored.name:  # it was sent twice: the first one's file is read
        forget(stored.name)
    return batch
