"""Forgetting who read what: loans, holds and the record of actions lose their member; every count stays."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts.models import Action, LibrarySettings, Message, Restriction, User
from accounts.services.actions import leave_out, recorded
from circulation.models import Hold, Loan, Notice, OnSiteUse
from circulation.policy import end_of_day
from circulation.queries.history import forgettable_holds, forgettable_loans, forgettable_uses, is_owed_for, kept_until
from circulation.services.batches import batches
from circulation.services.locks import lock_members


def unlink_history(now: datetime) -> int:
    """Let every returned loan forget its member whose time is over and for which nothing is owed; how many loans.

    Each batch is an action of its own: what is done stays done. The holds and uses in the library of that time are
    forgotten too, and are not counted.
    """
    library = LibrarySettings.current()
    until = kept_until(library, now)
    pks = forgettable_loans(until).only("pk")
    unlinked = sum(_unlink([loan.pk for loan in each], until, by=None, now=now) for each in batches(pks))
    for uses in batches(forgettable_uses(until).only("pk")):
        _forget_uses([use.pk for use in uses], by=None, now=now)
    this_morning = end_of_day(now.astimezone(library.zone).date() - timedelta(days=1), library.zone)
    for holds in batches(forgettable_holds(until, this_morning).only("pk")):
        _forget_holds([hold.pk for hold in holds], by=None, now=now)
    return unlinked


def unlink_at_return(loan: Loan, barred: Restriction | None = None) -> bool:
    """Let ``loan``, just returned and locked with its member, forget them if they chose so and owe nothing for it.

    ``barred``: the suspension that the return brought, which then does not name the book. Returns whether it did.
    """
    member = loan.member
    if member is None or member.keep_history is not False or Loan.objects.filter(is_owed_for(loan.pk), pk=loan.pk):
        return False
    _forget([loan])
    loan.member = None
    if barred:
        _name_no_book([barred.pk])
    return True


@recorded("unlink_history")
def _unlink(action: Action, pks: list[int], until: datetime, *, by: User | None, now: datetime) -> int:
    """Unlink those of these loans that still may be, now that nobody else can touch them."""
    lock_members(Loan.objects.filter(pk__in=pks).values_list("member", flat=True))
    loans = forgettable_loans(until).filter(pk__in=pks).select_related("member").order_by("pk")
    locked = list(loans.select_for_update(of=("self",)))
    _forget(locked)
    action.after = {"loans": len(locked)}
    if not locked:
        leave_out(action)
    return len(locked)


@recorded("unlink_history")
def _forget_uses(action: Action, pks: list[int], *, by: User | None, now: datetime) -> int:
    """Let these uses in the library forget their member."""
    uses = OnSiteUse.objects.filter(pk__in=pks)
    counted = Action.objects.filter(verb="use_on_site", target_id__in=uses.values("copy"), at__lte=now)
    counted.exclude(fingerprint="").update(fingerprint="")
    uses.update(member=None)
    action.after = {"uses": len(pks)}
    return len(pks)


@recorded("unlink_history")
def _forget_holds(action: Action, pks: list[int], *, by: User | None, now: datetime) -> int:
    """Delete these holds, which are over."""
    holds = Hold.objects.filter(pk__in=pks)
    _empty_record(Hold, dict(holds.values_list("pk", "member__user")))
    _forget_notices(Notice.objects.filter(hold__in=pks))
    holds.delete()
    action.after = {"holds": len(pks)}
    return len(pks)


def _forget(loans: Iterable[Loan]) -> None:
    """Cut every tie between ``loans`` (locked) and their members but the lines of the account that cost money."""
    readers = {loan.pk: loan.member.user_id if loan.member else None for loan in loans}
    Hold.objects.filter(loan__in=readers).update(loan=None)
    _forget_notices(Notice.objects.filter(loan__in=readers))
    _empty_record(Loan, readers)
    Loan.objects.filter(pk__in=readers).update(member=None)


def _forget_notices(notices: QuerySet[Notice]) -> None:
    """Delete ``notices``, and empty the messages they went out with: they named the books."""
    messages = Message.objects.filter(pk__in=list(notices.exclude(message=None).values_list("message", flat=True)))
    messages.update(subject="", text="", html="")
    notices.delete()


def _empty_record(model: type[Loan | Hold], readers: dict[int, int | None]) -> None:
    """Take the reader out of what the record of actions says of these rows. ``readers``: the sign-in of each."""
    actions = Action.objects.filter(target_type=model._meta.label_lower, target_id__in=readers)
    named = list(actions)
    for action in named:
        filled = str(action.after.pop("filled_hold", ""))  # it names the member as well as the loan does
        for said in (action.before, action.after):
            said.pop("member", None)
            said.get("holds", {}).pop(filled, None)
        action.fingerprint = ""  # made of what was sent, the member among it
        if action.by_id == readers[action.target_id or 0]:
            action.by_id = None
    Action.objects.bulk_update(named, ["before", "after", "fingerprint", "by"], batch_size=100)
    late = [action.after["restriction"] for action in named if action.after.get("restriction")]
    _name_no_book(late)


def _name_no_book(restrictions: list[int]) -> None:
    Restriction.objects.filter(pk__in=restrictions).update(reason=_("Late return"))
