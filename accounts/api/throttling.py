"""How often one token or one address may ask. Counted in the cache that all processes share.

To write there at each request would cost more than most answers: a process tells the others of its own count after
every fiftieth of the limit. So several processes together let at most that much more through each.
"""

import time
from threading import Lock

from allauth.core.internal.httpkit import get_client_ip
from django.conf import settings
from django.core.cache import cache
from rest_framework.request import Request

from accounts.api.problems import Problem

WINDOW = 60  # seconds


class Tally:
    """What this process has counted in the present window, and what it knows of the others."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.forget()

    def forget(self) -> None:
        self.window, self.counts = 0, {}  # type: int, dict[str, tuple[int | None, int]]

    def count(self, name: str, most: int, now: float) -> int:
        """One request more of ``name``; how many there were in this window, as far as is known."""
        with self.lock:
            if int(now // WINDOW) != self.window:
                self.window, self.counts = int(now // WINDOW), {}
            known, own = self.counts.get(name, (None, 0))
            if known is not None and own + 1 < max(1, most // 50):
                self.counts[name] = known, own + 1
                return known + own + 1
            self.counts[name] = known or 0, 0
        total = self._tell(f"api-rate-{self.window}-{name}", own + 1)
        with self.lock:
            self.counts[name] = total, self.counts.get(name, (0, 0))[1]
        return total

    def _tell(self, key: str, more: int) -> int:
        total = cache.get(key, 0) + more
        cache.set(key, total, 2 * WINDOW)
        return total


tally = Tally()


def check_rate(request: Request) -> None:
    """Count ``request``. Raises Problem("too_many_requests")."""
    token = getattr(request, "auth", None)
    if token is None:
        name, most = f"address-{get_client_ip(request._request)}", settings.API_RATE_ANONYMOUS
    else:
        name, most = f"token-{token.pk}", settings.API_RATE
    now = time.time()
    if tally.count(name, most, now) > most:
        raise Problem("too_many_requests", headers={"Retry-After": str(WINDOW - int(now % WINDOW))})
