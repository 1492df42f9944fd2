"""Signing in with an e-mail address or a card, typed or scanned."""

from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.queries import user_signing_in


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("E-mail or card number"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""  # the page has the way out beside its button
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        """One name for one person, however it was typed.

        So tries are counted by person, and each costs one look at one password, whether there is such a person or not.
        """
        return credentials(self.cleaned_data["login"], self.cleaned_data["password"])


def credentials(login: str, password: str) -> dict[str, str]:
    """What allauth looks at when somebody signs in with ``login``, however it was typed."""
    user = user_signing_in(login)
    if user and user.email and user.email == user.email.lower():
        return {"email": user.email, "password": password}
    return {"username": user.username if user else login, "password": password}
