"""The settings, and the one page that sets the library up."""

import html
from typing import Any

import pytest
from django.forms.models import model_to_dict
from django.test import Client

from accounts.forms.library import SettingsForm
from accounts.models import Action, Branch, LibrarySettings, MemberCategory, User
from accounts.services.library import new_set_up_code
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.views.shown import what_the_page_says_it_shows
from catalog.models import CopyType
from circulation.services.ledger import charge_member

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form"
ANSWERS = {
    "name": "Town Library", "time_zone": "Asia/Tokyo", "currency": "JPY", "admin_name": "Ada Admin",
    "email": "ada@example.org", "password": "a sentence nobody guesses",
}  # fmt: skip


def as_sent(**changes: Any) -> dict[str, Any]:
    held = model_to_dict(LibrarySettings.current(), fields=SettingsForm.Meta.fields)
    held |= {name: ", ".join(map(str, held[name])) for name in ("due_soon_days", "overdue_notice_days")}
    held |= {"key": KEY} | changes
    return {name: value for name, value in held.items() if value is not None and value is not False}


# --- settings ---------------------------------------------------------------------------------------


def test_change_of_settings_is_saved_and_holds_on_the_next_page(admin_desk: Client, client: Client) -> None:
    page = admin_desk.post("/desk/settings/", as_sent(name="Town Library", due_soon_days="7, 1"), follow=True)
    assert (page.redirect_chain, LibrarySettings.current().due_soon_days) == ([("/desk/settings/", 302)], [1, 7])
    assert "Town Library" in client.get("/").content.decode()


def test_settings_sent_twice_are_changed_once(admin_desk: Client) -> None:
    for _each in range(2):
        admin_desk.post("/desk/settings/", as_sent(name="Town Library", currency="USD"))
    assert sorted(Action.objects.values_list("verb", flat=True)) == ["change_currency", "change_settings"]


def test_settings_sent_again_later_do_not_bring_their_currency_back(admin_desk: Client) -> None:
    first = as_sent(currency="USD")
    for answers in (first, as_sent(currency="JPY", key="another-form"), first):
        admin_desk.post("/desk/settings/", answers)
    assert LibrarySettings.current().currency == "JPY"


def test_settings_shown_before_others_changed_them_bring_nothing_back(admin_desk: Client) -> None:
    said, first = what_the_page_says_it_shows(admin_desk.get("/desk/settings/")), as_sent(address="Road 1")
    LibrarySettings.objects.update(name="Newer", currency="JPY", due_soon_days=[3], estimate_counts_for_limits=False)
    admin_desk.post("/desk/settings/", said | first)
    library = LibrarySettings.current()
    assert (library.name, library.currency, library.due_soon_days, library.estimate_counts_for_limits) == (
        "Newer", "JPY", [3], False,
    )  # fmt: skip
    assert [(action.verb, action.after) for action in Action.objects.all()] == [
        ("change_settings", {"address": "Road 1"})
    ]


def test_currency_is_changed_with_the_other_settings_and_amounts_keep_their_figure(admin_desk: Client) -> None:
    MemberCategory.objects.filter(code="ADULT").update(debt_limit_minor=1050)
    admin_desk.post("/desk/settings/", as_sent(name="New", currency="JPY"))
    library, adult = LibrarySettings.current(), MemberCategory.objects.get(code="ADULT")
    assert (library.name, library.currency, adult.debt_limit_minor) == ("New", "JPY", 11)


def test_currency_stays_once_money_was_booked(admin_desk: Client) -> None:
    charge_member(MemberFactory(), amount_minor=100, reason="x", by=None)
    page = admin_desk.post("/desk/settings/", as_sent(name="New", currency="USD"))
    library = LibrarySettings.current()
    assert (page.status_code, library.name, library.currency) == (302, "New", "EUR")


def test_form_used_before_changes_nothing_not_even_the_currency(admin_desk: Client) -> None:
    admin_desk.post("/desk/settings/", as_sent(name="First"))
    page = admin_desk.post("/desk/settings/", as_sent(name="Second", currency="USD"))
    library = LibrarySettings.current()
    assert (page.status_code, library.name, library.currency) == (409, "First", "EUR")


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [
        ({"card_prefix": "B"}, "barcode_prefix"), ({"name": "x" * 121}, "name"), ({"name": "\x00"}, "name"),
        ({"time_zone": "x" * 10_000}, "time_zone"), ({"due_soon_days": "x"}, "due_soon_days"),
        ({"refund_window_days": "1e9"}, "refund_window_days"),
    ],
)  # fmt: skip
def test_wrong_setting_is_said_at_its_field_and_nothing_is_saved(
    answers: dict[str, str], wrong: str, admin_desk: Client
) -> None:
    page = admin_desk.post("/desk/settings/", as_sent(contact_phone="555", **answers))
    assert (page.status_code, list(page.context["form"].errors)) == (200, [wrong])
    assert (LibrarySettings.current().contact_phone, "555" in page.content.decode()) == ("", True)


def test_settings_reach_nothing_the_library_notes_itself(admin_desk: Client) -> None:
    before = LibrarySettings.objects.values("id", "set_up_at", "currency_fixed", "demo").get()
    extra = {"id": "2", "set_up_at": "2020-01-01", "currency_fixed": "1", "demo": '{"x": 1}', "is_superuser": "1"}
    admin_desk.post("/desk/settings/", as_sent(name="New") | extra)
    assert LibrarySettings.objects.values("id", "set_up_at", "currency_fixed", "demo").get() == before
    assert User.objects.filter(is_superuser=True).count() == 0


