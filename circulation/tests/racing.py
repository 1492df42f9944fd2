"""How tests count what came of many desks at the same moment."""

from collections import Counter
from typing import Any

from circulation.exceptions import CirculationRefused


def outcomes(results: list[Any]) -> Counter[str]:
    """How often each thing happened: done, refused and for which reasons, or what broke."""
    return Counter(
        " ".join(each.codes) if isinstance(each, CirculationRefused)
        else type(each).__name__ if isinstance(each, Exception)
        else "done"
        for each in results
    )  # fmt: skip
