"""The first answer again."""

from datetime import UTC, datetime, timedelta

import pytest

from accounts.models import ApiAnswer, User
from accounts.services.answers import (
    Kept,
    KeyReused,
    StillRunning,
    begin_answer,
    drop_answer,
    finish_answer,
    forget_answers,
    key_of,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 8, tzinfo=UTC)


def test_answer_is_given_again_for_the_same_request() -> None:
    asked = [begin_answer("k", "request", NOW)]
    finish_answer("k", status=201, headers={"Location": "/x"}, body="{}")
    asked.append(begin_answer("k", "request", NOW))
    assert asked == [None, Kept(201, {"Location": "/x"}, "{}")]


def test_key_of_another_request_is_refused() -> None:
    begin_answer("k", "request", NOW)
    with pytest.raises(KeyReused):
        begin_answer("k", "other request", NOW)


def test_first_request_still_runs() -> None:
    begin_answer("k", "request", NOW)
    with pytest.raises(StillRunning):
        begin_answer("k", "request", NOW + timedelta(seconds=59))


def test_request_whose_process_died_may_be_made_again() -> None:
    begin_answer("k", "request", NOW)
    assert begin_answer("k", "request", NOW + timedelta(seconds=61)) is None


def test_key_of_a_request_that_did_nothing_is_free_again() -> None:
    begin_answer("k", "request", NOW)
    drop_answer("k")
    assert begin_answer("k", "corrected request", NOW) is None


def test_answers_are_forgotten_after_a_day() -> None:
    begin_answer("old", "request", NOW - timedelta(hours=25))
    begin_answer("new", "request", NOW - timedelta(hours=23))
    assert (forget_answers(NOW), list(ApiAnswer.objects.values_list("pk", flat=True))) == (1, ["new"])


def test_keys_belong_to_a_person(librarian: User, admin_user: User) -> None:
    assert key_of(librarian, "k") != key_of(admin_user, "k")
