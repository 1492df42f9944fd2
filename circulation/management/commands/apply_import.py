"""``apply_import``: brings in the lines of an import that was read."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from catalog.services import batches
from circulation.management.import_runs import batch_called, tell, work_through


class Command(BaseCommand):
    help = (
        "Bring in the lines of an import that wait. The last line is JSON with counts; exit code 0 only if every line "
        "was taken or known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the import")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = batch_called(options["batch"])
        if batch.phase in (batch.Phase.STAGING, batch.Phase.APPLYING):  # a command or worker died in the middle
            work_through(batch, self.stderr, "Going on")
        try:
            batches.apply_import(batch, by=None)
        except Refused as refusal:
            if refusal.code != "nothing_waits":
                raise CommandError(refusal.message) from refusal
        work_through(batch, self.stderr, "Bringing in")
        tell(batch, self.stdout)
