"""``import_file``: reads a file of books, members or loans into an import, and brings it in if told to."""

from argparse import ArgumentParser
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.exceptions import Refused
from catalog.files import KINDS, MOST_BYTES_OF_COMMAND, TABLES, opened, pieces_of, store
from catalog.services.batches import apply_import, start_file
from circulation.management.import_runs import tell, work_through
from circulation.services.readers import look_at_table, names_in_tables


class Command(BaseCommand):
    help = (
        "Read a file (CSV, MARC, MARCXML, JSON lines, or one ISBN a line; .gz and .zip too) into an import. Without "
        "--apply it can be looked through at the desk first. The last line is JSON with counts; exit code 0 only if "
        "every line was taken or known."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--kind", choices=KINDS, default="", help="otherwise told by what is in the file")
        parser.add_argument("--what", choices=("book", "member", "loan"), default="", help="what a CSV table is about")
        parser.add_argument("--apply", action="store_true", help="bring it in at once, but for what is doubtful")
        parser.add_argument("--add-copies", action="store_true", help="add copies where a book is here already")
        parser.add_argument("--copies", type=int, default=1, help="copies of a new book that brings none (default 1)")
        parser.add_argument("--branch", default="", help="code of the branch for copies that name none")
        parser.add_argument("--copy-type", default="", help="code of the copy type for copies that name none")
        parser.add_argument("--update-members", action="store_true", help="bring members up to date who are here")

    def handle(self, *args: Any, **options: Any) -> None:
        path = options["file"]
        try:
            kind, found = self._look_at(path, options)
            stored = store(pieces_of(path), MOST_BYTES_OF_COMMAND)
        except Refused as refusal:
            raise CommandError(refusal.message) from refusal
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}") from error
        batch = start_file(stored=stored, name=path.name, kind=kind, by=None, options=self._how(options) | found)
        work_through(batch, self.stderr, "Reading")
        if options["apply"] and batch.phase == batch.Phase.REVIEW:
            with suppress(Refused):  # where not one line is left to be brought in, the counts say so
                apply_import(batch, by=None)
            work_through(batch, self.stderr, "Bringing in")
        tell(batch, self.stdout)

    def _look_at(self, path: Path, options: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """The kind of the file, and of a table what its columns are, because nobody will be asked."""
        with opened(path, kind=options["kind"]) as file:
            if file.kind == "csv":
                look = look_at_table(file, options)
                if look.is_mere_text and not options["kind"]:
                    raise CommandError(
                        f"{path.name} seems to be a text, not a table: one column, which nobody has named. If each "
                        "line is a title, say so: --kind csv."
                    )
                if look.lacks:
                    missing = ", ".join(str(column.label) for column in look.lacks)
                    raise CommandError(f"No column of {path.name} is known as: {missing}. Upload it at the desk.")
                return file.kind, look.facts
            if file.kind == TABLES:
                return file.kind, names_in_tables(file)
            return file.kind, {}

    def _how(self, options: dict[str, Any]) -> dict[str, Any]:
        return {
            "if_known": "copy" if options["add_copies"] else "nothing", "make_copies": max(0, options["copies"]),
            "branch": options["branch"], "copy_type": options["copy_type"],
            "members": "update" if options["update_members"] else "nothing",
        }  # fmt: skip
