"""What was expected of a step against what came of it."""

from typing import Any

from .library import Step


def failures(step: Step, outcome: dict[str, Any]) -> list[dict[str, Any]]:
    """Every expectation of ``step`` that ``outcome`` does not meet."""
    compared = [(key, expected, outcome.get(key)) for key, expected in step.expect.items()]
    return [{"key": key, "expected": e, "got": got} for key, e, got in compared if not _met(step.do, key, e, got)]


def _met(do: str, key: str, expected: Any, got: Any) -> bool:
    if key == "refused":
        return sorted(expected, key=str) == got
    if do == "rule" and isinstance(got, dict):
        if isinstance(expected, dict):
            return all(_same(part, got[name]) for name, part in expected.items())
        return _same(expected, got["value"])
    return _same(expected, got)


def _same(expected: Any, got: Any) -> bool:
    """Equal, and true is not 1."""
    return type(expected) is type(got) and expected == got
