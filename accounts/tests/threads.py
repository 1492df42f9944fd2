"""Many people at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from django.db import connections


def at_once(count: int, do: Callable[[int], Any]) -> list[Any]:
    """Call ``do(0)`` ... ``do(count - 1)`` in as many threads at the same moment; what each returned or raised."""
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait()
        try:
            return do(number)
        except Exception as error:  # the caller looks at what was raised
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
