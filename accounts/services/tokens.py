"""Tokens for programs: made, shown once, noted when used, revoked."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, ApiToken, User
from accounts.services.actions import describe, leave_out, recorded

BEGINS_WITH = "osh_"
SHOWN = 8  # characters after that, by which a person knows one token from another
MOST_DAYS = 366
MOST_OF_ONE_PERSON = 200  # each sign-in through the API makes one, for some hours
USE_IS_NOTED_EVERY = timedelta(minutes=1)


def new_token_text() -> str:
    """A token as it is handed out once: 8 characters that are shown later, then 32 bytes of chance."""
    return f"{BEGINS_WITH}{secrets.token_hex(SHOWN // 2)}{secrets.token_urlsafe(32)}"


def digest_of(text: str) -> str:
    """What is kept of a token. It is pure chance, so that one round of a fast hash is enough."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def make_token(
    user: User, *, text: str, name: str, scopes: list[str], valid_for: timedelta, by: User | None,
    key: str | None = None, now: datetime | None = None,
) -> ApiToken:  # fmt: skip
    """Let a program act for ``user`` with the token ``text`` (from ``new_token_text``) for the time ``valid_for``.

    Of a form sent twice the first token holds: the ``text`` of the second opens nothing (see ``opens_with``).

    Raises Refused("no_scope"), Refused("valid_too_long"), Refused("too_many_tokens").
    """
    facts = {"name": name, "scopes": scopes, "valid_for": valid_for}
    begins = text[: len(BEGINS_WITH) + SHOWN]
    return _make_token(user, **facts, digest=digest_of(text), prefix=begins, by=by, key=key, now=now)


@recorded("make_token", secret=("digest", "prefix"))
def _make_token(
    action: Action, user: User, *, name: str, scopes: list[str], valid_for: timedelta, digest: str, prefix: str,
    by: User | None, now: datetime,
) -> ApiToken:  # fmt: skip
    user = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _refuse_odd_token(user, scopes, valid_for, now)
    token = ApiToken.objects.create(
        user=user, name=name, scopes=[each for each in ApiToken.Scope.values if each in scopes], prefix=prefix,
        digest=digest, created_at=now, expires_at=now + valid_for,
    )  # fmt: skip
    describe(action, token, after={"user": user.pk, "name": name, "scopes": token.scopes})
    return token


def opens_with(token: ApiToken, text: str) -> bool:
    """Whether ``text`` is the one that belongs to ``token``."""
    return secrets.compare_digest(token.digest, digest_of(text))


@recorded("revoke_token")
def revoke_token(action: Action, token: ApiToken, *, by: User | None, now: datetime) -> ApiToken:
    """Make ``token`` worthless, now. One that was revoked before stays as it is."""
    changed = ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now)
    token.refresh_from_db()
    describe(action, token, after={"user": token.user_id, "name": token.name})
    if not changed:
        leave_out(action)
    return token


@recorded("revoke_all_tokens")
def revoke_all_tokens_of(action: Action, user: User, *, by: User | None, now: datetime) -> int:
    """Make every token of ``user`` worthless, now; how many there were."""
    revoked = usable_tokens(now).filter(user=user).update(revoked_at=now)
    describe(action, user, after={"tokens": revoked})
    if not revoked:
        leave_out(action)
    return revoked


def note_use(token: ApiToken, now: datetime | None = None) -> None:
    """Note that ``token`` was used, at most once a minute: each note is a write."""
    now = now or timezone.now()
    if token.last_used_at is not None and now - token.last_used_at < USE_IS_NOTED_EVERY:
        return
    stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_IS_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def usable_tokens(now: datetime | None = None) -> QuerySet[ApiToken]:
    """Tokens that open something now."""
    return ApiToken.objects.filter(revoked_at=None, expires_at__gt=now or timezone.now())


def _refuse_odd_token(user: User, scopes: list[str], valid_for: timedelta, now: datetime) -> None:
    if not set(scopes) & set(ApiToken.Scope.values):
        raise Refused("no_scope", _("Choose at least one thing that the token is for."))
    if valid_for > timedelta(days=MOST_DAYS):
        raise Refused("valid_too_long", _("A token is valid for a year at most."))
    if usable_tokens(now).filter(user=user).count() >= MOST_OF_ONE_PERSON:
        raise Refused("too_many_tokens", _("You have too many tokens. Revoke those that are not used any more."))
