"""A bar in the terminal for what takes long."""

import time
from typing import Any

WIDTH = 30
LEAST_SECONDS = 0.1


class TerminalBar:
    """Redraws one line on a terminal, in no alarming colour; writes nothing where the output is a file.

    ``stream`` is a command's stdout or stderr.
    """

    def __init__(self, stream: Any, label: str) -> None:
        self.stream, self.label, self.shown_at = stream, label, 0.0
        self.is_terminal = bool(getattr(stream, "isatty", lambda: False)())

    def show(self, done: int, total: int, note: str = "") -> None:
        """Draw the bar at ``done`` of ``total``, with a ``note`` behind it, at most ten times a second."""
        if not self.is_terminal or (time.monotonic() - self.shown_at < LEAST_SECONDS and done < total):
            return
        self.shown_at = time.monotonic()
        filled = WIDTH * done // max(1, total)
        self.stream.write(
            f"\r{self.label} [{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{total}{note}", str, ending=""
        )
        self.stream.flush()

    def clear(self) -> None:
        """Make room for a line of text."""
        if self.is_terminal:
            self.stream.write("\r" + " " * (len(self.label) + WIDTH + 30) + "\r", str, ending="")

    def end(self) -> None:
        """Leave the line."""
        if self.is_terminal:
            self.stream.write("", str)
