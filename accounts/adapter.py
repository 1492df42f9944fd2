"""How allauth signs people in here: no sign-up, one answer to every wrong try, first passwords that serve once."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.ratelimit import respond_429
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries
from accounts.exceptions import Refused
from accounts.models import User

logger = logging.getLogger(__name__)

WRONG = gettext_lazy(
    "This name and password do not fit together, or the sign-in is closed. Try again or ask at the desk."
)


class SignIns(AuthenticationBackend):
    """allauth's, reading a person with the member they may be: every page asks, and each query counts."""

    def get_user(self, user_id: int) -> User | None:
        user = User.objects.select_related("member__category").filter(pk=user_id).first()
        return user if user and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):
    """Openshelf's answers to allauth's questions."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": WRONG,
        "email_password_mismatch": WRONG,
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Who tried too often gets the page that says so, before any password is looked at."""
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            raise ImmediateHttpResponse(respond_429(request)) from error

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Tries are counted by the name alone: allauth's own key holds the host, which the visitor writes."""
        return str(credentials.get("email", credentials.get("username", ""))).lower()

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """A closed sign-in answers like a wrong password."""
        user = super().authenticate(request, **credentials)
        return user if user is not None and user.is_active else None

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse | None:
        if user.must_change_password and user.first_password_until and user.first_password_until < timezone.now():
            messages.error(request, _("This first password is too old. Ask the library for a new one."))
            return redirect("account_login")
        return super().pre_login(request, user, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Who waits for a message that cannot be sent hears it at once."""
        try:
            super().send_mail(template_prefix, email, {"library": queries.library(), **context})
        except (OSError, SMTPException) as error:
            logger.exception("e-mail was not sent")
            text = _("The e-mail could not be sent. Try again later, or ask at the desk for a new first password.")
            raise Refused("mail_down", text) from error

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The link in the e-mail: always to the configured address, whatever host the request named."""
        return settings.SITE_URL + urlsplit(super().get_reset_password_from_key_url(key)).path

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return resolve_url(settings.LOGIN_REDIRECT_URL)

    def clean_password(self, password: str, user: User | None = None) -> str:
        """A first password, which stands on paper, does not become the lasting one."""
        if user is not None and user.must_change_password and user.check_password(password):
            raise ValidationError(_("Choose another password than the one on the paper."), code="first_password")
        return super().clean_password(password, user)

    def set_password(self, user: User, password: str) -> None:
        user.must_change_password = False
        user.first_password_until = None
        super().set_password(user, password)
