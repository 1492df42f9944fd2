"""``daily``: what time brings about by itself. At any hour, as often as you like."""

import json
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone, translation

from accounts.models import LibrarySettings
from circulation.services.daily import run_daily


class Command(BaseCommand):
    help = (
        "Do the daily work: expire holds, remind, mark what is long overdue as lost, forget reading histories, count "
        "what is borrowed. Prints each part as it is done, and last a line of JSON with the counts. The worker does "
        "the same once a day by itself; doing it again does no harm."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        def tell(part: str, count: int) -> None:
            self.stdout.write(f"{part}: {count}")
            self.stdout.flush()

        with translation.override(LibrarySettings.current().language):  # reasons are stored in words
            counts = run_daily(timezone.now(), tell)
        self.stdout.write(json.dumps(counts._asdict()))
