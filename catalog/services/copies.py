"""Making and editing copies."""

import hashlib
import json
from datetime import datetime
from typing import Any

from django.forms.models import model_to_dict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from accounts.exceptions import Refused
from accounts.models import Action, Branch, LibrarySettings, Member, User
from accounts.numbering import numbered_code
from accounts.queries import default_branch
from accounts.services.actions import as_json, changes, describe, recorded
from accounts.services.numbers import BARCODES, hold, take_numbers
from catalog.models import Book, Copy, CopyType
from catalog.queries import default_copy_type
from catalog.services.search import index_book

MOST_AT_ONCE = 500
FIRST_NAME = gettext_noop("Book")  # of the first copy type, until somebody names it
EDITABLE = (
    "barcode", "home_branch", "current_branch", "copy_type", "call_number", "location", "price_minor", "condition",
    "note", "acquired_on",
)  # fmt: skip


@recorded("add_copies")
def add_copies(
    action: Action, book: Book, *, count: int = 1, by: User | None, now: datetime, barcode: str = "",
    branch: Branch | None = None, copy_type: CopyType | None = None, **details: Any,
) -> list[Copy]:  # fmt: skip
    """Add ``count`` copies of ``book``; ``details`` are further fields of Copy.

    ``barcode`` is for a single copy that has one already; without it they get the next own barcodes.
    Raises Refused("barcode_taken", "barcode_for_one", "too_many_copies").
    """
    copies = create_copies(book, count, now=now, barcode=barcode, branch=branch, copy_type=copy_type, **details)
    index_book(book)
    describe(action, book, after={"copies": [copy.pk for copy in copies]})
    return copies


@recorded("edit_copy")
def edit_copy(action: Action, copy: Copy, *, by: User | None, now: datetime, seen: str = "", **new_values: Any) -> Copy:
    """Change fields of ``copy`` (those of EDITABLE). A copy that stands at home moves with its home.

    ``seen``: the ``version_of`` the copy that the editor saw; another one by now is refused.
    Raises Refused("barcode_taken", "changed_since").
    """
    if "barcode" in new_values and not Copy.objects.filter(pk=copy.pk, barcode=new_values["barcode"]).exists():
        hold(BARCODES)  # before the copy, as whoever merges books does
    copy = Copy.objects.select_for_update(of=("self",)).get(pk=copy.pk)
    if seen and seen != version_of(copy):
        raise Refused("changed_since", _("Somebody changed this copy while you had it open. Nothing was saved yet."))
    unknown = set(new_values) - set(EDITABLE)
    if unknown:
        raise TypeError(f"not editable: {sorted(unknown)}")
    if new_values.get("barcode", copy.barcode) != copy.barcode:
        _refuse_taken(new_values["barcode"])
    if copy.current_branch_id == copy.home_branch_id and "home_branch" in new_values:
        new_values = {"current_branch": new_values["home_branch"], **new_values}
    before, after = changes(copy, new_values)
    for name, value in new_values.items():
        setattr(copy, name, value)
    copy.save(update_fields=list(new_values))
    index_book(copy.book)
    describe(action, copy, before=before, after=after)
    return copy


def version_of(copy: Copy) -> str:
    """A word that changes whenever a field of EDITABLE does; where a copy is now is no editor's doing."""
    values = model_to_dict(copy, [name for name in EDITABLE if name != "current_branch"])
    return hashlib.sha256(json.dumps(as_json(values), sort_keys=True).encode()).hexdigest()[:32]


def create_copies(
    book: Book, count: int, *, now: datetime, barcode: str = "", branch: Branch | None = None,
    copy_type: CopyType | None = None, **details: Any,
) -> list[Copy]:  # fmt: skip
    """Make ``count`` copies inside the caller's transaction, acquired today at the first branch, of the first type.

    It is the caller's to let search know.
    """
    if not 1 <= count <= MOST_AT_ONCE:
        raise Refused("too_many_copies", _("Add between 1 and %(most)d copies at a time.") % {"most": MOST_AT_ONCE})
    if barcode and count > 1:
        raise Refused("barcode_for_one", _("A barcode is for one copy. Add the others without."))
    library = LibrarySettings.current()
    branch, copy_type = branch or default_branch(), copy_type or default_copy_type()
    details.setdefault("acquired_on", timezone.localdate(now, library.zone))
    details.setdefault("call_number", book.call_number)
    if barcode:
        _refuse_taken(barcode)
    codes = [barcode] if barcode else next_barcodes(library, count)
    return Copy.objects.bulk_create(
        Copy(book=book, barcode=code, home_branch=branch, current_branch=branch, copy_type=copy_type, **details)
        for code in codes
    )


def next_barcodes(library: LibrarySettings, count: int) -> list[str]:
    """The next ``count`` barcodes of the library's own that nothing has."""
    codes: list[str] = []
    while len(codes) < count:
        wanted = [numbered_code(library.barcode_prefix, n) for n in take_numbers(BARCODES, count - len(codes))]
        taken = set(Copy.objects.filter(barcode__in=wanted).values_list("barcode", flat=True))
        codes += [code for code in wanted if code not in taken]
    return codes


def _refuse_taken(barcode: str) -> None:
    hold(BARCODES)  # the same barcode at two desks: the second one waits, and hears who was first
    if Copy.objects.filter(barcode=barcode).exists():
        raise Refused("barcode_taken", _("Another copy has the barcode %(code)s.") % {"code": barcode})


def card_with_this_code(barcode: str) -> Member | None:
    """The member whose card has the same code, which would make a scan ambiguous; the form warns of it."""
    return Member.objects.filter(card_number=barcode).first()


def name_first_copy_type() -> None:
    """If nobody has named the first copy type yet, it gets its name in the language of the page."""
    CopyType.objects.filter(code="BOOK", name=FIRST_NAME).update(name=_(FIRST_NAME))


def ensure_copy_types() -> None:
    """Make a first copy type where there is none. Idempotent."""
    if not CopyType.objects.exists():
        CopyType.objects.create(code="BOOK", name=FIRST_NAME, replacement_price_minor=2000, processing_fee_minor=500)
