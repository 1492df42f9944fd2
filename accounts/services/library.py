"""Setting the library up and changing its settings."""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.models import Action, Branch, LibrarySettings, MemberCategory, User
from accounts.permissions import ADMIN, NAMES, ROLES
from accounts.services.actions import changes, describe, leave_out, recorded

SET_UP_CODE = "set-up-code"
FIRST_REMINDERS = {"due_soon_days": [2], "overdue_notice_days": [1, 7, 14], "membership_ending_days": [30]}
FIRST_NAMES = {"MAIN": gettext_noop("Main library"), "ADULT": gettext_noop("Adult"), "CHILD": gettext_noop("Child")}


@transaction.atomic
def ensure_roles() -> None:
    """Make the permissions and the groups Member, Librarian and Admin as accounts.permissions names them.

    Idempotent: a permission taken out of a role there is taken out here, other groups are left alone. Admins also get
    every permission of the admin site.
    """
    home = ContentType.objects.get_for_model(LibrarySettings)
    own = {}
    for permission, name in NAMES.items():
        codename = permission.split(".", 1)[1]
        own[permission], _made = Permission.objects.update_or_create(
            content_type=home, codename=codename, defaults={"name": str(name)}
        )
    for role, permissions in ROLES.items():
        group, _made = Group.objects.get_or_create(name=role)
        group.permissions.set([own[p] for p in permissions])
    admin_site = Permission.objects.filter(content_type__app_label__in=("accounts", "catalog", "circulation"))
    Group.objects.get(name=ADMIN).permissions.add(*admin_site)


@transaction.atomic
def ensure_library() -> None:
    """Make the settings row, a first branch and a first member category where there are none. Idempotent."""
    LibrarySettings.objects.get_or_create(pk=1)
    if not Branch.objects.exists():
        Branch.objects.create(code="MAIN", name=FIRST_NAMES["MAIN"])
    if not MemberCategory.objects.exists():
        MemberCategory.objects.create(code="ADULT", name=FIRST_NAMES["ADULT"], max_loans=10, debt_limit_minor=1000)
        MemberCategory.objects.create(code="CHILD", name=FIRST_NAMES["CHILD"], max_loans=10, debt_limit_minor=500)


def _name_first_rows() -> None:
    """What nobody has named yet gets its name in the language the library is set up in."""
    for model in (Branch, MemberCategory):
        for code, name in FIRST_NAMES.items():
            model._default_manager.filter(code=code, name=name).update(name=_(name))


def new_set_up_code() -> str:
    """A one-time code for the set-up page, to be printed in the terminal. Only its hash is kept."""
    code = "-".join(secrets.token_hex(2) for _each in range(3))
    cache.set(SET_UP_CODE, _hashed(code), None)
    return code


@recorded("set_up_library")
def set_up_library(
    action: Action, *, code: str, name: str, time_zone: str, admin: dict[str, str], by: None, now: datetime
) -> User:  # fmt: skip
    """Take the library into use: its name, its time zone, the language of the page and its first Admin.

    ``code`` is the one printed in the terminal; ``admin`` has username, name, email and password. Happens once:
    raises Refused("already_set_up") afterwards, also for all but one of many at the same moment,
    Refused("wrong_code"), and Refused("sign_in_taken") if the Admin's e-mail or username is somebody's sign-in.
    """
    if not secrets.compare_digest(cache.get(SET_UP_CODE) or "", _hashed(code)):
        raise Refused("wrong_code", _("That is not the code printed in the terminal."))
    ensure_library()
    ensure_roles()
    taken = LibrarySettings.objects.filter(pk=1, set_up_at=None).update(
        set_up_at=now, name=name, time_zone=time_zone, language=get_language() or settings.LANGUAGE_CODE,
        **FIRST_REMINDERS,
    )  # fmt: skip
    if not taken:
        raise Refused("already_set_up", _("This library has been set up already."))
    _refuse_taken_sign_in(admin)
    _name_first_rows()
    user = User.objects.create_superuser(**{**admin, "email": admin["email"].lower()})
    user.groups.add(Group.objects.get(name=ADMIN))
    cache.delete(SET_UP_CODE)
    action.by = user
    describe(action, user, after={"library": name})
    return user


@recorded("change_settings")
def change_settings(action: Action, *, by: User | None, now: datetime, **new_values: Any) -> LibrarySettings:
    """Change fields of the library's settings.

    Raises TypeError for the currency, which is circulation's to change, because money hangs on it.
    """
    if "currency" in new_values:
        raise TypeError("the currency is changed by circulation.services.rules.change_currency")
    library = LibrarySettings.objects.select_for_update().get(pk=1)
    before, after = changes(library, new_values)
    for name, value in new_values.items():
        setattr(library, name, value)
    library.save(update_fields=list(new_values))
    describe(action, library, before=before, after=after)
    if not after:
        leave_out(action)
    return library


def _refuse_taken_sign_in(admin: dict[str, str]) -> None:
    for name in {admin["username"], admin["email"]} - {""}:
        if User.objects.filter(Q(email__iexact=name) | Q(username__iexact=name)).exists():
            raise Refused("sign_in_taken", _("Somebody signs in with this e-mail already. Give another one."))


def _hashed(code: str) -> str:
    return hashlib.sha256(code.strip().lower().encode()).hexdigest()
