"""The rows of a scenario's library, in the empty one laid out for it."""

from dataclasses import dataclass, field
from datetime import date

from accounts.models import Branch, Card, LibrarySettings, Member, MemberCategory, User
from catalog.models import Book, BookIdentifier, Copy, CopyType
from circulation.models import CirculationRule, Closure, Hold, OpeningHours
from circulation.queries.calendars import closure_problems
from circulation.queries.rules import rule_book

from .library import Days, Person, Scenario, Title, Week

NOBODY_SENDS = "{n}@scenario.invalid"


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


class RefusedSetUp(Exception):
    """The library of a scenario cannot be as it is described; ``codes`` say why."""

    def __init__(self, codes: list[str]) -> None:
        self.codes = codes
        super().__init__(", ".join(codes))


def set_up(scenario: Scenario) -> Library:
    """Make the rows of the library that ``scenario`` describes. Raises RefusedSetUp with every code that applies."""
    settings = LibrarySettings.objects.create(
        pk=1, time_zone=scenario.time_zone, currency=scenario.currency, **scenario.settings
    )
    library = Library(settings, User.objects.create(username="staff", name="Staff", is_staff=True, is_superuser=True))
    for code in scenario.branches:
        library.branches[code] = Branch.objects.create(code=code, name=code)
    for category in scenario.categories:
        values = {"code": category.code, "name": category.code, **category.values}
        library.categories[category.code] = MemberCategory.objects.create(**values)
    for copy_type in scenario.copy_types:
        values = {"code": copy_type.code, "name": copy_type.code, **copy_type.values}
        library.copy_types[copy_type.code] = CopyType.objects.create(**values)
    codes = {
        code for branch, week in scenario.calendars.items() for code in _open(library, branch, week, scenario.today)
    }
    codes |= _rule(library, scenario)
    if codes:
        raise RefusedSetUp(sorted(codes))
    for person in scenario.members:
        _join(library, person, scenario.today)
    for title in scenario.books:
        _shelve(library, title)
    return library


def _open(library: Library, code: str, week: Week, today: date) -> set[str]:
    """Give a branch its hours and exceptions; the codes of what speaks against them."""
    branch = library.branches[code]
    if any(closes_at <= opens_at for opens_at, closes_at in (week.hours or {}).values()):
        return {"calendar_backwards"}
    for weekday, (opens_at, closes_at) in (week.hours or {}).items():
        OpeningHours.objects.create(branch=branch, weekday=weekday, opens_at=opens_at, closes_at=closes_at)
    if week.hours == {}:  # no row at all would mean: open every day
        return {"calendar_never_open"}
    entries = [_entry(branch, days, opens=False) for days in week.closed]
    entries += [_entry(branch, days, opens=True) for days in week.open]
    for entry in entries:
        if entry.to_on >= entry.from_on:
            entry.save()
    codes = {problem.code for entry in entries for problem in closure_problems(entry, today)}
    if rule_book().calendar(branch.pk).next_open(today) is None:
        codes.add("calendar_never_open")
    return codes


def _entry(branch: Branch, days: Days, *, opens: bool) -> Closure:
    return Closure(branch=branch, from_on=days.from_on, to_on=days.to_on, is_yearly=days.is_yearly, opens=opens)


def _rule(library: Library, scenario: Scenario) -> set[str]:
    scopes = [rule.scope for rule in scenario.rules]
    if len(set(scopes)) < len(scopes):
        return {"rule_duplicate"}
    for rule in scenario.rules:
        branch, category, copy_type = rule.scope
        CirculationRule.objects.create(
            branch=library.branches[branch] if branch else None,
            category=library.categories[category] if category else None,
            copy_type=library.copy_types[copy_type] if copy_type else None,
            **rule.values,
        )
    return set()


def _join(library: Library, person: Person, today: date) -> None:
    Card.objects.create(number=person.card)
    library.members[person.card] = Member.objects.create(
        card_number=person.card,
        name=person.card,
        email=NOBODY_SENDS.format(n=len(library.members) + 1),
        category=library.categories[person.category],
        joined_on=min(today, person.expires_on or today),
        expires_on=person.expires_on,
        keep_history=person.keep_history,
        user=User.objects.create(username=f"member {person.card}", name=person.card),
    )


def _shelve(library: Library, title: Title) -> None:
    book = Book.objects.create(title=title.title, sort_title=title.title.casefold(), match_key=title.title.casefold())
    library.books[title.id] = book
    if title.isbn:
        BookIdentifier.objects.create(book=book, kind="isbn13", value=title.isbn)
        library.isbns.setdefault(title.isbn, []).append(book)
    for item in title.copies:
        branch = library.branches[item.branch]
        library.copies[item.barcode] = Copy.objects.create(
            book=book, barcode=item.barcode, home_branch=branch, current_branch=branch,
            copy_type=library.copy_types[item.type], price_minor=item.price_minor,
        )  # fmt: skip
