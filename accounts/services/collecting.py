"""Python's search for circles of objects, which costs a tenth of whatever makes objects by the million."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (50_000, 20, 50)  # new objects until the youngest are looked through, and how often all the others are


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Within it objects that refer to each other in circles are looked for a hundred times more seldom."""
    usual = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
