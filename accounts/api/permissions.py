"""Who may do what through the API: what each resource declares for each of its methods, and nothing without."""

from typing import Any

from django.contrib.auth.models import AnonymousUser
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.api.problems import Problem
from accounts.models import ApiToken, LibrarySettings, User
from accounts.queries.sign_ins import lacks_second_factor

PUBLIC = "public"  # everybody, without a token too
SIGNED_IN = "signed in"
MEMBERS = "members"  # whoever has a card; each sees what is their own
READ, CIRCULATE, MANAGE = ApiToken.Scope.values
ANY_SCOPE = "any"  # whatever the token is for, and whatever its owner has still to do on the pages


class AsDeclared(BasePermission):
    """Lets through whom the resource's ``permission`` and the token's scopes let through."""

    def has_permission(self, request: Request, view: Any) -> bool:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in view.scope:
            return True  # there is no such method, which is what will be said
        needed = declared(view.permission, method)
        if isinstance(request.user, AnonymousUser):
            if needed == PUBLIC:
                return True
            raise Problem("not_signed_in", headers={"WWW-Authenticate": "Bearer"})
        if view.scope[method] != ANY_SCOPE:
            _check_person(request.user, request.library)
            _check_scope(request.auth, view.scope[method])
        if not may(request.user, needed):
            raise Problem("not_allowed")
        return True


def declared(permission: str | dict[str, str], method: str) -> str:
    """What ``method`` needs, of one permission for all methods or one for each."""
    return permission if isinstance(permission, str) else permission[method]


def may(user: User, needed: str) -> bool:
    """Whether ``user`` has what is ``needed``: a permission of accounts.permissions or one of the words above."""
    if needed in (PUBLIC, SIGNED_IN):
        return True
    return hasattr(user, "member") if needed == MEMBERS else user.has_perm(needed)


def _check_person(user: User, library: LibrarySettings) -> None:
    """Who has something to do on the pages first is told so."""
    if user.must_change_password:
        raise Problem("password_must_change")
    if lacks_second_factor(user, library):
        raise Problem("second_factor_needed")


def _check_scope(token: ApiToken, scope: str) -> None:
    if scope not in token.scopes:
        header = f'Bearer error="insufficient_scope", scope="{scope}"'
        raise Problem("scope_missing", headers={"WWW-Authenticate": header}, scope=scope)
