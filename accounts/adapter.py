"""How allauth signs people in here: no sign-up, one answer to every wrong try, first passwords that serve once."""

import base64
import hashlib
import logging
import secrets
import time
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from allauth.core.ratelimit import respond_429
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import queries
from accounts.exceptions import Refused
from accounts.models import User
from accounts.queries.sign_ins import has_second_factor, with_second_factor
from accounts.services.second_factor import note_second_factor
from accounts.services.sign_ins import note_chosen_password

logger = logging.getLogger(__name__)

WRONG = gettext_lazy(
    "This name and password do not fit together, or the sign-in is closed. Try again or ask at the desk."
)


class SignIns(AuthenticationBackend):
    """allauth's, reading a person with the member they may be: every page asks, and each query counts."""

    def get_user(self, user_id: int) -> User | None:
        user = with_second_factor(User.objects.select_related("member__category").filter(pk=user_id)).first()
        return user if user and self.user_can_authenticate(user) else None


class TooManyTries(ImmediateHttpResponse):
    """Who tried too often: a page gets its own answer at once, a program what its caller makes of this."""

    retry_after = 300  # seconds


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
        self._try_at_address = count_try_at_address(request)
        try:
            super().pre_authenticate(request, **credentials)
        except ValidationError as error:
            self._try_at_address.rollback()
            raise TooManyTries(respond_429(request)) from error

    def _rollback_login_failed_rl_usage(self) -> None:
        """allauth asks for this where the password was right: it was no failed try at this address either."""
        super()._rollback_login_failed_rl_usage()
        self._try_at_address.rollback()

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
        """Chosen here or by the link from an e-mail: whoever else is signed in with the old one is signed out."""
        request = self.request
        is_here = request.user.is_authenticated and request.user.pk == user.pk
        user.must_change_password = False
        user.first_password_until = None
        with transaction.atomic():
            super().set_password(user, password)
            note_chosen_password(user, but=request.session.session_key if is_here else None, by=user)

    def send_notification_mail(self, template_prefix: str, user: User, *args: Any, **kwargs: Any) -> None:
        """allauth names here what a person changed of the second factor: recorded, and a new key was held just now."""
        app, what = template_prefix.split("/", maxsplit=1)[0], template_prefix.rsplit("/", 1)[-1]
        if app == "mfa":
            note_second_factor(user, what=what, by=user)
        if what == "webauthn_added":
            record_authentication(self.request, user, "mfa", reauthenticated=True)
        super().send_notification_mail(template_prefix, user, *args, **kwargs)

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Not from who has just signed in, or has just said so again."""
        return not is_confirmed(self.request)

    def reauthenticate(self, user: User, password: str) -> bool:
        """Counted like a sign-in: who sits at somebody's open page has no tries of their own."""
        return self.authenticate(self.request, **credentials_of(user, password)) == user

    def get_reauthentication_methods(self, user: User) -> list[dict]:
        """A second factor where there is one: who found the password, or an open page, has not the phone too."""
        methods = super().get_reauthentication_methods(user)
        second = [each for each in methods if each["id"] != "reauthenticate"]
        if not second or not has_second_factor(user):
            return [each for each in methods if each["id"] == "reauthenticate"]
        words = {
            "mfa_reauthenticate": _("With a code"),
            "mfa_reauthenticate:webauthn": _("With a passkey or security key"),
        }
        return [{**each, "description": words[each["id"]]} for each in second]


def count_try_at_address(request: HttpRequest) -> RateLimitUsage:
    """Count a try to get in from where ``request`` comes from; to be rolled back if it succeeds. Raises TooManyTries.

    Whoever is refused here uses up no tries at anybody's sign-in.
    """
    usage = ratelimit.consume(request, app="allauth.account", action="failed_at_address")
    if usage is None:
        raise TooManyTries(respond_429(request))
    return usage


def credentials_of(user: User, password: str) -> dict[str, str]:
    """What stands for ``user`` where passwords are looked at: by it tries are counted."""
    if user.email and user.email == user.email.lower():
        return {"email": user.email, "password": password}
    return {"username": user.username, "password": password}


def is_confirmed(request: HttpRequest) -> bool:
    """Whether it was lately that this person signed in, or said again that it is they; with all that is asked of them.

    How long that lasts is ACCOUNT_REAUTHENTICATION_TIMEOUT.
    """
    user = request.user
    if not user.is_authenticated:
        return False
    records = get_authentication_records(request, user)
    if has_second_factor(user):
        records = [each for each in records if each.get("method") == "mfa"]
    return bool(records) and time.time() - records[-1]["at"] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT


class SecondFactors(DefaultMFAAdapter):
    """Openshelf's answers to allauth's questions about second factors."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": gettext_lazy("This code does not fit, is too old or was used before. Wait for the next one."),
        "cannot_generate_recovery_codes": gettext_lazy("Set up an app or a passkey first."),
    }

    def get_totp_issuer(self) -> str:
        return queries.library().name

    def generate_authenticator_name(self, user: User, type: Any) -> str:
        return _("Passkey")

    def encrypt(self, text: str) -> str:
        """A copy of the database alone gives nobody's second factor away."""
        return _box().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Where the SECRET_KEY is another one by now no code fits, and no page breaks."""
        try:
            return _box().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            return base64.b32encode(secrets.token_bytes(20)).decode()


def _box() -> MultiFernet:
    """What locks secrets that the database must hold: its key comes from SECRET_KEY, older ones still open it."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [hashlib.sha256(b"second factor:" + key.encode()).digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
