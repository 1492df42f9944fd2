"""``remove_demo``: takes the demo library out again."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from accounts.exceptions import Refused
from accounts.models import LibrarySettings, Member
from accounts.queries import waits_for_set_up
from accounts.services.library import new_set_up_code
from catalog.models import Book, Copy
from circulation.models import Loan
from library_site.backups import BackupFailed, keep_copy_of
from library_site.demo.removing import remove_demo


class Command(BaseCommand):
    help = "Take out everything load_demo brought. What was added since stays."

    def handle(self, *args: Any, **options: Any) -> None:
        if not LibrarySettings.current().demo.get("rows"):
            raise CommandError("There is no demo library here.")
        try:
            copy = keep_copy_of(connection, "before-removing-the-demo")
            removed = remove_demo()
        except BackupFailed as error:
            raise CommandError(f"Nothing was removed: {error}") from error
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        if copy:
            self.stdout.write(f"A verified copy of the database as it was: {copy}")
        for name, count in removed.items():
            self.stdout.write(f"{count:>6} {name}")
        own = [(Book, "books"), (Copy, "copies"), (Member, "members"), (Loan, "loans")]
        here = ", ".join(f"{model._default_manager.count()} {name}" for model, name in own)
        self.stdout.write(f"The demo is gone. Here now, and yours: {here}.")
        self._say_what_next()

    def _say_what_next(self) -> None:
        if waits_for_set_up(LibrarySettings.current()):
            self.stdout.write(f"Set the library up at its address, /setup/, with the code {new_set_up_code()}")
            self.stdout.write("(`make run` prints a new one if the site is not running).")
