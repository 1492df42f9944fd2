"""Who waits in the demo library: a copy ready to be picked up, books that are out, and one to fetch from its shelf."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta

from accounts.models import Member, User
from catalog.models import Book, Copy
from circulation.exceptions import CirculationRefused
from circulation.models import Loan
from circulation.queries.copies import AVAILABLE, with_availability
from circulation.services.holds import place_hold
from circulation.services.loans import return_copy

WAITING = 5  # books somebody waits for because they are out


def make_holds(reader: Member, members: list[Member], by: User, now: datetime) -> None:
    """Let ``reader`` and others wait, and a copy for ``reader`` come back an hour before ``now``."""
    others = [member for member in members if member != reader]
    copies = with_availability(Copy.objects.all())
    is_in = set(copies.filter(status=AVAILABLE).values_list("book", flat=True))  # type: ignore[misc] # annotated
    readers_own = reader.loans.open().values("copy__book")
    before = now - timedelta(days=3)
    lent = Loan.objects.open().filter(issued_at__lt=before).exclude(copy__book__in=is_in)
    wanted = list(
        lent.exclude(copy__book__in=readers_own).select_related("copy__book", "copy__home_branch").order_by("pk")
    )
    for n, loan in enumerate(wanted[1 : WAITING + 1], start=1):
        _wait(others[5 * n :], loan.copy.book, by, before)
    for loan in wanted[:2]:
        _wait_all_the_same(reader, loan.copy.book, by, before)
    if wanted:
        return_copy(wanted[0].copy, branch=wanted[0].copy.home_branch, by=by, now=now - timedelta(hours=1))
    for book in Book.objects.filter(pk__in=is_in).order_by("pk")[:1]:
        _wait(others, book, by, before)


def _wait_all_the_same(member: Member, book: Book, by: User, at: datetime) -> None:
    """``member`` waits for ``book``, by the librarian's leave where overdue books or fines would not let it."""
    where = {"book": book, "branch": book.copies.order_by("pk")[0].home_branch, "by": by, "now": at}
    try:
        place_hold(member, **where)
    except CirculationRefused as refused:
        with suppress(CirculationRefused):  # what nobody may set aside
            place_hold(member, **where, overrides=refused.codes, reason="Needed for a talk at school")


def _wait(members: Iterable[Member], book: Book, by: User, at: datetime) -> None:
    """The first of ``members`` whom the rules let wait for ``book`` does; nobody, where none may."""
    copy = book.copies.order_by("pk")[0]
    for member in members:
        try:
            place_hold(member, book=book, branch=copy.home_branch, by=by, now=at)
        except CirculationRefused:
            continue
        return
