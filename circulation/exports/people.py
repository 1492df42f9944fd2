"""Members and what they have on loan, as the values that their readers read."""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from accounts.models import LibrarySettings, Member
from circulation.models import Loan

AT_ONCE = 2_000
MEMBER_COLUMNS = (
    "card_number", "name", "email", "phone", "address", "group_name", "category", "joined_on", "expires_on", "note",
    "language", "notices_by", "notices_off", "keep_history",
)  # fmt: skip
LOAN_COLUMNS = ("barcode", "card_number", "issued_at", "due_at", "renewals", "branch", "title", "member")


def all_members() -> QuerySet[Member]:
    """Whoever is a member; nobody whose person was removed."""
    return Member.objects.filter(removed_at=None)


def open_loans() -> QuerySet[Loan]:
    """What is out now."""
    return Loan.objects.open()


def members_as_values() -> Iterator[dict[str, Any]]:
    """All members in the order they came, by MEMBER_COLUMNS; days as YYYY-MM-DD, the category by its code."""
    names = [name if name != "category" else "category__code" for name in MEMBER_COLUMNS]
    for row in all_members().order_by("pk").values_list(*names).iterator(AT_ONCE):
        found = dict(zip(MEMBER_COLUMNS, row, strict=True))
        for name in ("joined_on", "expires_on"):
            found[name] = found[name].isoformat() if found[name] else ""
        yield found


def loans_as_values(library: LibrarySettings) -> Iterator[dict[str, Any]]:
    """What is on loan, the longest first, by LOAN_COLUMNS; moments with the offset of the library's clock."""
    names = ("copy__barcode", "member__card_number", "issued_at", "due_at", "renewals", "branch__code",
             "copy__book__title", "member__name")  # fmt: skip
    for row in open_loans().order_by("issued_at", "pk").values_list(*names).iterator(AT_ONCE):
        found = dict(zip(LOAN_COLUMNS, row, strict=True))
        for name in ("issued_at", "due_at"):
            found[name] = found[name].astimezone(library.zone).isoformat()
        yield found
