"""Covers that were wished for are fetched once, given up or asked for again."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.models import Work
from accounts.services.work import PAUSES
from accounts.tests.threads import at_once
from catalog.models import Cover
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services.covers import (
    fetch_next_cover,
    remove_cover,
    upload_cover,
)
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, page, raw
from catalog.tests.services.covers import Broken, now_of, stored, wanted
from catalog.tests.services.pictures import (
    encoded,
    picture,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
State = Work.State
TINY_GIF = encoded(Image.new("P", (1, 1)), "GIF")
ADDRESS = "/b/id/17-L.jpg"


def test_nothing_to_fetch(source: OpenLibrary) -> None:
    assert fetch_next_cover(source) is False


def test_wished_cover_is_fetched_once_and_stored(stub: Stub, source: OpenLibrary) -> None:
    stub.tell(ADDRESS, raw(picture("PNG", size=(600, 900))))
    book = wanted()
    assert (fetch_next_cover(source, NOW), fetch_next_cover(source, NOW)) == (True, False)
    cover = now_of(book)
    assert (cover.state, cover.done, cover.lease_until, cover.finished_at, stored(cover)) == (
        State.DONE, 1, None, NOW, ("JPEG", (500, 750)),
    )  # fmt: skip
    assert stub.paths == [ADDRESS]


@pytest.mark.parametrize(
    "answer", [page(404), raw(TINY_GIF), raw(picture(size=(200, 300))[:800])], ids=["missing", "1 x 1", "truncated"]
)
def test_cover_that_is_none_is_given_up(stub: Stub, source: OpenLibrary, answer: Any) -> None:
    stub.tell(ADDRESS, answer)
    book = wanted()
    fetch_next_cover(source, NOW)
    cover = now_of(book)
    assert (cover.state, cover.file.name, bool(cover.problem), fetch_next_cover(source)) == (
        State.FAILED,
        "",
        True,
        False,
    )


def test_wish_without_a_number_is_given_up(source: OpenLibrary) -> None:
    book = BookFactory()
    Cover.objects.create(book=book)
    fetch_next_cover(source, NOW)
    assert now_of(book).state == State.FAILED


def test_cover_fetched_without_a_moment_says_when_it_was(stub: Stub, source: OpenLibrary) -> None:
    stub.tell(ADDRESS, raw(picture()))
    book = wanted()
    fetch_next_cover(source)
    assert now_of(book).finished_at is not None


def test_cover_that_the_disk_does_not_take_is_fetched_again_later(
    stub: Stub, source: OpenLibrary, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    stub.tell(ADDRESS, raw(picture()))
    book, moment, waited = wanted(), NOW, []
    with monkeypatch.context() as full:
        full.setattr(default_storage, "save", Mock(side_effect=OSError(28, "No space left on device")))
        for _each in range(len(PAUSES) + 2):
            assert fetch_next_cover(source, moment) is True
            cover = now_of(book)
            assert (cover.state, cover.lease_until, cover.file.name) == (State.QUEUED, None, "")
            waited.append(int(((cover.due_at or moment) - moment).total_seconds()))
            moment = cover.due_at or moment
    assert waited == [*PAUSES, *[PAUSES[-1]] * 2]
    assert {record.message for record in caplog.records if record.levelname == "ERROR"} == {
        f"the cover of book {book.pk} could not be stored"
    }
    assert (fetch_next_cover(source, moment), now_of(book).state) == (True, State.DONE)


def test_cover_that_the_disk_does_not_take_is_given_back_though_time_goes_by(
    stub: Stub, source: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    stub.tell(ADDRESS, raw(picture()))
    book = wanted()
    monkeypatch.setattr(default_storage, "save", Mock(side_effect=OSError(28, "No space left on device")))
    fetch_next_cover(source)
    assert (now_of(book).state, now_of(book).lease_until) == (State.QUEUED, None)


@pytest.mark.parametrize("code", ["offline", "timed_out", "unavailable", "limited", "blocked"])
def test_cover_is_asked_for_again_however_long_the_source_is_away(code: str) -> None:
    book, moment, waited = wanted(), NOW, []
    for _each in range(len(PAUSES) + 3):
        assert fetch_next_cover(Broken(code), moment) is True  # type: ignore[arg-type]
        due_at = now_of(book).due_at or moment
        waited.append(int((due_at - moment).total_seconds()))
        moment = due_at
    assert waited == [*PAUSES, *[PAUSES[-1]] * 3]
    assert now_of(book).state == State.QUEUED


def test_cover_whose_answers_make_no_sense_is_given_up_in_the_end() -> None:
    book, moment = wanted(), NOW
    while fetch_next_cover(Broken("bad_answer"), moment):  # type: ignore[arg-type]
        moment += timedelta(days=1)
    assert (now_of(book).state, now_of(book).attempts) == (State.FAILED, len(PAUSES) + 1)


@pytest.mark.parametrize(
    "do",
    [lambda book: upload_cover(book, data=picture(size=(40, 60)), by=None), lambda book: remove_cover(book, by=None)],
    ids=["uploads", "removes"],
)  # fmt: skip
@pytest.mark.parametrize("answer", ["a picture", "nothing", "an outage"])
def test_what_a_librarian_does_while_a_cover_is_fetched_stays(do: Any, answer: str) -> None:
    book = wanted()

    class Slow:
        def cover(self, cover_id: int, size: str) -> bytes:
            do(book)
            if answer == "a picture":
                return picture(size=(60, 90))
            raise OpenLibraryError("not_found" if answer == "nothing" else "offline")

    fetch_next_cover(Slow(), NOW)  # type: ignore[arg-type]
    cover = now_of(book)
    assert (cover.state, cover.width) in [(State.DONE, 40), (State.DONE, 0)]
    assert (cover.width == 40) is bool(cover.file)


def test_cover_of_a_worker_that_died_is_fetched_by_another(stub: Stub, source: OpenLibrary) -> None:
    stub.tell(ADDRESS, raw(picture()))
    book = wanted()
    Cover.objects.update(state=State.RUNNING, lease_until=NOW, attempts=1)
    assert fetch_next_cover(source, NOW) is False
    assert fetch_next_cover(source, NOW + timedelta(seconds=1)) is True
    assert now_of(book).state == State.DONE


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_desks_that_upload_at_once_leave_one_picture(transactional_db: None) -> None:
    book = BookFactory()
    at_once(10, lambda n: upload_cover(book, data=picture(size=(40 + n, 60)), by=None))
    cover = now_of(book)
    _folders, files = default_storage.listdir("covers")
    assert (Cover.objects.count(), files) == (1, [Path(cover.file.name).name])
    assert stored(cover)[1] == (cover.width, 60)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_workers_fetch_each_cover_once(transactional_db: None, stub: Stub) -> None:
    stub.tell("*", raw(picture()))
    for number in range(1, 4):
        wanted(number)

    def work(_number: int) -> bool:
        with OpenLibrary(lane="batch") as client:
            return fetch_next_cover(client)

    assert sorted(at_once(10, work)) == [False] * 7 + [True] * 3
    assert sorted(stub.paths) == ["/b/id/1-L.jpg", "/b/id/2-L.jpg", "/b/id/3-L.jpg"]
