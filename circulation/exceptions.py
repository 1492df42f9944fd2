"""Why circulation refuses: one exception that carries every reason at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    BLOCK = "block"
    CONFIRM = "confirm"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Problem:
    """One reason against an action.

    ``code`` is stable (the closed list of docs/circulation.md), ``message`` is for people, ``permission`` is what it
    takes to set a problem of level ``confirm`` aside. ``why`` says what led to it: the row of the rules that won, the
    sums that were added. ``field`` is what was typed wrong, where that is one thing.
    """

    code: str
    message: str
    level: Level = Level.BLOCK
    permission: str = ""
    why: str = ""
    field: str = ""

    @property
    def in_full(self) -> str:
        """The message and what led to it, for where there is no room to unfold it."""
        return f"{self.message} {self.why}".strip()


class CirculationRefused(Exception):
    """The action was not done, for all of ``problems``; nothing was changed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(", ".join(self.codes))

    @property
    def codes(self) -> list[str]:
        return sorted(problem.code for problem in self.problems)
