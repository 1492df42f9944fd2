"""Who may do what: permissions and roles, named once; the decorator that guards a page."""

from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import permission_required
from django.utils.translation import gettext_lazy as _

USE_DESK = "accounts.use_desk"
ISSUE = "accounts.issue"
RETURN = "accounts.return"
OVERRIDE_BLOCK = "accounts.override_block"
BACKDATE = "accounts.backdate"
SET_DUE_DATE = "accounts.set_due_date"
TAKE_PAYMENT = "accounts.take_payment"
WAIVE = "accounts.waive"
REFUND = "accounts.refund"
MANAGE_BOOKS = "accounts.manage_books"
MANAGE_MEMBERS = "accounts.manage_members"
MANAGE_RULES = "accounts.manage_rules"
MANAGE_STAFF = "accounts.manage_staff"
MANAGE_SETTINGS = "accounts.manage_settings"
SEE_AUDIT = "accounts.see_audit"

NAMES = {
    USE_DESK: _("Can use the desk"),
    ISSUE: _("Can issue and renew"),
    RETURN: _("Can take back"),
    OVERRIDE_BLOCK: _("Can set a block aside, with a reason"),
    BACKDATE: _("Can take back with an earlier date"),
    SET_DUE_DATE: _("Can set a due date by hand"),
    TAKE_PAYMENT: _("Can take payments"),
    WAIVE: _("Can waive fines and charges"),
    REFUND: _("Can give money back"),
    MANAGE_BOOKS: _("Can manage books and copies"),
    MANAGE_MEMBERS: _("Can manage members"),
    MANAGE_RULES: _("Can change circulation rules and the calendar"),
    MANAGE_STAFF: _("Can manage staff"),
    MANAGE_SETTINGS: _("Can change the library's settings"),
    SEE_AUDIT: _("Can see the record of actions"),
}

MEMBER = "Member"
LIBRARIAN = "Librarian"
ADMIN = "Admin"

ROLES: dict[str, list[str]] = {
    MEMBER: [],
    LIBRARIAN: [
        USE_DESK, ISSUE, RETURN, OVERRIDE_BLOCK, BACKDATE, SET_DUE_DATE,
        TAKE_PAYMENT, WAIVE, MANAGE_BOOKS, MANAGE_MEMBERS,
    ],
    ADMIN: list(NAMES),
}  # fmt: skip
STAFF_ROLES = (LIBRARIAN, ADMIN)


def needs(permission: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Guard a view: who is not signed in is asked to, who lacks ``permission`` gets the 403 page.

    The view then says what it ``needs``.
    """
    guard = permission_required(permission, raise_exception=True)

    def guarded(view: Callable[..., Any]) -> Callable[..., Any]:
        found = guard(view)
        found.needs = permission  # type: ignore[attr-defined] # read by the middleware that asks again
        return found

    return guarded