def test_hostile_name_of_the_library_is_only_a_name_on_every_page(admin_desk: Client, client: Client) -> None:
    hostile = "<script>alert(1)</script>\r\nBcc: x"
    admin_desk.post("/desk/settings/", as_sent(name=hostile, address=hostile))
    for page in (client.get("/"), client.get("/accounts/login/"), admin_desk.get("/desk/settings/")):
        content = page.content.decode()
        assert ("<script>alert" in content, "&lt;script&gt;alert(1)" in content) == (False, True)


# --- setting up -------------------------------------------------------------------------------------


@pytest.fixture
def not_set_up(db: None) -> None:
    LibrarySettings.objects.update(set_up_at=None)


def words(page: Any) -> str:
    return html.unescape(page.content.decode())


def test_new_library_leads_everybody_to_the_set_up_page(not_set_up: None, client: Client) -> None:
    page = client.get("/", follow=True)
    assert (page.redirect_chain, page.status_code) == ([("/setup/", 302)], 200)
    assert "no-store" in page.headers["Cache-Control"]


def test_five_answers_and_the_code_open_the_library(not_set_up: None, client: Client) -> None:
    page = client.post("/setup/", ANSWERS | {"code": new_set_up_code()}, follow=True)
    library, user = LibrarySettings.current(), User.objects.get()
    assert (page.redirect_chain, "The library is set up." in words(page)) == ([("/accounts/login/", 302)], True)
    assert (library.name, library.time_zone, library.currency) == ("Town Library", "Asia/Tokyo", "JPY")
    assert (user.is_superuser, user.email, user.name) == (True, "ada@example.org", "Ada Admin")
    assert [client.get("/setup/").status_code, client.post("/setup/", ANSWERS).status_code] == [404, 404]


def test_library_set_up_in_german_is_german_down_to_its_first_rows(not_set_up: None, client: Client, settings) -> None:
    MemberCategory.objects.filter(code="CHILD").update(name="Junior")
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    client.post("/setup/", ANSWERS | {"code": new_set_up_code()})
    named = [Branch.objects.get(code="MAIN").name, CopyType.objects.get(code="BOOK").name]
    named += MemberCategory.objects.order_by("code").values_list("name", flat=True)
    assert (LibrarySettings.current().language, named) == ("de", ["Hauptstelle", "Buch", "Erwachsene", "Junior"])


def test_amounts_made_before_are_of_the_chosen_currency(not_set_up: None, client: Client) -> None:
    client.post("/setup/", ANSWERS | {"code": new_set_up_code()})
    assert MemberCategory.objects.get(code="ADULT").debt_limit_minor == 10


def test_person_who_set_the_library_up_signs_in_however_the_email_is_written(not_set_up: None, client: Client) -> None:
    client.post("/setup/", ANSWERS | {"code": new_set_up_code(), "email": "Ada@Example.org"})
    page = client.post("/accounts/login/", {"login": "ADA@example.org", "password": ANSWERS["password"]}, follow=True)
    assert (page.wsgi_request.path, page.context["user"].name) == ("/desk/", "Ada Admin")


@pytest.mark.parametrize("code", ["", "0000-0000-0000"])
def test_wrong_code_sets_nothing_up_and_keeps_what_was_typed(code: str, not_set_up: None, client: Client) -> None:
    new_set_up_code()
    page = client.post("/setup/", ANSWERS | {"code": code})
    assert (page.status_code, list(page.context["form"].errors), User.objects.count()) == (200, ["code"], 0)
    assert (LibrarySettings.current().set_up_at, 'value="Town Library"' in words(page)) == (None, True)


@pytest.mark.parametrize("other", [{"email": "ada@example.org"}, {"username": "Ada@Example.org"}], ids=str)
def test_email_somebody_signs_in_with_already_sets_nothing_up(
    other: dict[str, str], not_set_up: None, client: Client
) -> None:
    UserFactory(**other)
    code = new_set_up_code()
    page = client.post("/setup/", ANSWERS | {"code": code})
    assert (page.status_code, page.context["form"].errors) == (
        200, {"email": ["Somebody signs in with this e-mail already. Give another one."]},
    )  # fmt: skip
    assert (User.objects.count(), LibrarySettings.current().set_up_at) == (1, None)
    assert client.post("/setup/", ANSWERS | {"code": code, "email": "eve@example.org"}).status_code == 302


@pytest.mark.parametrize("password", ["", "short", "password123", "1234567890", "ada@example.org"])
def test_password_that_is_easily_guessed_sets_nothing_up(password: str, not_set_up: None, client: Client) -> None:
    page = client.post("/setup/", ANSWERS | {"code": new_set_up_code(), "password": password})
    assert (list(page.context["form"].errors), User.objects.count()) == (["password"], 0)


def test_set_up_page_reaches_nothing_but_its_answers(not_set_up: None, client: Client) -> None:
    extra = {"is_active": "", "username": "root", "groups": "1", "member": "1", "set_up_at": "", "currency_fixed": "1"}
    client.post("/setup/", ANSWERS | {"code": new_set_up_code()} | extra)
    assert (User.objects.get().username, LibrarySettings.current().currency_fixed) == ("ada@example.org", False)
