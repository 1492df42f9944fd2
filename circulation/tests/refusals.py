"""How tests ask for the codes of a refusal, and make sure that nothing was done."""

from collections.abc import Callable
from typing import Any

import pytest

from accounts.exceptions import Refused
from circulation.exceptions import CirculationRefused
from circulation.tests.factories import what_there_is


def codes_of(act: Callable[..., Any], *args: Any, **kwargs: Any) -> list[str]:
    """The reason codes with which ``act`` is refused; nothing may have changed by it."""
    before = what_there_is()
    with pytest.raises(CirculationRefused) as refused:
        act(*args, **kwargs)
    assert what_there_is() == before
    return refused.value.codes


def code_of(act: Callable[..., Any], *args: Any, **kwargs: Any) -> str:
    """The code with which ``act`` is refused where only one reason is given; nothing may have changed by it."""
    before = what_there_is()
    with pytest.raises(Refused) as refused:
        act(*args, **kwargs)
    assert what_there_is() == before
    return refused.value.code
