"""UNDO: what can be taken back, and for how long."""

from datetime import timedelta

import pytest

from circulation.policy.undoing import undo_refusal
from circulation.tests.policy.builders import at

DONE = at("2026-03-29T01:55")


@pytest.mark.parametrize(
    "verb", ["issue", "return", "renew", "take_payment", "mark_lost", "mark_found", "claim_returned"]
)
def test_undo_1_what_the_desk_does_can_be_taken_back(verb: str) -> None:
    assert undo_refusal(verb, DONE, False, DONE) == ""


@pytest.mark.parametrize("verb", ["undo", "waive", "charge", "mark_copy", "restrict_member", ""])
def test_undo_2_nothing_else_can(verb: str) -> None:
    assert undo_refusal(verb, DONE, False, DONE) == "cannot_undo"


@pytest.mark.parametrize(
    ("minutes", "seconds", "code"), [(0, 0, ""), (10, 0, ""), (10, 1, "too_late"), (60, 0, "too_late")]
)
def test_undo_3_for_ten_minutes(minutes: int, seconds: int, code: str) -> None:
    now = DONE + timedelta(minutes=minutes, seconds=seconds)
    assert undo_refusal("issue", DONE, False, now) == code


@pytest.mark.parametrize("verb", ["merge_books", "merge_authors", "merge_subjects", "change_copies"])
def test_undo_33_what_was_merged_or_changed_together_for_seven_days(verb: str) -> None:
    times = [timedelta(days=7), timedelta(days=7, seconds=1)]
    assert [undo_refusal(verb, DONE, False, DONE + time) for time in times] == ["", "too_late"]


def test_once() -> None:
    assert undo_refusal("issue", DONE, True, DONE) == "already_undone"
