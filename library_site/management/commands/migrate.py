"""``migrate``: Django's own, with a verified copy of the database before and roles and first rows after."""

from pathlib import Path
from typing import Any

from django.core.management import CommandError, call_command
from django.core.management.commands import migrate as of_django
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from library_site.backups import BackupFailed, keep_copy_of


class WholeMigrations(MigrationExecutor):
    """Saves a migration and the note that it ran together. Django saves some first and notes them after: a process
    that is killed in between leaves tables that the next one cannot make a second time."""

    def apply_migration(self, state: Any, migration: Any, fake: bool = False, fake_initial: bool = False) -> Any:
        if fake or not migration.atomic:
            return super().apply_migration(state, migration, fake, fake_initial)
        with self.connection.constraint_checks_disabled(), transaction.atomic(self.connection.alias):
            return super().apply_migration(state, migration, fake, fake_initial)


of_django.MigrationExecutor = WholeMigrations  # type: ignore[attr-defined] # its command takes no other


class Command(of_django.Command):
    def execute(self, *args: Any, **options: Any) -> Any:
        """Django's checks ask the database before ``handle`` is reached."""
        connection = self._connection(options)
        if connection.vendor == "sqlite" and "memory" not in str(connection.settings_dict["NAME"]):
            self._make_folder(Path(connection.settings_dict["NAME"]).parent)
        return super().execute(*args, **options)

    def add_arguments(self, parser: Any) -> None:
        super().add_arguments(parser)
        parser.add_argument("--without-copy", action="store_true", help="keep no copy of an SQLite database first")

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("app_label") or options.get("plan") or options.get("check_unapplied"):
            super().handle(*args, **options)
            return
        connection = self._connection(options)
        if not options.get("without_copy"):
            self._keep_a_copy(connection)
        super().handle(*args, **options)
        call_command("createcachetable", database=connection.alias, verbosity=0)
        call_command("set_up_roles", verbosity=0)

    def _connection(self, options: dict[str, Any]) -> Any:
        return connections[options.get("database") or DEFAULT_DB_ALIAS]

    def _make_folder(self, folder: Path) -> None:
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise CommandError(f"The folder {folder} of the database cannot be made ({error.strerror}).") from error

    def _keep_a_copy(self, connection: Any) -> None:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
        if not waiting or not executor.loader.applied_migrations:
            return
        try:
            copy = keep_copy_of(connection, "before-migrating")
        except BackupFailed as error:
            raise CommandError(f"The database was not touched: {error}") from error
        if copy:
            self.stdout.write(f"A verified copy of the database as it was: {copy}")
