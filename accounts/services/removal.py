"""Forgetting a person: nothing of the row, the sign-in and the record of actions names them any more."""

import re
from datetime import datetime

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.models import Action, ApiAnswer, Card, Member, Message, User
from accounts.queries import works_here
from accounts.services.members import EDITABLE
from accounts.services.second_factor import forget_second_factor
from accounts.services.sign_ins import end_everything_of

PERSONAL = (*EDITABLE, "card_number", "username", "pin_hash")
KEPT = ("category", "joined_on")  # what statistics need and nobody is known by


def forget_person(member: Member, now: datetime) -> None:
    """Take everything personal out of ``member``, who is locked; the row stays, and its old card numbers stay taken.

    The sign-in is closed, unless the person works here: then it is theirs and no longer the member's. Restrictions
    end and lose their reasons. What the record of actions says of the person is emptied, and who looked at the page
    is forgotten with it.
    """
    user, name = member.user, member.name
    _empty_record(member, user, name)
    member.card_number = _nobodys_card(member)
    member.name, member.user, member.removed_at = _("Removed member"), None, now
    for field in ("email", "phone", "address", "group_name", "note", "pin_hash"):
        setattr(member, field, "")
    member.keep_history, member.expires_on, member.language, member.notices_off = None, None, "", []
    member.save()
    if user and not works_here(user):
        end_everything_of(user, by=None, now=now)
        _close_sign_in(user, member.card_number)
    _empty_messages(member)
    ApiAnswer.objects.exclude(status=None).delete()  # they may say anything of anybody, and serve a day at most
    member.looks.all().delete()
    member.restrictions.filter(lifted_at=None).update(lifted_at=now)
    member.restrictions.update(reason="")


def words_of(name: str) -> Q:
    """A condition that a ``reason`` names the person called ``name``: by any part that is more than an initial."""
    named = _says(name)
    for word in name.split():
        if len(word) > 2:
            named |= _says(word)
    return named


def _says(words: str) -> Q:
    """A condition that these ``words`` stand in a ``reason``, not just within others."""
    return Q(reason__iregex=rf"(^|\W){re.escape(words)}($|\W)")


def _nobodys_card(member: Member) -> str:
    number = f"REMOVED-{member.pk}"
    while Card.objects.filter(number=number).exists() or User.objects.filter(username__iexact=number).exists():
        number += "X"
    Card.objects.create(number=number)
    return number


def _empty_messages(member: Member) -> None:
    """Of what was written to ``member`` only the days stay; what was not sent never is."""
    member.messages.update(to="", subject="", text="", html="", problem="")
    due = Message.STATES[Message.Status.DUE]
    member.messages.filter(state__in=due).update(state=Message.State.CANCELLED, lease_until=None)


def _close_sign_in(user: User, username: str) -> None:
    EmailAddress.objects.filter(user=user).delete()
    user.api_tokens.all().delete()
    forget_second_factor(user)
    user.username, user.name, user.email, user.is_active = username, "", "", False
    user.must_change_password, user.first_password_until = False, None
    user.set_unusable_password()
    user.save()
    user.groups.clear()


def _empty_record(member: Member, user: User | None, name: str) -> None:
    about = Q(target_type=Member._meta.label_lower, target_id=member.pk)
    if user and not works_here(user):
        about |= Q(target_type=User._meta.label_lower, target_id=user.pk)
    for action in Action.objects.filter(about).iterator():
        for said in (action.before, action.after):
            for field in set(said).intersection(PERSONAL).difference(KEPT):
                del said[field]
        action.reason, action.fingerprint = "", ""
        action.save(update_fields=["before", "after", "reason", "fingerprint"])
    Action.objects.filter(_says(name)).update(reason="", fingerprint="")
    for row in (member, user):
        if row:
            kind = ContentType.objects.get_for_model(type(row))
            LogEntry.objects.filter(content_type=kind, object_id=str(row.pk)).update(object_repr="")
