"""A migration that is cut off anywhere is begun again by the next start."""

from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from library_site.connecting import connected_to
from library_site.management.commands.migrate import WholeMigrations
from library_site.tests.databases import own_database


class Killed(BaseException):
    """The process ends here."""


@pytest.mark.django_db(transaction=True)
def test_migration_whose_process_is_killed_before_it_is_noted_is_begun_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = WholeMigrations.record_migration

    def killed(executor: WholeMigrations, migration: Any) -> None:
        if migration.app_label == "auth":
            raise Killed
        noted(executor, migration)

    with own_database() as environment:
        there = connected_to(environment.get("DATABASE_URL") or f"sqlite:///{tmp_path / 'library.db'}")
        try:
            monkeypatch.setattr(connections._connections, "default", there)  # type: ignore[attr-defined]
            target = [("auth", "0001_initial")]
            MigrationRecorder(there).ensure_schema()
            with monkeypatch.context() as cut:
                cut.setattr(WholeMigrations, "record_migration", killed)
                with pytest.raises(Killed):
                    WholeMigrations(there).migrate(target)
            assert "auth_permission" not in there.introspection.table_names()
            WholeMigrations(there).migrate(target)
            assert "auth_permission" in there.introspection.table_names()
            with there.cursor() as cursor:
                if there.vendor == "sqlite":
                    assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)
        finally:
            monkeypatch.undo()
            there.close()
