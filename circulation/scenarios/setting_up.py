"""The rows of a scenario's library, in the empty one laid out for it."""

from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from accounts.models import Branch, Card, LibrarySettings, Member, MemberCategory, User
from catalog.models import Book, BookIdentifier, Copy, CopyType
from circulation.exceptions import Problem
from circulation.models import CirculationRule, Closure, Hold, OpeningHours
from circulation.queries.calendars import never_open_problems, overlap_problems

from .library import Days, Person, Scenario, Title, Week

EVERY_DAY = {day: (time(0, 0), time(23, 59, 59)) for day in range(1, 8)}


@dataclass(slots=True)
class Library:
    """The rows by the names the file gives them. ``holds`` and ``names`` grow as holds are placed."""

    settings: LibrarySettings
    staff: User
    branches: dict[str, Branch] = field(default_factory=dict)
    categories: dict[str, MemberCategory] = field(default_factory=dict)
    copy_types: dict[str, CopyType] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    books: dict[str, Book] = field(default_factory=dict)
    isbns: dict[str, list[Book]] = field(default_factory=dict)
    copies: dict[str, Copy] = field(default_factory=dict)
    holds: dict[str, Hold] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)

    @property
    def currency(self) -> str:
        return self.settings.currency

    @property
    def branch(self) -> Branch:
        """The first branch."""
        return next(iter(self.branches.values()))
