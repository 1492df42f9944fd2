"""``prepare``: everything that must be done once before the containers of a new version start; ends when it is done."""

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from accounts.models import LibrarySettings
from library_site.first_run import greeting, is_new
from library_site.proxy_pages import write_pages


class Command(BaseCommand):
    help = "Bring the database up to date, lay out what the proxy serves, and say where to begin."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--public", type=Path, help="the folder from which the proxy serves static files")
        parser.add_argument("--demo", default="no", choices=["yes", "no"], help="fill an empty database")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if options["demo"] == "yes" and is_new():
            self.stdout.write("The library is empty: loading the demo library ...")
            call_command("load_demo", verbosity=0)
        if options["public"]:
            self._lay_out(options["public"])
        for line in greeting(settings.SITE_URL):
            self.stdout.write(line)

    def _lay_out(self, folder: Path) -> None:
        """Files of earlier versions stay: pages that are open in browsers and processes not yet renewed name them."""
        shutil.copytree(settings.STATIC_ROOT, folder / "static", dirs_exist_ok=True)
        write_pages(folder, LibrarySettings.current().language)
