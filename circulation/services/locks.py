"""Locks, always taken in this order: members, copies, their loans, holds, each kind by key.

The lines of a member's account follow, and last the search documents of the books concerned (services.search).
"""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from accounts.models import Member, Webhook
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Hold, Loan
from circulation.queries.problems import block


def lock_member(pk: int) -> Member:
    """The member, locked until the transaction ends.

    Raises CirculationRefused("unknown_member") for one who is not here, or was removed.
    """
    members = lock_members([pk])
    if pk not in members:
        raise CirculationRefused([block("unknown_member", _("This member is not here any more."))])
    return members[pk]


def lock_members(pks: Iterable[int | None]) -> dict[int, Member]:
    """Those of these members who are here and were not removed, locked, by key."""
    # NO KEY: who writes a notice to a member, a copy locked already, is not to wait for who locks member, then copy.
    locked = Member.objects.select_for_update(of=("self",), no_key=True)
    members = locked.select_related("category").order_by("pk")
    return {member.pk: member for member in members.filter(pk__in={pk for pk in pks if pk}, removed_at=None)}


def lock_copy(pk: int) -> Copy:
    """The copy with its type and book, locked. Raises CirculationRefused("unknown_copy")."""
    return _only(pk, lock_copies(Copy.objects.filter(pk=pk)) or lock_copies(Copy.objects.filter(pk=pk)))


def lock_copy_for(member: Member, copy: Copy) -> Copy:
    """``copy`` locked, and with it all copies of its book if ``member`` (locked) has a hold on that.

    For then the hold is filled, and whatever other copy stands ready for it goes to somebody else.
    Raises CirculationRefused("unknown_copy").
    """
    locked = _lock_with_others_for(member, copy.pk, copy.book_id)
    if copy.pk in locked and locked[copy.pk].book_id == copy.book_id:
        return locked[copy.pk]
    book = Copy.objects.filter(pk=copy.pk).values_list("book", flat=True).first()  # its book was merged meanwhile
    return _only(copy.pk, list(_lock_with_others_for(member, copy.pk, book or 0).values()))


def _lock_with_others_for(member: Member, pk: int, book: int) -> dict[int, Copy]:
    own = Hold.objects.active().filter(member=member, book=OuterRef("book"))
    return {copy.pk: copy for copy in lock_copies(Copy.objects.filter(Q(pk=pk) | Q(Exists(own), book=book)))}


def lock_copies(copies: QuerySet[Copy]) -> list[Copy]:
    """These ``copies`` with their type, book and branch, locked.

    PostgreSQL leaves out one whose book became another while this waited for it: whoever wants that one asks again.
    """
    related = ("copy_type", "book", "current_branch")
    return list(copies.select_for_update(of=("self",)).select_related(*related).order_by("pk"))


def _only(pk: int, copies: list[Copy]) -> Copy:
    for copy in copies:
        if copy.pk == pk:
            return copy
    raise CirculationRefused([block("unknown_copy", _("This copy is not here any more."))])


def lock_open_loan(copy: Copy, which: Loan | None = None) -> Loan:
    """The open loan of ``copy`` with member, copy and loan locked; CirculationRefused("not_on_loan") if it is in.

    It tells whether anybody waits for its book (``is_waited_for``) and whether other programs listen
    (``is_listened_to``): the desk counts its statements. ``which``: this loan and no other, for by now the copy may
    have been lent again.
    """
    open_loans = Loan.objects.open().filter(copy=copy, **({"pk": which.pk} if which else {}))
    member_id = open_loans.values_list("member_id", flat=True).first()
    if member_id is not None:
        member = lock_member(member_id)
        locked = lock_copy(copy.pk)
        waiting = Hold.objects.waiting().filter(book=OuterRef("copy__book"))
        listening = Webhook.objects.filter(is_active=True)
        loans = open_loans.select_for_update(of=("self",)).filter(member=member)
        loan = loans.annotate(is_waited_for=Exists(waiting), is_listened_to=Exists(listening)).first()
        if loan is not None:
            loan.member, loan.copy = member, locked
            return loan
    raise CirculationRefused([block("not_on_loan", _("This copy is not on loan."))])


def lock_with_loan(copy: Copy) -> tuple[Copy, Loan | None]:
    """``copy`` and, if it is lent, its open loan with its member, all locked.

    Raises CirculationRefused("unknown_copy"), and "on_loan" for a copy that was lent in this very moment.
    """
    open_loans = Loan.objects.open().filter(copy=copy)
    members = lock_members(open_loans.values_list("member_id", flat=True))
    locked = lock_copy(copy.pk)
    loan = open_loans.select_for_update(of=("self",)).first()
    if loan is None:
        return locked, None
    if loan.member_id not in members:
        raise CirculationRefused([block("on_loan", _("This copy was lent in this moment. Try again."))])
    loan.member, loan.copy = members[loan.member_id], locked
    return locked, loan
