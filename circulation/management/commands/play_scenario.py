"""``play_scenario``: plays scenario files by the real rules and keeps nothing."""

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from circulation.scenarios import play_text
from circulation.scenarios.aside import empty_library

PLAYED, FAILED, NOT_UNDERSTOOD = 0, 1, 2


class Command(BaseCommand):
    help = (
        "Play scenario files (docs/scenarios.md) by the real rules; nothing of it stays. Prints one line of JSON for "
        "each file. Exit code 1 if an expectation failed, 2 if a file cannot be understood."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", metavar="FILE", nargs="+", help="a scenario in JSON; - is standard input")

    def handle(self, *args: Any, **options: Any) -> None:
        worst = PLAYED
        with translation.override("en"), empty_library():
            for name in options["files"]:
                outcome = self._outcome(name)
                self.stdout.write(json.dumps(outcome))
                self.stdout.flush()
                worst = max(worst, NOT_UNDERSTOOD if "error" in outcome else PLAYED if outcome["ok"] else FAILED)
        if worst:
            raise SystemExit(worst)

    def _outcome(self, name: str) -> dict[str, Any]:
        try:
            text = sys.stdin.buffer.read() if name == "-" else Path(name).read_bytes()
        except OSError as error:
            problem = error.strerror or str(error)
            return {"file": name, "name": None, "ok": False, "steps": [], "error": problem, "place": ""}
        return play_text(text, name)
