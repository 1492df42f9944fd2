"""What the worker does for the circulation by itself. Each function says whether there was anything to do."""

from collections.abc import Callable
from time import monotonic

from django.core.cache import cache
from django.utils import timezone

from accounts.services.deliveries import send_next_event
from circulation.services.daily import is_daily_due, run_daily
from circulation.services.messages import send_next
from circulation.services.notices import bundle_notices

EVENTS_SECONDS = 5.0  # then it is somebody else's turn
TAKEN_KEY, TAKEN_SECONDS = "daily-work-taken", 600


def never() -> bool:
    return False


def do_the_daily_work(_should_stop: Callable[[], bool] = never) -> bool:
    """Once for each day of the library. What failed or was killed is tried again after ten minutes."""
    now = timezone.now()
    if not is_daily_due(now) or not cache.add(TAKEN_KEY, now, TAKEN_SECONDS):
        return False
    run_daily(now)
    cache.delete(TAKEN_KEY)
    return True


def send_messages(_should_stop: Callable[[], bool] = never) -> bool:
    """Put what members are to be told into messages, and send the one that has been due longest."""
    now = timezone.now()
    bundle_notices(now)
    return send_next(now)


def send_events(should_stop: Callable[[], bool] = never) -> bool:
    """Tell other programs what is due to them, one event after the other, for a few seconds at most."""
    ends_at, sent = monotonic() + EVENTS_SECONDS, False
    while not should_stop() and monotonic() < ends_at and send_next_event():
        sent = True
    return sent
