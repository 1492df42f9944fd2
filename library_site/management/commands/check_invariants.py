"""``check_invariants``: says in one run whether the library is sound."""

from collections.abc import Iterator
from types import ModuleType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError, transaction

import accounts.invariants
import catalog.invariants
import circulation.invariants
import library_site.invariants

PARTS = (library_site.invariants, accounts.invariants, catalog.invariants, circulation.invariants)


class Command(BaseCommand):
    help = "Say whether everything that must be true of the library's data is true. Exit code 1 if not."

    def handle(self, *args: Any, **options: Any) -> None:
        with library_site.invariants.one_moment():
            found = [sentence for part in PARTS for sentence in self._broken(part)]
        for sentence in found:
            self.stdout.write(sentence)
        if found:
            self.stderr.write(f"{len(found)} things are not as they must be.")
            raise SystemExit(1)
        self.stdout.write("The library is sound.")

    def _broken(self, part: ModuleType) -> Iterator[str]:
        try:
            with transaction.atomic():  # what fails leaves the others something to read with
                yield from part.broken()
        except DatabaseError as error:  # whatever the database reports is the finding
            reason = str(error).strip().partition("\n")[0]
            yield f"the database cannot be read ({part.__name__}): {reason}"
