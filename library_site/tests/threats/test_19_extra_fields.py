"""19, mass assignment: a form or a body says what it is asked and nothing else; what somebody adds is never stored.

Every form of the site that is sent is walked. That no form names all fields of a model, and no keyword comes straight
from a request, is held by library_site/tests/test_architecture.py; set-up and passwords are tried at their pages.
"""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.test import Client, RequestFactory
from django.utils.http import urlencode

from accounts.api.bodies import Body
from accounts.models import User
from accounts.permissions import ADMIN
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory, UserFactory
from library_site.tests.test_api_routes import operations
from library_site.tests.test_sent_twice import (
    FORMS,
    GIVE_A_FILE,
    OF_A_MEMBER,
    OF_AN_ADMIN,
    TWO_OF,
    first_two,
    url,  # noqa: F401 - the addresses, with what each form needs
)
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break(
        "accounts/views/members.py", 'register_member(by=request.user, ',
        'register_member(user_id=request.POST.get("user"), by=request.user, ',
    ),
    Break("accounts/api/bodies.py", "if isinstance(data, Mapping) and (", "if not isinstance(data, Mapping) and ("),
    Break("accounts/admin/users.py", '["is_active", "groups"]})', '["is_active", "groups", "is_superuser"]})'),
]  # fmt: skip
SOMEBODY, MUCH, LONG_AGO = 987_001_987, 987_654_321, "1987-06-05"
TRACES = (str(SOMEBODY), str(MUCH), LONG_AGO)


def extra() -> dict[str, Any]:
    """What nobody is asked: rights, money, moments and people."""
    return {
        **dict.fromkeys(("is_staff", "is_superuser", "is_active", "must_change_password", "overrides_all"), "on"),
        "role": ADMIN, "groups": Group.objects.get(name=ADMIN).pk,
        **dict.fromkeys(("balance", "balance_minor", "fine", "fines_minor", "allocated_minor", "loans_ever"), MUCH),
        **dict.fromkeys(("returned_at", "closed_at", "due_at", "issued_at", "removed_at", "at", "set_up_at"), LONG_AGO),
        **dict.fromkeys(("member", "member_id", "user", "user_id", "by", "by_id", "issued_by", "id", "pk"), SOMEBODY),
    }  # fmt: skip


@pytest.fixture
def somebody(db: None) -> None:
    """A member with a sign-in, whom no form is about."""
    user = UserFactory(pk=SOMEBODY, username="somebody")
    MemberFactory(pk=SOMEBODY, user=user, category=MemberFactory().category)


class Traces(list[str]):
    """Notes each statement that would write something that came from the extra fields."""

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE")) and any(trace in str(params) for trace in TRACES):
            self.append(f"{sql} {params}")
        return execute(sql, params, many, context)


def rights() -> list[tuple[Any, ...]]:
    return list(User.objects.order_by("pk").values_list("pk", "is_staff", "is_superuser", "groups__name"))


@pytest.mark.usefixtures("somebody")
def test_extra_fields_of_any_form_are_ignored(
    url: Callable[[str], str], desk: Client, admin_desk: Client, mine: Client, monkeypatch: pytest.MonkeyPatch  # noqa: F811
) -> None:  # fmt: skip
    url("circulation:let_go")
    monkeypatch.setattr("library_site.tests.test_sent_twice._with_a_queue", str)  # there is one by now
    before, wrong = rights(), []
    for name, as_sent in FORMS.items():
        browser = mine if name in OF_A_MEMBER else admin_desk if name in OF_AN_ADMIN else desk
        with transaction.atomic():
            where = url(name)
            form = as_sent()
            where += f"?{urlencode(first_two(TWO_OF[name]))}" if name in TWO_OF else ""
            with connection.execute_wrapper(traces := Traces()):
                status = browser.post(where, extra() | form).status_code
            found = (status, traces, rights())
            transaction.set_rollback(True)
        if found != (200 if name in GIVE_A_FILE else 302, [], before):
            wrong.append((name, *found))
    assert wrong == []


def test_bodies_with_extra_fields_are_refused_by_every_operation_of_the_api(librarian: User) -> None:
    taken = {(name, method): getattr(view, method.lower()).operation.takes for name, method, view in operations()}
    assert [each for each, takes in taken.items() if takes is not None and not issubclass(takes, Body)] == []
    bodies = [{name: value} for name, value in extra().items() if name not in ("member", "by", "at")]
    answers = {problem_of(Program(librarian).ask("POST", "loans", body)) for body in bodies}
    assert answers == {(400, "unknown_field")}


def test_no_form_of_the_admin_site_asks_for_rights_beyond_roles_or_for_what_the_desk_writes(admin_user: User) -> None:
    request = RequestFactory().get("/")
    request.user = admin_user
    asked = {
        name for site in admin.site._registry.values() if site.has_change_permission(request)
        for name in site.get_form(request, site.model(pk=SOMEBODY), change=True).base_fields
    }  # fmt: skip
    assert asked & (set(extra()) - {"is_active", "groups"} | {"user_permissions", "card_number"}) == set()
