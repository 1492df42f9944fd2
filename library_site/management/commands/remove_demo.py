"""``remove_demo``: takes the demo library out again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from library_site.demo.loading import remove_demo


class Command(BaseCommand):
    help = "Take out everything load_demo brought. What was added since stays."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            removed = remove_demo()
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        for name, count in removed.items():
            self.stdout.write(f"{count:>6} {name}")
        self.stdout.write("The demo is gone. `make run DEMO=no` starts the library and prints the code to set it up.")
