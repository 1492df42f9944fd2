"""Copies as sources describe them, made copies of ours: whose branch and type they name, which barcode they get."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import attrgetter
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Branch, LibrarySettings
from accounts.models.codes import CODE_PATTERN
from accounts.queries import default_branch
from accounts.scans import clean_code
from accounts.services.rows import attributes, insert_and_key
from catalog.drafts import CopyDraft
from catalog.models import Copy, CopyType
from catalog.queries import default_copy_type
from catalog.services.copies import next_barcodes

MOST_COPIES = 500  # of one record
COLUMNS = tuple(field.name for field in Copy._meta.concrete_fields if not field.primary_key)
VALUES = attrgetter(*attributes(Copy, COLUMNS))
LARGEST_PRICE = 10**12
CONDITIONS = frozenset(Copy.Condition.values)


@dataclass(slots=True)
class NewCopy:
    """A copy that is about to be made: what ``Copy`` calls the same. ``pk``: 0 until it is."""

    book_id: int
    barcode: str
    home_branch_id: int
    current_branch_id: int
    copy_type: CopyType
    call_number: str
    location: str
    price_minor: int | None
    condition: str
    note: str
    acquired_on: date | None
    withdrawn_on: date | None
    lost_on: date | None
    damaged_on: date | None
    pk: int = 0

    @property
    def copy_type_id(self) -> int:
        return self.copy_type.pk


@dataclass(slots=True)
class Places:
    """The branches and copy types by code and by name, and those for copies that name none that is here.

    ``location``: for copies that name none.
    """

    branch: Branch
    copy_type: CopyType
    location: str = ""
    branches: dict[str, Branch] = field(default_factory=dict)
    copy_types: dict[str, CopyType] = field(default_factory=dict)

    @classmethod
    def here(cls, options: dict[str, Any]) -> "Places":
        """``options`` of an import: "branch" and "copy_type" (codes) and "location" say where other copies go."""
        branches, copy_types = _by_word(Branch.objects.all()), _by_word(CopyType.objects.all())
        return cls(
            branches.get(_word(options.get("branch", ""))) or default_branch(),
            copy_types.get(_word(options.get("copy_type", ""))) or default_copy_type(),
            options.get("location", ""),
            branches,
            copy_types,
        )

    def unknown(self, copies: Sequence[CopyDraft]) -> list[str]:
        """A sentence for each branch or copy type that ``copies`` name and that is not here."""
        if not any(copy.branch or copy.copy_type for copy in copies):
            return []
        branches = {copy.branch for copy in copies if copy.branch and _word(copy.branch) not in self.branches}
        types = {copy.copy_type for copy in copies if copy.copy_type and _word(copy.copy_type) not in self.copy_types}
        return [
            *(_("There is no branch “%(name)s” here: the copy goes to “%(place)s”.")
              % {"name": name, "place": self.branch} for name in sorted(branches)),
            *(_("There is no copy type “%(name)s” here: the copy becomes “%(type)s”.")
              % {"name": name, "type": self.copy_type} for name in sorted(types)),
        ]  # fmt: skip

    def copy_of(self, book: int, call_number: str, draft: CopyDraft, today: date) -> NewCopy:
        """The copy of the book with the key ``book`` that ``draft`` describes; without a barcode where it has none.

        ``call_number``: for one that names none.
        """
        branch = self.branches.get(_word(draft.branch), self.branch) if draft.branch else self.branch
        acquired_on = _day(draft.acquired_on)
        if not draft.barcode:  # one with a barcode was on a shelf before: nobody knows since when
            acquired_on = acquired_on or today
        return NewCopy(
            book_id=book,
            barcode=clean_code(draft.barcode) if draft.barcode else "",
            home_branch_id=branch.pk,
            current_branch_id=branch.pk,
            copy_type=self.copy_types.get(_word(draft.copy_type), self.copy_type)
            if draft.copy_type
            else self.copy_type,
            call_number=(draft.call_number or call_number)[:60],
            location=(draft.location or self.location)[:80],
            price_minor=draft.price if draft.price is not None and 0 <= draft.price < LARGEST_PRICE else None,
            condition=draft.condition if draft.condition in CONDITIONS else Copy.Condition.GOOD.value,
            note=draft.note[:2_000],
            acquired_on=acquired_on,
            withdrawn_on=_day(draft.withdrawn_on),
            lost_on=_day(draft.lost_on),
            damaged_on=_day(draft.damaged_on),
        )


def wrong_barcode(copies: Sequence[CopyDraft]) -> str:
    """What is wrong with a barcode of ``copies``, in words; "" where nothing is."""
    seen = set()
    for copy in copies:
        code = clean_code(copy.barcode)
        if code and not _can_be_scanned(code):
            return _("The barcode “%(code)s” cannot be read by a scanner: use letters A to Z, digits and . / + -.") % {
                "code": copy.barcode[:60]
            }
        if code and code in seen:
            return _("The barcode “%(code)s” stands there twice.") % {"code": code}
        seen.add(code)
    return ""


def save_copies(copies: Sequence[NewCopy]) -> None:
    """Make these ``copies`` of any books; those without a barcode get the library's next ones.

    Inside the caller's transaction, who holds the barcodes and lets search know.
    """
    bare = [copy for copy in copies if not copy.barcode]
    for copy, code in zip(bare, next_barcodes(LibrarySettings.current(), len(bare)) if bare else (), strict=True):
        copy.barcode = code
    for copy, key in zip(copies, insert_and_key(Copy, COLUMNS, map(VALUES, copies)), strict=True):
        copy.pk = key


def today_here(now: datetime) -> date:
    """The day it is in the library at ``now``."""
    return timezone.localdate(now, LibrarySettings.current().zone)


def _by_word(rows: Any) -> dict[str, Any]:
    """Code wins over name, the first of several with the same name over the others."""
    found: dict[str, Any] = {}
    for row in rows:
        found.setdefault(_word(row.name), row)
    return found | {_word(row.code): row for row in rows}


def _can_be_scanned(code: str) -> bool:
    try:
        CODE_PATTERN(code)
    except ValidationError:
        return False
    return True


def _word(text: str) -> str:
    return text.strip().casefold()


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None
