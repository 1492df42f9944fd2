"""Who asks: whoever the token in ``Authorization: Bearer`` belongs to. Cookies never count: nothing can be forged."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from accounts.api.problems import Problem
from accounts.models import ApiToken, User
from accounts.services.tokens import BEGINS_WITH, digest_of, note_use


class BearerAuthentication(BaseAuthentication):
    """Finds the person by the token; None where no token was sent at all."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        sent = request.headers.get("Authorization")
        if sent is None:
            return None
        kind, _blank, text = sent.partition(" ")
        if kind.lower() != "bearer":
            raise Problem("not_signed_in", headers={"WWW-Authenticate": "Bearer"})
        token, now = _token(text.strip()), timezone.now()
        if problem := _why_worthless(token, now):
            raise Problem(problem, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        assert token is not None
        note_use(token, now)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


def _token(text: str) -> ApiToken | None:
    if not text.startswith(BEGINS_WITH):
        return None
    tokens: Any = ApiToken.objects.select_related("user__member__category")
    return tokens.filter(digest=digest_of(text)).first()


def _why_worthless(token: ApiToken | None, now: datetime) -> str:
    if token is None:
        return "token_unknown"
    if token.revoked_at is not None:
        return "token_revoked"
    if token.expires_at <= now:
        return "token_expired"
    return "" if token.user.is_active else "user_disabled"
