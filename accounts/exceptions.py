"""Refusals of this app's services: what cannot be done, said so that a person can mend it."""


class Refused(Exception):
    """An action that is not possible as asked. ``code`` is stable; ``message`` is for people."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")
