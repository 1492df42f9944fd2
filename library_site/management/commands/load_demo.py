"""``load_demo``: fills an empty library with books, people and two years of loans."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from accounts.progress import TerminalBar
from library_site.demo.loading import load_demo
from library_site.demo.signing_in import sign_ins_that_work


class Command(BaseCommand):
    help = "Fill an empty library with the demo: real books, invented people, two years of loans. See remove_demo."

    def handle(self, *args: Any, **options: Any) -> None:
        bar = TerminalBar(self.stderr, "Two years of loans")
        try:
            load_demo(tell=bar.show)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        bar.end()
        if options["verbosity"]:
            for name, password, role in sign_ins_that_work():
                self.stdout.write(f"sign in as {name:<12} password {password}   ({role})")
