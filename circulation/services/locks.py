"""Locks, always taken in this order: members by their keys, then the copy, then its loan."""

from collections.abc import Iterable

from django.utils.translation import gettext as _

from accounts.models import Member
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
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
    members = Member.objects.select_for_update(of=("self",)).select_related("category").order_by("pk")
    return {member.pk: member for member in members.filter(pk__in={pk for pk in pks if pk}, removed_at=None)}


def lock_copy(pk: int) -> Copy:
    """The copy with its type and book, locked. Raises CirculationRefused("unknown_copy")."""
    copy = Copy.objects.select_for_update(of=("self",)).select_related("copy_type", "book").filter(pk=pk).first()
    if copy is None:
        raise CirculationRefused([block("unknown_copy", _("This copy is not here any more."))])
    return copy


def lock_open_loan(copy: Copy, which: Loan | None = None) -> Loan:
    """The open loan of ``copy`` with member, copy and loan locked; CirculationRefused("not_on_loan") if it is in.

    ``which``: this loan and no other, for by now the copy may have been lent again.
    """
    open_loans = Loan.objects.open().filter(copy=copy, **({"pk": which.pk} if which else {}))
    member_id = open_loans.values_list("member_id", flat=True).first()
    if member_id is not None:
        member = lock_member(member_id)
        locked = lock_copy(copy.pk)
        loan = open_loans.select_for_update(of=("self",)).filter(member=member).first()
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
