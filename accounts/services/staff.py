"""People who work here: their sign-ins, made by an Admin."""

from datetime import datetime, timedelta
from unicodedata import normalize

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, User
from accounts.permissions import ADMIN, STAFF_ROLES
from accounts.services.actions import describe, recorded
from accounts.services.members import FIRST_PASSWORD_DAYS


def register_staff(
    *, username: str, name: str, email: str = "", role: str, password: str, by: User | None, key: str | None = None,
    now: datetime | None = None,
) -> User:  # fmt: skip
    """Make a sign-in with the ``role`` (of STAFF_ROLES). Whoever it is for changes the ``password`` at first sign-in.

    Raises ValidationError for a password that is too easy, Refused("username_taken"), Refused("email_taken").
    """
    email = email.lower()
    validate_password(password, User(username=username, name=name, email=email))
    facts = {"username": username, "name": normalize("NFC", name), "email": email, "role": role}
    slow_hash = make_password(password)  # before the transaction: everybody else who writes waits for that
    return _register_staff(**facts, password_hash=slow_hash, by=by, key=key, now=now)


@recorded("register_staff", secret=("password_hash",))
def _register_staff(
    action: Action, *, username: str, name: str, email: str, role: str, password_hash: str, by: User | None,
    now: datetime,
) -> User:  # fmt: skip
    assert role in STAFF_ROLES
    user = User(
        username=username, name=name, email=email, password=password_hash, is_staff=role == ADMIN,
        must_change_password=True, first_password_until=now + timedelta(days=FIRST_PASSWORD_DAYS),
    )  # fmt: skip
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise _taken(username) from error
    user.groups.add(Group.objects.get(name=role))
    describe(action, user, after={"username": username, "role": role})
    return user


def _taken(username: str) -> Refused:
    if User.objects.filter(username__iexact=username).exists():
        return Refused("username_taken", _("Somebody else signs in with this name."))
    return Refused("email_taken", _("Somebody else signs in with this e-mail address."))
