"""The phone in a test: an app that shows codes."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value

from accounts.models import User

SECONDS_OF_A_CODE = 30


def give_app(user: User) -> str:
    """Set an app up for ``user``; the secret that it shares with the library."""
    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def give_recovery_codes(user: User) -> list[str]:
    return RecoveryCodes.activate(user).get_unused_codes()


def code_of(secret: str, late_by: int = 0) -> str:
    """What the app shows now, on a phone whose clock is ``late_by`` codes off."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // SECONDS_OF_A_CODE + late_by))


def factors_of(user: User) -> list[str]:
    return sorted(Authenticator.objects.filter(user=user).values_list("type", flat=True))
