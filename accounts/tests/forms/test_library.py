"""Setting up, and the settings."""

from pathlib import Path
from typing import Any

import pytest
from django.forms.models import model_to_dict

from accounts.forms.library import SettingsForm, SetUpForm, time_zones
from accounts.models import LibrarySettings

pytestmark = pytest.mark.django_db
ANSWERS = {
    "code": "aaaa-bbbb-cccc", "name": "Town Library", "time_zone": "Europe/Zurich", "currency": "CHF",
    "admin_name": "Ada Admin", "email": "Ada@Example.org", "password": "a sentence nobody guesses",
}  # fmt: skip


def as_sent(**changes: Any) -> dict[str, Any]:
    """The settings as the page sends them back, with some of them changed."""
    held = model_to_dict(LibrarySettings.current(), fields=SettingsForm.Meta.fields)
    held |= {name: ", ".join(map(str, held[name])) for name in ("due_soon_days", "overdue_notice_days")}
    held |= changes
    return {name: value for name, value in held.items() if value is not None and value is not False}


def settings_form(**changes: Any) -> SettingsForm:
    form = SettingsForm(as_sent(**changes), instance=LibrarySettings.current())
    form.full_clean()
    return form


# --- setting up -------------------------------------------------------------------------------------


def test_answers_make_an_admin_who_signs_in_by_email() -> None:
    form = SetUpForm(ANSWERS)
    assert form.is_valid() is True
    assert form.admin == {
        "username": "ada@example.org", "email": "ada@example.org", "name": "Ada Admin",
        "password": "a sentence nobody guesses",
    }  # fmt: skip


@pytest.mark.parametrize("password", ["", "short", "12345678901", "password123", "ada@example.org"])
def test_password_that_is_easily_guessed_is_refused(password: str) -> None:
    form = SetUpForm({**ANSWERS, "password": password})
    assert (form.is_valid(), list(form.errors)) == (False, ["password"])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"), ("time_zone", ""), ("currency", "DEM"), ("currency", "eur"), ("email", "ada"),
        ("email", "a" * 140 + "@example.org"), ("name", "x" * 121), ("name", "\x00"), ("code", "x" * 41),
        ("admin_name", "x" * 201), ("admin_name", "   "),
    ],
)  # fmt: skip
def test_answer_that_cannot_be_is_refused(field: str, value: str) -> None:
    assert list(SetUpForm({**ANSWERS, field: value}).errors) == [field]


# --- settings ---------------------------------------------------------------------------------------


def test_settings_sent_back_unchanged_are_right_and_complete() -> None:
    form = settings_form()
    assert (form.errors, sorted(form.values)) == ({}, sorted(SettingsForm.Meta.fields))


def test_every_setting_stands_in_one_part_of_the_page() -> None:
    form = SettingsForm(instance=LibrarySettings.current())
    shown = [field.name for _title, fields in form.parts() for field in fields]
    assert shown == SettingsForm.Meta.fields


@pytest.mark.parametrize(("card", "barcode"), [("M", "M"), ("M", "MB"), ("CARD", "CAR"), ("A", "AAAA")])
def test_prefixes_that_could_be_mixed_up_are_refused(card: str, barcode: str) -> None:
    assert list(settings_form(card_prefix=card, barcode_prefix=barcode).errors) == ["barcode_prefix"]


@pytest.mark.parametrize(("card", "barcode"), [("M", "B"), ("MA", "MB"), ("BM", "B" * 4)])
def test_prefixes_that_cannot_be_mixed_up_are_taken(card: str, barcode: str) -> None:
    assert settings_form(card_prefix=card, barcode_prefix=barcode).errors == {}


@pytest.mark.parametrize("prefix", ["", "m", "1", "M1", "ABCDE", "Ä", "M-"])
def test_prefix_is_one_to_four_capital_letters(prefix: str) -> None:
    assert list(settings_form(card_prefix=prefix).errors) == ["card_prefix"]


@pytest.mark.parametrize("days", ["one", "1.5", "-1", "3651", "9" * 60, "1\x00"])
def test_days_that_cannot_be_are_refused(days: str) -> None:
    assert list(settings_form(due_soon_days=days).errors) == ["due_soon_days"]


@pytest.mark.parametrize(("typed", "days"), [("14, 1 7", [1, 7, 14]), ("", []), ("0", [0])])
def test_days_are_kept_as_a_list(typed: str, days: list[int]) -> None:
    form = settings_form(overdue_notice_days=typed)
    assert (form.errors, form.values["overdue_notice_days"]) == ({}, days)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("time_zone", "Mars/Olympus"), ("currency", "XXXX"), ("language", "xx"), ("contact_email", "nobody"),
        ("refund_window_days", "-1"), ("refund_window_days", "36501"), ("unlink_history_after_days", ""),
        ("long_overdue_lost_days", "9" * 30), ("lost_fine_policy", "burn"), ("name", ""), ("address", "x" * 501),
    ],
)  # fmt: skip
def test_setting_that_cannot_be_is_refused(field: str, value: str) -> None:
    assert list(settings_form(**{field: value}).errors) == [field]


@pytest.mark.parametrize(("field", "held"), [("time_zone", "Etc/GMT+5"), ("time_zone", "CET"), ("currency", "DEM")])
def test_rare_choice_that_holds_today_is_not_changed_by_saving_the_page(field: str, held: str) -> None:
    LibrarySettings.objects.update(**{field: held})
    page = str(SettingsForm(instance=LibrarySettings.current())[field])
    assert f'<option value="{held}" selected>' in page
    assert settings_form().values[field] == held


def test_currency_cannot_be_changed_once_money_was_booked() -> None:
    LibrarySettings.objects.update(currency_fixed=True)
    form = settings_form(currency="USD")
    assert (form.errors, form.values["currency"], form.fields["currency"].disabled) == ({}, "EUR", True)


@pytest.mark.parametrize("field", ["set_up_at", "currency_fixed", "demo", "id"])
def test_what_the_library_notes_itself_is_no_setting(field: str) -> None:
    assert field not in settings_form(**{field: "1"}).values


@pytest.mark.parametrize(
    ("file", "zone"),
    [("/usr/share/zoneinfo/Europe/Zurich", "Europe/Zurich"), ("/usr/share/zoneinfo/Etc/UTC", "UTC"), ("/etc/x", "UTC")],
)
def test_set_up_begins_with_the_time_zone_of_the_machine(file: str, zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "resolve", lambda _path: Path(file))
    assert (SetUpForm()["time_zone"].initial, zone in dict(time_zones())) == (zone, True)
