"""The second factor of a person: what changed is recorded, and an Admin takes one away that was lost."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.services.actions import describe, recorded
from accounts.services.sign_ins import end_everything_of, refuse_out_of_reach


@recorded("change_second_factor")
def note_second_factor(action: Action, user: User, *, what: str, by: User | None, now: datetime) -> None:
    """Record that ``user`` changed the own second factor: ``what`` as allauth calls it ("totp_activated")."""
    describe(action, user, after={"second_factor": what})


@recorded("reset_second_factor")
def reset_second_factor(action: Action, user: User, *, reason: str, by: User | None, now: datetime) -> User:
    """Take away the second factor that ``user`` lost: app, passkeys and recovery codes. All sign-ins and tokens end.

    The person signs in with the password alone next time, and sets up a new one, at once where the library wants one.
    ``by`` None: whoever runs the computer. Raises Refused("no_second_factor"), Refused("own_second_factor") and
    Refused("out_of_reach").
    """
    if by == user:
        raise Refused("own_second_factor", _("Change your own second factor in your profile."))
    refuse_out_of_reach(user, by)
    removed = forget_second_factor(user)
    if not removed:
        raise Refused("no_second_factor", _("This person has no second factor."))
    action.reason = reason
    describe(action, user, before={"second_factor": removed}, after={"second_factor": []})
    end_everything_of(user, by=by, now=now)
    return user


def forget_second_factor(user: User) -> list[str]:
    """Remove what ``user`` gave as a second factor, inside the caller's transaction; which kinds there were."""
    held = Authenticator.objects.filter(user=user)
    kinds = sorted(held.values_list("type", flat=True))
    held.delete()
    return kinds
