"""Playing a scenario: every step in order, each whole or not at all, and nothing is kept."""

from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from circulation.exceptions import CirculationRefused

from .acts import ACTS, Desk, Result
from .aside import empty_library
from .comparing import failures
from .library import Scenario, Step
from .misread import Misread, document
from .own import completed
from .questions import QUESTIONS
from .read import read_scenario
from .setting_up import Library, RefusedSetUp, set_up
from .telling import moment_of

STEPS = {**ACTS, **QUESTIONS}


def play_text(
    text: str | bytes, file: str = "", *, own_rules: bool = False, most_steps: int | None = None
) -> dict[str, Any]:
    """Play the scenario in ``text``; the outcome as it is printed. One that cannot be understood has an ``error``.

    ``own_rules``: what it does not say is as in the library that is here. With more than ``most_steps`` it is not
    played.
    """
    try:
        whole = document(text)
        scenario = read_scenario(completed(whole) if own_rules else whole)
        if most_steps is not None and len(scenario.steps) > most_steps:
            raise Misread("steps", _("More than %(most)d steps are not played here.") % {"most": most_steps})
        return play(scenario, file)
    except Misread as error:
        return {"file": file, "name": None, "ok": False, "steps": [], "error": error.message, "place": error.place}


def play(scenario: Scenario, file: str = "") -> dict[str, Any]:
    """Play ``scenario`` and tell what came of it, step by step. The database is as it was before."""
    with empty_library(), timezone.override(ZoneInfo(scenario.time_zone)), translation.override("en"):
        try:
            library = set_up(scenario)
        except RefusedSetUp as refusal:
            return _of_set_up(scenario, file, refusal.codes)
        if scenario.refused_setup is not None:
            return _of_set_up(scenario, file, [])
        steps = _play_steps(scenario, library)
    return {"file": file, "name": scenario.name, "ok": not any(step["failed"] for step in steps), "steps": steps}


def _of_set_up(scenario: Scenario, file: str, codes: list[str]) -> dict[str, Any]:
    expected = sorted(scenario.refused_setup or ())
    failed = [] if expected == codes else [{"key": "refused_setup", "expected": expected, "got": codes}]
    return {
        "file": file, "name": scenario.name, "ok": not failed, "refused_setup": codes, "steps": [], "failed": failed,
    }  # fmt: skip


def _play_steps(scenario: Scenario, library: Library) -> list[dict[str, Any]]:
    now = _moment(datetime.combine(scenario.today, time()), scenario)
    told: list[dict[str, Any]] = []
    for n, step in enumerate(scenario.steps, start=1):
        if step.at is not None:
            now = _next_moment(step.at, scenario, now if told else None)
        refused, result = _play_one(Desk(library, now), step)
        outcome = {"ok": not refused, "refused": refused, **result}
        told.append(
            {"n": n, "at": moment_of(library, now), "do": step.do, **outcome, "failed": failures(step, outcome)}
        )
    return told


def _play_one(desk: Desk, step: Step) -> tuple[list[str], Result]:
    try:
        with transaction.atomic():
            return [], STEPS[step.do](desk, step.values)
    except CirculationRefused as refusal:
        return sorted(set(refusal.codes)), {}


def _moment(at: datetime, scenario: Scenario, fold: int = 0) -> datetime:
    """The moment at which the clock of the library shows ``at``."""
    return at.replace(tzinfo=ZoneInfo(scenario.time_zone), fold=fold).astimezone(UTC)


def _next_moment(at: datetime, scenario: Scenario, before: datetime | None) -> datetime:
    """The same, not before the step ``before``: where the clock shows a time twice, the later one if it must be."""
    first = _moment(at, scenario)
    return first if before is None or first >= before else max(before, _moment(at, scenario, fold=1))
