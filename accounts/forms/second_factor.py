"""What allauth asks for a second factor, in our words and with one limit for all tries."""

from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.core import context
from allauth.core.ratelimit import respond_429
from allauth.mfa import app_settings
from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm, EditWebAuthnForm
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from accounts.adapter import TooManyTries, count_try_at_address
from accounts.forms.keyed import KeyedForm

CODE = forms.TextInput(
    attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "autocapitalize": "none", "autofocus": True}
)
MOST_OF_A_NAME = 60


def _used(user: Any, code: str) -> str:
    """Where it is noted that ``user`` has used ``code``, however it was spaced."""
    return f"second-factor-used:{user.pk}:{''.join(filter(str.isalnum, code))}"


def _while_it_is_shown() -> int:
    """In seconds: how long a code of an app is good at most, with clocks that differ."""
    return (2 * app_settings.TOTP_TOLERANCE + 1) * app_settings.TOTP_PERIOD


def _code_field(label: Any, help_text: Any) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=20, widget=CODE)


class _OneTry(forms.Form):
    """A code counts once: allauth itself forgets it after half a minute. Who tried too often gets the page for that."""

    user: Any
    authenticator: Authenticator

    def clean_code(self) -> str:
        code, try_at_address = self.cleaned_data["code"], count_try_at_address(context.request)
        if cache.get(_used(self.user, code)):
            raise get_adapter().validation_error("incorrect_code")
        try:
            code = super().clean_code()  # type: ignore[misc] # of the form of allauth that this stands before
        except ValidationError as error:
            if error.code == "too_many_login_attempts":
                try_at_address.rollback()
                raise TooManyTries(respond_429(context.request)) from error
            raise
        if not cache.add(_used(self.user, code), True, _while_it_is_shown()):  # twice at the same moment
            raise get_adapter().validation_error("incorrect_code")
        try_at_address.rollback()
        return code


class CodeForm(_OneTry, AuthenticateForm):
    """After the password."""

    code = _code_field(_("Code"), _("From the app on your phone, or one of your recovery codes."))


class CodeAgainForm(_OneTry, ReauthenticateForm):
    """Before something that matters."""

    code = _code_field(_("Code"), _("From the app on your phone, or one of your recovery codes."))


class FirstCodeForm(ActivateTOTPForm):
    """The app shows its first code."""

    code = _code_field(_("Code"), _("The six figures that the app shows now."))

    def clean_code(self) -> str:
        code = super().clean_code()
        cache.set(_used(self.user, code), True, _while_it_is_shown())
        record_authentication(context.request, self.user, "mfa", reauthenticated=True)  # it was shown just now
        return code


class PasskeyForm(AddWebAuthnForm):
    """A passkey or a security key, and what its owner calls it."""

    name = forms.CharField(
        label=_("Name"), max_length=MOST_OF_A_NAME, required=False, help_text=_("How you tell it from others.")
    )


class PasskeyNameForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"), max_length=MOST_OF_A_NAME)


class ResetSecondFactorForm(KeyedForm):
    """An Admin takes a second factor away that was lost."""

    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("How you made sure that it is this person who asks.")
    )
