"""What time brings about by itself: done once a day, at any hour, as often as anybody likes."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import NamedTuple

from accounts.models import LibrarySettings
from accounts.services.answers import forget_answers
from accounts.services.record import forget_old_records
from accounts.services.sign_ins import forget_ended_sign_ins
from accounts.services.webhooks import forget_events
from catalog.services.merged import forget_covers
from catalog.services.search import write_stale
from circulation.policy.undoing import TIME_TO_REPENT
from circulation.queries.stock import stock_for_search
from circulation.services.also_borrowed import count_also_borrowed
from circulation.services.history import unlink_history
from circulation.services.holds import expire_holds
from circulation.services.lost import mark_long_overdue_lost
from circulation.services.messages import drop_stale_letters
from circulation.services.most_borrowed import count_most_borrowed
from circulation.services.notices import queue_notices

FIRST_HOUR = 6  # by the library's clock
EVENTS_KEPT = timedelta(days=30)


class DailyCounts(NamedTuple):
    """How many holds, loans and books one run found something to do for."""

    holds_expired: int = 0
    notices_queued: int = 0
    unlinked: int = 0
    marked_lost: int = 0
    also_borrowed: int = 0
    most_borrowed: int = 0


Tell = Callable[[str, int], None]


def run_daily(now: datetime, tell: Tell | None = None) -> DailyCounts:
    """Expire holds, mark lost what is long overdue, queue notices, forget histories, count what is read; how much.

    Every hold, loan or batch is a transaction of its own: a run that was killed is gone on with by the next one, days
    that were missed are made up for, a second run finds nothing left. ``tell`` hears of each part when it is done.
    """
    parts: dict[str, Callable[[], int]] = {
        "holds_expired": lambda: expire_holds(by=None, now=now),
        "marked_lost": lambda: mark_long_overdue_lost(now),
        "notices_queued": lambda: queue_notices(now),
        "unlinked": lambda: unlink_history(now),
        "also_borrowed": count_also_borrowed,
        "most_borrowed": lambda: count_most_borrowed(now),
    }
    counts = {}
    for name, part in parts.items():
        counts[name] = part()
        if tell:
            tell(name, counts[name])
    drop_stale_letters(now)
    forget_answers(now)
    forget_old_records(now)
    forget_ended_sign_ins(now)
    forget_events(now - EVENTS_KEPT)
    forget_covers(now - TIME_TO_REPENT - timedelta(days=1))
    while write_stale(stock_for_search):  # what the worker, if there is one, has not come to
        pass
    LibrarySettings.objects.filter(pk=1).update(daily_done_on=_today(now))
    return DailyCounts(**counts)


def is_daily_due(now: datetime) -> bool:
    """Whether nobody has finished the daily work of the library's present day yet; from FIRST_HOUR on.

    Earlier it would be night, and so would be the messages that follow.
    """
    if now.astimezone(LibrarySettings.current().zone).hour < FIRST_HOUR:
        return False
    done_on = LibrarySettings.objects.filter(pk=1).values_list("daily_done_on", flat=True).first()
    return done_on != _today(now)


def _today(now: datetime) -> date:
    return now.astimezone(LibrarySettings.current().zone).date()
