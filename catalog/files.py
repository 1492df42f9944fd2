"""Files that people bring: what is refused as a whole."""

from accounts.exceptions import Refused


class FileRefused(Refused):
    """A file that cannot be read as what it should be. ``code`` is stable; ``message`` says what to do."""
