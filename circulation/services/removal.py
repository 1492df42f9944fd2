"""Removing members and books: a person is forgotten and a book that was never lent goes; the accounts stay whole."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Action, Member, User
from accounts.services.actions import describe, recorded
from accounts.services.numbers import BARCODES, hold
from accounts.services.removal import forget_person, words_of
from accounts.services.webhooks import tell_of_member
from catalog.models import Book
from catalog.services.books import delete_book
from circulation.exceptions import CirculationRefused
from circulation.models import LedgerEntry, OnSiteUse
from circulation.queries.ledger import outstanding_minor
from circulation.queries.problems import block
from circulation.services.copies import delete_copy
from circulation.services.hold_shelf import Trail, end_holds_of
from circulation.services.ledger import write, written
from circulation.services.locks import lock_member
from circulation.services.search import tell_search


@recorded("remove_member")
def remove_member(action: Action, member: Member, *, by: User | None, now: datetime) -> Member:
    """Forget ``member``: what is owed is written off first, holds end, loans lose their member, nothing personal stays.

    The lines of the account stay, without a name. Raises CirculationRefused("unknown_member"), and "on_loan" while the
    member has anything on loan.
    """
    member = lock_member(member.pk)
    if member.loans.open().exists():
        raise CirculationRefused([block("on_loan", _("This member still has books on loan. Take them back first."))])
    owed, entries = outstanding_minor(member), []
    if owed:
        entries.append(write(member, LedgerEntry.Kind.WRITE_OFF, -owed, by=by, at=now, reason=_("member removed")))
    trail = Trail()
    end_holds_of(member, by=by, now=now, trail=trail)
    _forget_reasons(member)
    member.notices.all().delete()
    member.loans.update(member=None)
    OnSiteUse.objects.filter(member=member).update(member=None)
    forget_person(member, now)
    describe(action, member, before=trail.as_before(), after=written(entries) | trail.as_after())
    tell_of_member(member, "removed", now)
    tell_search(*trail.books)
    return member


@transaction.atomic
def remove_book(book: Book, *, by: User | None, now: datetime | None = None) -> None:
    """Delete ``book`` with all its copies; all or nothing.

    Raises Refused("was_lent") if one of them ever was lent or waited for, "has_copies" if anybody ever waited for it.
    """
    hold(BARCODES)  # nobody adds a copy meanwhile; before the copies, as whoever merges books does
    for copy in book.copies.order_by("pk"):
        delete_copy(copy, by=by, now=now)
    delete_book(book, by=by, now=now)


def _forget_reasons(member: Member) -> None:
    """What was typed beside a line of the account or a loan may name the person: then it goes."""
    entries, loans = member.ledger.all(), member.loans.all()
    entries.filter(words_of(member.name)).update(reason="")
    for rows in (entries, loans):
        _about(rows).filter(words_of(member.name)).update(reason="", fingerprint="")


def _about(rows: QuerySet) -> QuerySet[Action]:
    keys = rows.order_by().values("pk")
    return Action.objects.exclude(reason="").filter(target_type=rows.model._meta.label_lower, target_id__in=keys)
