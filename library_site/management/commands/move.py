"""``move``: the library into another database, SQLite to PostgreSQL or back. Stop the site first."""

import json
from contextlib import closing
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError

from accounts.progress import TerminalBar
from library_site.connecting import connected_to
from library_site.moving.moving import NotMoved, manage, move


class Command(BaseCommand):
    help = (
        "Copy the library into the empty database at URL with every number, date and balance, build its search index, "
        "count the rows and run check_invariants. All or nothing; the library here stays as it is. Media do not move."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--to", metavar="DATABASE_URL", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        url = options["to"]
        bar = TerminalBar(self.stderr, "rows")
        try:
            with closing(connected_to(url)) as target:
                counts = move(target, url, lambda done, total, table: bar.show(done, total, f" {table:<40}"))
        except OperationalError as error:
            raise CommandError(f"Nothing was moved: {str(error).strip().splitlines()[0]}.") from error
        except (NotMoved, ImproperlyConfigured) as error:
            raise CommandError(f"Nothing was moved: {error}.") from error
        bar.end()
        self._finish(url)
        self.stdout.write(json.dumps({"rows": sum(counts.values()), "tables": len(counts)}))
        self.stdout.write("The library is sound there. Set DATABASE_URL to it and start the site.")

    def _finish(self, url: str) -> None:
        for command in ("rebuild_search", "check_invariants"):
            self.stdout.write(f"{command} ...")
            self.stdout.flush()
            try:
                manage(url, command)
            except NotMoved as error:
                raise CommandError(f"All rows are there, but {command} found something wrong: {error}") from error
