"""Who may do what is named once, and a guarded page keeps to it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.permissions import ADMIN, LIBRARIAN, MEMBER, NAMES, ROLES, USE_DESK, needs


def test_every_right_is_one_of_this_app_with_a_name() -> None:
    assert [right for right, name in NAMES.items() if not right.startswith("accounts.") or not str(name)] == []


def test_roles_hold_only_rights_that_exist() -> None:
    assert [right for rights in ROLES.values() for right in rights if right not in NAMES] == []
    assert (sorted(ROLES), ROLES[MEMBER], sorted(ROLES[ADMIN])) == ([ADMIN, LIBRARIAN, MEMBER], [], sorted(NAMES))


@needs(USE_DESK)
def page(request: Any) -> HttpResponse:
    return HttpResponse("in")


@pytest.mark.parametrize(("role", "opens"), [(MEMBER, False), (LIBRARIAN, True), (ADMIN, True)])
def test_page_opens_to_who_has_the_right(role: str, opens: bool, make_user: Any) -> None:
    request = RequestFactory().get("/")
    request.user = make_user(role)
    if opens:
        assert page(request).content == b"in"
    else:
        with pytest.raises(PermissionDenied):
            page(request)


def test_page_is_closed_to_a_sign_in_that_was_closed(make_user: Any) -> None:
    request = RequestFactory().get("/")
    request.user = make_user(ADMIN, is_active=False)
    with pytest.raises(PermissionDenied):
        page(request)
