"""Signing in with an e-mail address or a card, typed or scanned."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import LoginForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.adapter import WRONG, credentials_of
from accounts.exceptions import Refused
from accounts.forms.second_factor import CodeForm
from accounts.models import User
from accounts.queries import library, user_signing_in
from accounts.queries.sign_ins import has_second_factor, lacks_second_factor


class SignInForm(LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=gettext_lazy("E-mail or card number"),
            max_length=254,
            widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}),
        )
        self.fields["password"].widget.attrs.pop("placeholder", None)
        self.fields["password"].help_text = ""  # the page has the way out beside its button
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        return credentials(self.cleaned_data["login"], self.cleaned_data["password"])


def credentials(login: str, password: str) -> dict[str, str]:
    """One name for one person, however ``login`` was typed.

    So tries are counted by person, and each costs one look at one password, whether there is such a person or not.
    """
    user = user_signing_in(login)
    return credentials_of(user, password) if user else {"username": login, "password": password}


def person_signing_in(request: HttpRequest, *, login: str, password: str, code: str = "") -> User:
    """Who signs in from a program: what the sign-in page asks for, in one go, with the same limits and the same words.

    ``code`` is of the second factor (of an app, or a recovery code), for whoever has one. Nothing is signed in: the
    caller makes a token.

    Raises TooManyTries, before any password is looked at, and Refused: "wrong_sign_in", whatever is wrong with name and
    password; "wrong_code", also where none was sent and one is wanted; "first_password", where another password must
    be chosen on the site before; "second_factor_missing", where one must be set up there.
    """
    user = get_adapter(request).authenticate(request, **credentials(login, password))
    if user is None:
        raise Refused("wrong_sign_in", str(WRONG))
    if user.must_change_password:
        raise Refused("first_password", _("This is a first password. Sign in on the site and choose your own."))
    if has_second_factor(user) and not CodeForm(user=user, data={"code": code}).is_valid():
        raise Refused("wrong_code", _("Send the code that your app shows now, or a recovery code, as well."))
    if lacks_second_factor(user, library()):
        raise Refused("second_factor_missing", _("Whoever works here needs a second factor. Set it up on the site."))
    return user
