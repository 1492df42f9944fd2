"""Setting the library up and its settings."""

from pathlib import Path
from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts import money
from accounts.forms.fields import days_from_text
from accounts.forms.keyed import EditForm
from accounts.models import LibrarySettings, User
from accounts.models.library import known_time_zones

COMMON_CURRENCIES = ["EUR", "USD", "GBP", "CHF", "CAD", "AUD", "INR", "JPY"]


def time_zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(known_time_zones()) if "/" in name and not name.startswith("Etc/")] + [
        ("UTC", "UTC")
    ]


def zone_of_this_machine() -> str:
    """The time zone this computer keeps, where it says so; whoever sets the library up may choose another."""
    _before, _mark, name = str(Path("/etc/localtime").resolve()).partition("/zoneinfo/")
    return name if name in dict(time_zones()) else "UTC"


def currencies() -> list[tuple[str, str]]:
    codes = COMMON_CURRENCIES + sorted(money.current_currencies() - set(COMMON_CURRENCIES))
    return [(code, f"{code} – {money.currency_name(code, get_language() or 'en')}") for code in codes]


class SetUpForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the terminal"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    name = forms.CharField(label=_("Name of the library"), max_length=120)
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones, initial=zone_of_this_machine)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    admin_name = forms.CharField(label=_("Your name"), max_length=200)
    email = forms.EmailField(label=_("Your e-mail, to sign in with"), max_length=150)
    password = forms.CharField(
        label=_("Your password"),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}, render_value=True),
        help_text=_("At least eight characters; a short sentence is best."),
    )

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        person = User(
            username=values.get("email", ""), email=values.get("email", ""), name=values.get("admin_name", "")
        )
        if values.get("password"):
            try:
                validate_password(values["password"], person)
            except ValidationError as error:
                self.add_error("password", error)
        return values

    @property
    def admin(self) -> dict[str, str]:
        values = self.cleaned_data
        email = values["email"].lower()
        return {
            "username": email,
            "email": email,
            "name": values["admin_name"],
            "password": values["password"],
        }


class DaysField(forms.CharField):
    def prepare_value(self, value: Any) -> Any:
        return ", ".join(str(day) for day in value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[int]:
        return days_from_text(super().clean(value))


def _with(held: str, choices: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """``choices`` with the one that holds today, however rare it is: else the page would silently offer another."""
    return choices if held in dict(choices) else [(held, held), *choices]


class SettingsForm(EditForm, forms.ModelForm):
    time_zone = forms.ChoiceField(label=_("Time zone"), choices=time_zones)
    currency = forms.ChoiceField(label=_("Currency"), choices=currencies)
    due_soon_days = DaysField(
        label=_("Days before the due date to remind"), required=False, max_length=100,
        help_text=_("Whole numbers, separated by commas. Empty: no reminder."),
    )  # fmt: skip
    overdue_notice_days = DaysField(
        label=_("Days after the due date to remind"), required=False, max_length=100,
        help_text=_("Whole numbers, separated by commas. Empty: no reminder."),
    )  # fmt: skip
    membership_ending_days = DaysField(
        label=_("Days before a membership ends to remind"), required=False, max_length=100,
        help_text=_("Whole numbers, separated by commas. Empty: no reminder."),
    )  # fmt: skip

    class Meta:
        model = LibrarySettings
        fields = [
            "name", "address", "contact_email", "contact_phone", "time_zone", "currency", "language",
            "card_prefix", "barcode_prefix",
            "estimate_counts_for_limits", "hours_past_closing", "lost_fine_policy", "found_refund_policy",
            "refund_window_days", "long_overdue_lost_days", "unlink_history_after_days", "also_borrowed_least",
            "due_soon_days", "overdue_notice_days", "membership_ending_days",
            "backup_hour", "backups_kept_days", "backups_kept_weeks", "backups_kept_months", "backup_alarm_days",
            "second_factor", "record_days",
        ]  # fmt: skip
        widgets = {"address": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("time_zone", "currency"):
            self.fields[name].choices = _with(getattr(self.instance, name), list(self.fields[name].choices))
        if self.instance.currency_fixed:
            self.fields["currency"].disabled = True
            self.fields["currency"].help_text = _("Money has been booked; the currency cannot change any more.")

    def parts(self) -> list[tuple[Any, list]]:
        """The fields in the groups a page shows."""
        groups = [
            (_("The library"), 0, 5), (_("Money and language"), 5, 7), (_("Cards and barcodes"), 7, 9),
            (_("Circulation"), 9, 15), (_("Privacy and reminders"), 15, 20), (_("Backups"), 20, 25),
            (_("Safety"), 25, 27),
        ]  # fmt: skip
        names = self.Meta.fields
        return [(title, [self[name] for name in names[first:last]]) for title, first, last in groups]
