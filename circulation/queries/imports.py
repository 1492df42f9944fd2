"""What has happened to the things that an import brought in."""

from collections.abc import Iterable, Iterator

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Member, Restriction
from catalog.models import Book, Copy, ImportBatch, ImportRow
from circulation.models import Hold, LedgerEntry, Loan, OnSiteUse

MOST_REASONS = 10


def reasons_not_to_undo(batch: ImportBatch) -> list[str]:
    """Sentences for what has been lent, reserved or charged of what ``batch`` brought in; up to MOST_REASONS."""
    copies = Copy.objects.filter(pk__in=batch.rows.values("created_copies"))
    books = Book.objects.filter(pk__in=batch.rows.exclude(created_book=None).values("created_book"))
    members = Member.objects.filter(pk__in=batch.rows.exclude(created_member=None).values("created_member"))
    own = loans_made(batch.rows.filter(what=ImportRow.What.LOAN))
    found = [*_of_loans(own), *_of_copies(copies, own), *_of_books(books), *_of_members(members, own)]
    return list(dict.fromkeys(found))[:MOST_REASONS]


def loans_made(rows: QuerySet[ImportRow] | Iterable[ImportRow]) -> dict[int, dict]:
    """What lines that are loans have made: by the loan's key what it said then."""
    return {row.made["loan"]: row.made for row in rows if row.made.get("loan")}


def untouched(loan: Loan, made: dict) -> bool:
    """Whether ``loan`` is as an import ``made`` it: still open, never renewed."""
    return loan.is_open and loan.due_at.isoformat() == made["due_at"] and loan.renewals == made["renewals"]


def used_copies(copies: QuerySet[Copy], own_loans: Iterable[int] = ()) -> QuerySet[Copy]:
    """Those of ``copies`` that were lent otherwise than by ``own_loans``, waited for, or read here."""
    lent = Loan.objects.exclude(pk__in=list(own_loans)).values("copy")
    held = Hold.objects.exclude(copy=None).values("copy")
    trapped = Hold.objects.exclude(trapped_copy=None).values("trapped_copy")
    read = OnSiteUse.objects.values("copy")
    return copies.filter(Q(pk__in=lent) | Q(pk__in=held) | Q(pk__in=trapped) | Q(pk__in=read)).order_by("pk")


def used_members(members: QuerySet[Member], own_loans: Iterable[int] = ()) -> QuerySet[Member]:
    """Those of ``members`` who did more than have ``own_loans``: another loan, a hold, a line of their account."""
    parts = (
        Loan.objects.exclude(member=None).exclude(pk__in=list(own_loans)), Hold.objects.all(),
        LedgerEntry.objects.all(), Restriction.objects.all(), OnSiteUse.objects.exclude(member=None),
    )  # fmt: skip
    used = Q(user__isnull=False)
    for part in parts:
        used |= Q(pk__in=part.values("member"))
    return members.filter(used).order_by("pk")


def _of_loans(own: dict[int, dict]) -> Iterator[str]:
    for loan in Loan.objects.filter(pk__in=list(own)).select_related("copy").order_by("pk"):
        if not untouched(loan, own[loan.pk]):
            yield _("The loan of %(code)s has gone on: it was returned or renewed.") % {"code": loan.copy.barcode}


def _of_copies(copies: QuerySet[Copy], own: dict[int, dict]) -> Iterator[str]:
    for copy in used_copies(copies, own).select_related("book")[:MOST_REASONS]:
        yield _("%(code)s (“%(title)s”) has been lent or waited for.") % {
            "code": copy.barcode, "title": copy.book.title
        }  # fmt: skip


def _of_books(books: QuerySet[Book]) -> Iterator[str]:
    for title in books.filter(pk__in=Hold.objects.values("book")).values_list("title", flat=True)[:MOST_REASONS]:
        yield _("Somebody waits or waited for “%(title)s”.") % {"title": title}


def _of_members(members: QuerySet[Member], own: dict[int, dict]) -> Iterator[str]:
    for name in used_members(members, own).values_list(F("card_number"), flat=True)[:MOST_REASONS]:
        yield _("The member with the card %(card)s has borrowed, reserved, paid or signed in.") % {"card": name}
