"""Where people are signed in, and whether a second factor is wanted of them and there. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from accounts.models import LibrarySettings, OpenSignIn, User
from accounts.permissions import USE_DESK

SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # in the session, in seconds since 1970
LISTED_AS = "listed_as"  # in the session: the key under which it stands in the list of open sign-ins
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none
Wanted = LibrarySettings.SecondFactor


@dataclass(frozen=True, slots=True)
class SignedIn:
    """One open sign-in of a person; ``seen_at`` is right to the minute for staff, to some hours for members."""

    pk: int
    device: str
    address: str
    since: datetime
    seen_at: datetime
    is_this: bool


def open_sign_ins(user: User, session_key: str | None) -> list[SignedIn]:
    """Where ``user`` is signed in now, this browser (of ``session_key``) first, then the one seen last. Two queries."""
    listed = list(OpenSignIn.objects.filter(user=user))
    alive = Session.objects.filter(expire_date__gt=timezone.now()).in_bulk([each.session_key for each in listed])
    found = [
        SignedIn(
            each.pk, each.device, each.address, each.since,
            _seen_at(alive[each.session_key].get_decoded(), each.since), each.session_key == session_key,
        )
        for each in listed if each.session_key in alive
    ]  # fmt: skip
    return sorted(found, key=lambda each: (each.is_this, each.seen_at), reverse=True)


def _seen_at(session: Mapping[str, Any], since: datetime) -> datetime:
    return datetime.fromtimestamp(session[SEEN_AT], UTC) if SEEN_AT in session else since


def with_second_factor(users: QuerySet[User]) -> QuerySet[User]:
    """``users`` that know whether they have a second factor (``has_second_factor``), in the same query."""
    return users.annotate(has_second_factor=Exists(Authenticator.objects.filter(user=OuterRef("pk"), type__in=FACTORS)))


def has_second_factor(user: User) -> bool:
    """Whether ``user`` gave the library a way to ask for more than the password."""
    known = getattr(user, "has_second_factor", None)
    return Authenticator.objects.filter(user=user, type__in=FACTORS).exists() if known is None else known


def must_have_second_factor(user: User, library: LibrarySettings, *, at_desk: bool | None = None) -> bool:
    """Whether ``library`` wants a second factor of ``user``: by role, whoever works here or Admins only.

    ``at_desk``: whether the person works at the desk, where that is known.
    """
    if library.second_factor == Wanted.NONE:
        return False
    if user.is_superuser or user.is_staff:  # the door to the admin site follows the role Admin
        return True
    return library.second_factor == Wanted.STAFF and (user.has_perm(USE_DESK) if at_desk is None else at_desk)


def lacks_second_factor(user: User, library: LibrarySettings) -> bool:
    """Whether ``user`` must have a second factor and has none: then nothing opens but the way to one.

    For pages and for API tokens alike.
    """
    return must_have_second_factor(user, library) and not has_second_factor(user)
