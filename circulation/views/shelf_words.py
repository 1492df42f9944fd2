"""What the desk is told when a copy goes to the hold shelf, or leaves it without being lent."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.models import Copy
from circulation.models import Hold


def tell_of_holds(request: HttpRequest, copy: Copy, after: dict[str, Any]) -> None:
    """Say which holds the action with this ``after`` made ready, or made wait again."""
    keys = {name: after[name] for name in ("trapped_hold", "released_hold") if after.get(name)}
    holds = Hold.objects.select_related("member").in_bulk(keys.values()) if keys else {}
    if hold := holds.get(keys.get("trapped_hold", 0)):
        tell_of_trap(request, copy, hold)
    if hold := holds.get(keys.get("released_hold", 0)):
        text = _("“%(title)s” stood ready for %(name)s, who is first in the queue again.")
        messages.warning(request, text % {"title": copy.book.title, "name": hold.member})


def tell_of_trap(request: HttpRequest, copy: Copy, hold: Hold) -> None:
    """Say for whom ``copy`` is put on the hold shelf, and until when."""
    day = date_format(hold.pickup_by, "DATE_FORMAT") if hold.pickup_by else ""
    facts = {"title": copy.book.title, "name": hold.member, "day": day}
    messages.warning(request, _("“%(title)s” is on hold for %(name)s until %(day)s: to the hold shelf.") % facts)
