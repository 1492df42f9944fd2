"""``check_invariants``: says in one run whether the library is sound."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection

import accounts.invariants
import catalog.invariants
import circulation.invariants

PARTS = (accounts.invariants, catalog.invariants, circulation.invariants)


class Command(BaseCommand):
    help = "Say whether everything that must be true of the library's data is true. Exit code 1 if not."

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*self._of_the_database(), *(sentence for part in PARTS for sentence in part.broken())]
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            self.stderr.write(f"{len(found)} things are not as they must be.")
            raise SystemExit(1)
        self.stdout.write("The library is sound.")

    def _of_the_database(self) -> list[str]:
        try:
            connection.check_constraints()
        except Exception as error:  # whatever the database reports is the finding
            return [f"the database refuses its own rows: {error}"]
        if connection.vendor != "sqlite":
            return []
        with connection.cursor() as cursor:
            answers = [row[0] for row in cursor.execute("PRAGMA integrity_check").fetchall()]
        return [] if answers == ["ok"] else answers
