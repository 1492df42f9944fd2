"""A feature is switched off but its address still works: what is off is not there, or refused."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts.models import LibrarySettings, Message, User, Webhook
from accounts.services.webhooks import add_webhook, change_webhook
from accounts.tests.api.programs import Program, problem_of
from catalog.models import AlsoBorrowed, CopyType
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Hold, Loan
from circulation.tests.factories import make_loan, set_library, set_rule
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/views/library.py", "    if not queries.waits_for_set_up(request.library):", "    if False:"),
    Break("accounts/adapter.py", "is_open_for_signup(self, request: HttpRequest) -> bool:\n        return False",
          "is_open_for_signup(self, request: HttpRequest) -> bool:\n        return True"),
    Break("library_site/views/operation.py", "bool(settings.METRICS_TOKEN) and ", ""),
    Break("catalog/discovery/neighbours.py", "    if not least:\n        return []\n", "    least = least or 0\n"),
    Break("accounts/admin/library.py", "        return False", "        return True", test="admin_site"),
]  # fmt: skip
OF_ALLAUTH = (
    "email/", "confirm-email/", "3rdparty/", "signup/passkey/", "login/code/", "login/code/confirm/", "phone/verify/",
    "phone/change/", "password/set/", "sessions/", "2fa/", "social/signup/",
)  # fmt: skip


@pytest.mark.parametrize("method", ["get", "post"])
def test_first_set_up_is_not_there_once_it_was_done(method: str, client: Client) -> None:
    answers = {"code": "", "name": "Mine", "email": "evil@example.org", "password1": "a sentence!", "currency": "EUR"}
    page = getattr(client, method)("/setup/", answers)
    assert (page.status_code, User.objects.count(), LibrarySettings.current().name) == (404, 0, "Openshelf")


def test_nobody_signs_up(client: Client) -> None:
    password = "a sentence nobody guesses"
    answers = {"username": "new", "email": "new@example.org", "password1": password, "password2": password}
    pages = [client.get("/accounts/signup/"), client.post("/accounts/signup/", answers)]
    assert ([page.status_code for page in pages], User.objects.count()) == ([200, 200], 0)
    assert b"Members are registered at the desk" in pages[1].content


def test_what_else_the_sign_in_could_do_is_not_there(client: Client) -> None:
    assert {path: client.get(f"/accounts/{path}").status_code for path in OF_ALLAUTH} == dict.fromkeys(OF_ALLAUTH, 404)


@pytest.mark.parametrize("header", [None, "Bearer ", "Bearer", "", "Bearer x"])
def test_metrics_are_not_there_where_no_token_was_set(header: str | None, client: Client, settings: Any) -> None:
    settings.METRICS_TOKEN, settings.METRICS_ALLOW = "", []
    headers = {} if header is None else {"authorization": header}
    assert client.get("/metrics", headers=headers).status_code == 404


def test_what_others_borrowed_too_is_not_shown_where_it_is_off(client: Client) -> None:
    one, other = BookFactory(), BookFactory(title="Read by one more person")
    AlsoBorrowed.objects.create(book=one, other=other, readers=9)
    shown = []
    for least in (5, None):
        set_library(also_borrowed_least=least)
        shown.append(other.title in client.get(f"/books/{one.pk}/").content.decode())
    assert shown == [True, False]


def test_holds_that_no_rule_allows_are_placed_by_no_page_and_no_program(mine: Client, member_user: User) -> None:
    set_rule(max_holds=0)
    book = CopyFactory().book
    page = mine.post(f"/books/{book.pk}/hold/", {"branch": 1})
    answer = Program(member_user).ask("POST", "me/holds", {"book": book.pk})
    assert (page.status_code, problem_of(answer), Hold.objects.count()) == (409, (409, "refused"), 0)


def test_renewals_that_no_rule_allows_happen_on_no_page_and_by_no_program(mine: Client, member_user: User) -> None:
    loan = make_loan(member=member_user.member)
    set_rule(max_renewals=0)
    for path in (f"/me/loans/{loan.pk}/renew/", "/me/loans/renew/"):
        assert "was not renewed" in mine.post(path, follow=True).content.decode()
    answer = Program(member_user).ask("POST", f"me/loans/{loan.pk}/renew")
    assert (problem_of(answer), Loan.objects.get().renewals) == ((409, "refused"), 0)


def test_copies_of_a_type_that_is_not_lent_are_lent_by_no_page_and_no_program(
    desk: Client, librarian: User, member_user: User
) -> None:
    CopyType.objects.update(is_lendable=False)
    copy = CopyFactory()
    page = desk.post("/desk/issue/", {"member": member_user.member.pk, "scan": copy.barcode})
    given = {"barcode": copy.barcode, "member": member_user.member.pk}
    answer = Program(librarian).ask("POST", "loans", given)
    assert (page.status_code, problem_of(answer), Loan.objects.count()) == (409, (409, "refused"), 0)


def test_webhook_that_is_switched_off_is_told_nothing(admin_user: User) -> None:
    webhook = add_webhook(name="Door", url="https://door.example/", events=["loan"], by=admin_user)
    change_webhook(Webhook.objects.get(pk=webhook.pk), is_active=False, by=admin_user)
    make_loan()
    assert Message.objects.to_programs().count() == 0


def test_what_the_admin_site_may_not_do_has_no_address_that_does_it(admin_desk: Client, admin_user: User) -> None:
    """Deleting is off almost everywhere, adding and changing where services do it: sent by hand it is refused too."""
    request = RequestFactory().get("/admin/")
    request.user = admin_user
    wrong, on = {}, set()
    for model, page in admin.site._registry.items():
        name = f"{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.order_by("pk").first()
        tries: dict[str, Any] = {"add": (page.has_add_permission(request), [])}
        if row is not None:
            tries["change"] = (page.has_change_permission(request, row), [row.pk])
            tries["delete"] = (page.has_delete_permission(request, row), [row.pk])
        for what, (may, args) in tries.items():
            url = reverse(f"admin:{name}_{what}", args=args)
            status = 0 if may else admin_desk.post(url, {"post": "yes"}).status_code
            on |= {f"{name}_{what}"} if may else set()
            wrong |= {(name, what): status} if status not in (0, 403) else {}
    assert (wrong, on) == ({}, ON_IN_ADMIN)


ON_IN_ADMIN = {
    "accounts_branch_add", "accounts_branch_change", "accounts_librarysettings_change", "accounts_membercategory_add",
    "accounts_membercategory_change", "accounts_user_add", "accounts_user_change", "catalog_copytype_add",
    "catalog_copytype_change", "circulation_circulationrule_add", "circulation_circulationrule_change",
    "circulation_closure_add", "circulation_openinghours_add",
}  # fmt: skip
