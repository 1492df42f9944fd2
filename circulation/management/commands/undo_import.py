"""``undo_import``: takes back everything an import has brought in, as long as nothing of it was lent."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from circulation.management.import_runs import batch_called, tell, work_through
from circulation.services import undoing


class Command(BaseCommand):
    help = (
        "Take back everything an import has brought in, as long as nothing of it was lent. The last line is JSON with "
        "counts; exit code 0 only if everything was taken back."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("batch", type=int, help="the number of the import")

    def handle(self, *args: Any, **options: Any) -> None:
        batch = batch_called(options["batch"])
        if batch.phase != batch.Phase.UNDOING:  # else a command or worker died in the middle
            try:
                undoing.undo_import(batch, by=None)
            except Refused as refusal:
                raise CommandError(refusal.message) from refusal
        work_through(batch, self.stderr, "Taking back")
        tell(batch, self.stdout)
