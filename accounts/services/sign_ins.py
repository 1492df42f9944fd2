"""Where people are signed in: listed, ended from elsewhere, ended when a password or a person's standing changes."""

from datetime import datetime

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, OpenSignIn, User
from accounts.services.actions import describe, leave_out, recorded
from accounts.services.tokens import revoke_all_tokens_of


def list_sign_in(
    user: User, *, session_key: str, listed_as: str = "", device: str = "", address: str = "", since: datetime
) -> None:
    """Note that ``user`` is signed in in the session ``session_key``; ``listed_as`` is the key it had before."""
    moved = listed_as and OpenSignIn.objects.filter(session_key=listed_as, user=user).update(session_key=session_key)
    if not moved:
        facts = {"user": user, "device": device, "address": address, "since": since}
        OpenSignIn.objects.update_or_create(session_key=session_key, defaults=facts)


@transaction.atomic
def end_everything_of(user: User, *, by: User | None, now: datetime, but: str | None = None) -> int:
    """End every sign-in of ``user``, but for the session ``but``, and revoke all tokens; how many sign-ins there were.

    For services that change what a sign-in rests on: it is part of what they record.
    """
    listed = OpenSignIn.objects.filter(user=user).exclude(session_key=but or "")
    ended = _end(list(listed.values_list("session_key", flat=True)))
    revoke_all_tokens_of(user, by=by, now=now)
    return ended


@recorded("end_sign_in")
def end_sign_in(action: Action, sign_in: OpenSignIn, *, by: User | None, now: datetime) -> None:
    """End one ``sign_in``: whoever sits there is asked to sign in again. One that is over already stays so."""
    describe(action, sign_in.user, after={"device": sign_in.device, "address": sign_in.address})
    if not _end([sign_in.session_key]):
        leave_out(action)


@recorded("sign_out_everywhere")
def sign_out_everywhere(action: Action, user: User, *, but: str | None = None, by: User | None, now: datetime) -> int:
    """End every sign-in of ``user`` but for the session ``but``, and revoke the tokens; how many sign-ins there were.

    Raises Refused("out_of_reach") where somebody acts who may not.
    """
    refuse_out_of_reach(user, by)
    ended = end_everything_of(user, by=by, now=now, but=but)
    describe(action, user, after={"ended": ended})
    if not ended:
        leave_out(action)
    return ended


@recorded("choose_password")
def note_chosen_password(action: Action, user: User, *, but: str | None, by: User | None, now: datetime) -> None:
    """After ``user`` chose a password: every other sign-in than that of the session ``but`` ends, every token too."""
    describe(action, user, after={"ended": end_everything_of(user, by=by, now=now, but=but)})


def forget_ended_sign_ins(now: datetime) -> int:
    """Remove sessions whose time is up, and from the list what has no session any more; how many of those."""
    Session.objects.filter(expire_date__lte=now).delete()
    alive = Session.objects.filter(session_key=OuterRef("session_key"))
    return OpenSignIn.objects.filter(~Exists(alive)).delete()[0]


def refuse_out_of_reach(user: User, by: User | None) -> None:
    """Who set the library up is beyond the reach of those who came after. Raises Refused("out_of_reach")."""
    if by is not None and by != user and user.is_superuser and not by.is_superuser:
        raise Refused("out_of_reach", _("Only somebody who set the library up may do this to this person."))


def _end(session_keys: list[str]) -> int:
    Session.objects.filter(session_key__in=session_keys).delete()
    return OpenSignIn.objects.filter(session_key__in=session_keys).delete()[0]
