"""Signing in for a token and out again, and who the token belongs to."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Body
from accounts.api.fields import Names, Password, Text
from accounts.api.members import MemberShown
from accounts.api.permissions import ANY_SCOPE, PUBLIC, READ, SIGNED_IN
from accounts.api.problems import KINDS, Problem
from accounts.api.resources import Resource, operation
from accounts.exceptions import Refused
from accounts.forms.signing_in import person_signing_in
from accounts.models import ApiToken, User
from accounts.permissions import NAMES
from accounts.services.tokens import make_token, new_token_text, revoke_token

PROBLEMS = {
    "wrong_sign_in": "wrong_password",
    "wrong_code": "wrong_code",
    "first_password": "password_must_change",
    "second_factor_missing": "second_factor_needed",
}


class SignInBody(Body):
    login = Text(max_length=254)
    password = Password(max_length=1_000)
    code = Text(max_length=40, default="", allow_blank=True, help_text="Of the second factor, for whoever has one.")
    name = Text(max_length=80, default="API")
    scopes = serializers.ListField(
        child=serializers.ChoiceField(ApiToken.Scope.values), default=ApiToken.Scope.values, min_length=1, max_length=3
    )


class SignedInShown(serializers.Serializer):
    token = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class TokenShown(serializers.Serializer):
    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.CharField())
    expires_at = serializers.DateTimeField()


class OwnMemberShown(MemberShown):
    """A member as the person sees it: without what the desk noted."""

    note = None


class MeShown(serializers.Serializer):
    id = serializers.IntegerField(source="user.pk")
    username = serializers.CharField(source="user.username")
    name = serializers.CharField(source="user.name")
    email = serializers.CharField(source="user.email")
    roles = Names("name", source="user.groups")
    permissions = serializers.ListField(child=serializers.CharField())
    member = OwnMemberShown(allow_null=True)
    token = TokenShown()


class SignIn(Resource):
    permission = PUBLIC
    scope = {"POST": READ}

    @operation(
        "sign_in", "Sign in for a token that is valid for some hours", takes=SignInBody, gives=SignedInShown,
        problems=tuple(PROBLEMS.values()), is_secret=True,
    )  # fmt: skip
    def post(self, request: Request) -> dict[str, Any]:
        user = self._user()
        text, hours = new_token_text(), timedelta(hours=settings.API_SIGN_IN_HOURS)
        facts = {"name": self.given["name"], "scopes": sorted(self.given["scopes"]), "valid_for": hours}
        token = make_token(user, text=text, by=user, **facts)
        return {"token": text, "scopes": token.scopes, "expires_at": token.expires_at}

    def _user(self) -> User:
        """Whoever signs in, after the same limits as on the page; wrong tries cost and say the same for all."""
        sent = {name: self.given[name] for name in ("login", "password", "code")}
        try:
            return person_signing_in(self.request._request, **sent)
        except Refused as refusal:
            code = PROBLEMS[refusal.code]
            headers = {"WWW-Authenticate": "Bearer"} if KINDS[code].status == 401 else {}
            raise Problem(code, refusal.message, headers=headers) from refusal


class SignOut(Resource):
    permission = SIGNED_IN
    scope = {"POST": ANY_SCOPE}

    @operation("sign_out", "Revoke the token that is sent")
    def post(self, request: Request) -> None:
        revoke_token(request.auth, by=request.user)


class Me(Resource):
    permission = SIGNED_IN
    scope = {"GET": READ}

    @operation("get_me", "Whose token this is and what it may do", gives=MeShown)
    def get(self, request: Request) -> dict[str, Any]:
        user = request.user
        may = [name for name in NAMES if user.has_perm(name)]
        return {"user": user, "permissions": may, "member": getattr(user, "member", None), "token": request.auth}
