"""What every template may know."""

from typing import Any, NamedTuple

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import permissions, queries


class Room(NamedTuple):
    """A room of the desk, as the rail shows it."""

    name: Any
    url: str
    icon: str
    shortcut: str
    is_current: bool


ROOMS: list[tuple[Any, str, str, str, str]] = [
    (_("Today"), "circulation:desk", "layout-dashboard", "", permissions.USE_DESK),
    (_("Issue"), "circulation:issue", "book-up-2", "u", permissions.ISSUE),
    (_("Return"), "circulation:return", "book-down", "r", permissions.RETURN),
    (_("Renew"), "circulation:renew", "rotate-cw", "w", permissions.ISSUE),
    (_("Holds"), "circulation:holds", "bookmark", "", permissions.USE_DESK),
    (_("Messages"), "circulation:outbox", "mail", "", permissions.USE_DESK),
    (_("Loans"), "circulation:loans", "clipboard-list", "", permissions.USE_DESK),
    (_("Books"), "catalog:books", "library", "q", permissions.MANAGE_BOOKS),
    (_("Members"), "accounts:members", "users", "", permissions.MANAGE_MEMBERS),
    (_("Scan queue"), "catalog:scan", "scan-line", "", permissions.MANAGE_BOOKS),
    (_("Import"), "catalog:import", "cloud-download", "", permissions.MANAGE_BOOKS),
    (_("Rules"), "circulation:rules", "scale", "", permissions.USE_DESK),
    (_("Calendar"), "circulation:calendar", "calendar-days", "", permissions.USE_DESK),
    (_("Settings"), "accounts:settings", "sliders-horizontal", "", permissions.MANAGE_SETTINGS),
]


def library(request: HttpRequest) -> dict[str, Any]:
    """``library``: the settings; ``at_desk`` and ``rooms``: the rail of the desk's rooms that this person may enter."""
    settings = getattr(request, "library", None) or queries.library()
    user = getattr(request, "user", None)
    at_desk = request.path.startswith("/desk/") and user is not None and user.has_perm(permissions.USE_DESK)
    return {"library": settings, "at_desk": at_desk, "rooms": _rooms(request) if at_desk else []}


def _rooms(request: HttpRequest) -> list[Room]:
    rooms = []
    for name, view, icon, shortcut, needed in ROOMS:
        url = reverse(view)
        is_current = request.path == url if url == "/desk/" else request.path.startswith(url)
        if request.user.has_perm(needed):
            rooms.append(Room(name, url, icon, shortcut, is_current))
    return rooms
