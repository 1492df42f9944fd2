"""Covers: only our own fresh JPEGs are stored and shown, whatever was sent."""

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.exceptions import Refused
from accounts.models import Action, User, Work
from accounts.services.work import PAUSES
from accounts.tests.threads import at_once
from catalog.models import Book, Cover
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services import covers
from catalog.services.covers import (
    fetch_next_cover,
    preview_cover,
    reencoded,
    remove_cover,
    upload_cover,
    want_cover,
)
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, page, raw
from catalog.tests.services.pictures import (
    BLUE,
    RED,
    encoded,
    opened,
    picture,
    png_that_claims,
    several_in_one,
    turned,
    with_notes,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
State = Work.State
TINY_GIF = encoded(Image.new("P", (1, 1)), "GIF")
ADDRESS = "/b/id/17-L.jpg"


@pytest.fixture
def source(stub: Stub) -> Iterator[OpenLibrary]:
    with OpenLibrary(lane="batch") as client:
        yield client


def now_of(book: Book) -> Cover:
    return Cover.objects.get(book=book)


def wanted(source_id: int = 17) -> Book:
    book = BookFactory()
    want_cover(book, source_id)
    return book


def stored(cover: Cover) -> tuple[str | None, tuple[int, int]]:
    with cover.file.open() as file:
        data = file.read()
    return opened(data).format, opened(data).size


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


# --- re-encoding ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"),
        ("PNG", "LA"), ("PNG", "I;16"), ("GIF", "P"), ("WEBP", "RGB"), ("WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    sent = encoded(Image.new("L", (60, 90), 40).convert(mode), kind)
    data, size = reencoded(sent)
    assert (opened(data).format, opened(data).mode, opened(data).size, size) == ("JPEG", "RGB", (60, 90), (60, 90))


def test_pixels_stay_what_they_were() -> None:
    small = opened(reencoded(picture("PNG"))[0])
    assert (near(small.getpixel((30, 10)), RED), near(small.getpixel((30, 80)), BLUE)) == (True, True)


@pytest.mark.parametrize(
    ("size", "small"), [((500, 750), (500, 750)), ((1000, 1500), (500, 750)), ((2000, 400), (500, 100))]
)
def test_picture_is_made_to_fit(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert reencoded(picture(size=size))[1] == small


def test_what_is_transparent_becomes_paper() -> None:
    data, _size = reencoded(encoded(Image.new("RGBA", (60, 90), (0, 0, 0, 0)), "PNG"))
    assert opened(data).getpixel((30, 45)) == (255, 255, 255)


def test_nothing_but_pixels_is_kept() -> None:
    notes = Image.Exif()
    notes[0x010E] = "taken at home by a person"
    sent = picture(exif=notes, comment=b"<script>alert(1)</script>")
    assert b"taken at home" in sent
    data, _size = reencoded(sent)
    assert (b"taken" in data, b"script" in data, dict(opened(data).getexif())) == (False, False, {})


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (60, 90), (30, 5)), (3, (60, 90), (30, 85)), (4, (60, 90), (30, 85)), (5, (90, 60), (5, 30)),
     (6, (90, 60), (85, 30)), (8, (90, 60), (5, 30)), (99, (60, 90), (30, 5))],
)  # fmt: skip
def test_picture_stands_as_it_was_held(orientation: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    data, upright = reencoded(turned(orientation))
    assert (upright, near(opened(data).getpixel(red), RED)) == (size, True)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow says what it thinks of them
@pytest.mark.parametrize(
    "notes",
    [b"", b"\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\xff\0\0\0\0", b"x" * 40],
)
def test_notes_of_a_camera_that_make_no_sense_do_no_harm(notes: bytes) -> None:
    assert reencoded(with_notes(notes))[1] == (60, 90)


def test_pictures_of_telephones_with_more_behind_them_are_read() -> None:
    data, size = reencoded(several_in_one())
    assert (opened(data).format, size) == ("JPEG", (60, 90))


BAD = {
    "nothing": b"",
    "text": b"This is no picture",
    "page": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="90"/>',
    "program": b"MZ\x90\0" + b"\0" * 200,
    "1 x 1": TINY_GIF,
    "too narrow": picture(size=(19, 90)),
    "truncated jpeg": picture(size=(200, 300))[:800],
    "truncated png": picture("PNG", size=(200, 300))[:120],
    "head only": picture()[:20],
    "wrong type": encoded(Image.new("RGB", (60, 90)), "BMP"),
    "tiff": encoded(Image.new("RGB", (60, 90)), "TIFF"),
    "bomb": png_that_claims(30_000, 30_000),
    "larger bomb": png_that_claims(9_000, 9_000),
    "bomb without end": png_that_claims(2**31 - 1, 2**31 - 1),
    "less than it claims": png_that_claims(3_000, 3_000),
    "too large to unpack": picture("PNG", size=(4_001, 4_000), mode="1"),
    "too many bytes": picture() + b"\0" * 10_000_000,
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_cover_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        reencoded(BAD[name])
    assert refused.value.code == "bad_picture"


def test_progressive_jpeg_is_refused_earlier_because_it_needs_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covers, "MOST_PROGRESSIVE_PIXELS", 60 * 90 - 1)
    assert reencoded(picture())[1] == (60, 90)
    with pytest.raises(Refused):
        reencoded(picture(progressive=True))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_pictures_are_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(7)
    seeds = [picture(), turned(6), picture("PNG"), picture("GIF", mode="P"), picture("WEBP"), several_in_one()]
    for _each in range(400):
        data = bytearray(chance.choice(seeds))
        for _byte in range(chance.choice([1, 3, 12])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(Refused):
            assert max(reencoded(bytes(data))[1]) <= 750


# --- uploading and removing -------------------------------------------------------------------------


def test_uploaded_picture_is_stored_under_a_name_of_ours(librarian: User) -> None:
    book = BookFactory()
    assert upload_cover(book, data=picture("PNG"), by=librarian, now=NOW) == book
    cover = now_of(book)
    assert (stored(cover), cover.width, cover.height) == (("JPEG", (60, 90)), 60, 90)
    assert (cover.state, cover.finished_at, len(Path(cover.file.name).stem), Path(cover.file.name).suffix) == (
        State.DONE, NOW, 24, ".jpg",
    )  # fmt: skip
    action = Action.objects.get()
    assert (action.verb, action.by, action.target_id, action.after) == (
        "upload_cover", librarian, book.pk, {"cover": cover.file.name},
    )  # fmt: skip


def test_new_picture_takes_the_old_one_s_place(django_capture_on_commit_callbacks: Any) -> None:
    book = BookFactory()
    upload_cover(book, data=picture(), by=None)
    old = now_of(book).file.name
    with django_capture_on_commit_callbacks(execute=True):
        upload_cover(book, data=picture(size=(40, 60)), by=None)
    assert (default_storage.exists(old), now_of(book).width, Cover.objects.count()) == (False, 40, 1)


def test_bad_picture_leaves_everything_as_it_was() -> None:
    book = BookFactory()
    upload_cover(book, data=picture(), by=None)
    with pytest.raises(Refused):
        upload_cover(book, data=b"no picture", by=None)
    assert (stored(now_of(book))[0], Action.objects.count()) == ("JPEG", 1)


def test_nobody_waits_while_a_picture_is_unpacked(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    from django.db import connection

    seen = []
    monkeypatch.setattr(covers, "reencoded", lambda data: seen.append(connection.in_atomic_block) or (data, (60, 90)))
    upload_cover(BookFactory(), data=picture(), by=None)
    assert seen == [False]


def test_removed_picture_is_gone_and_imports_bring_no_other(django_capture_on_commit_callbacks: Any) -> None:
    book = wanted()
    upload_cover(book, data=picture(), by=None)
    name = now_of(book).file.name
    with django_capture_on_commit_callbacks(execute=True):
        remove_cover(book, by=None)
    want_cover(book, 18)
    cover = now_of(book)
    assert (default_storage.exists(name), cover.file.name, cover.width, cover.state) == (False, "", 0, State.DONE)
    assert Action.objects.get(verb="remove_cover").before == {"cover": name}


def test_cover_that_is_not_there_can_be_refused_for_good() -> None:
    book = BookFactory()
    remove_cover(book, by=None)
    want_cover(book, 17)
    assert (now_of(book).state, now_of(book).source_id) == (State.DONE, None)


# --- wishing ----------------------------------------------------------------------------------------


def test_wish_is_queued_once() -> None:
    book = wanted(17)
    want_cover(book, 18)
    cover = Cover.objects.get()
    assert (cover.book, cover.source_id, cover.state, cover.total, cover.done) == (book, 17, State.QUEUED, 1, 0)


@pytest.mark.parametrize("state", [State.FAILED, State.DONE, State.RUNNING])
def test_person_may_wish_again_for_what_is_not_there(state: str) -> None:
    book = wanted(17)
    Cover.objects.update(state=state, attempts=6, problem="Down.", due_at=NOW, lease_until=NOW)
    want_cover(book, 18, again=True)
    names = ("source_id", "state", "attempts", "problem", "due_at", "lease_until")
    assert Cover.objects.values_list(*names).get() == (18, State.QUEUED, 0, "", None, None)


def test_picture_that_is_there_is_not_wished_away() -> None:
    book = BookFactory()
    upload_cover(book, data=picture(), by=None)
    want_cover(book, 18, again=True)
    assert (now_of(book).state, now_of(book).source_id) == (State.DONE, None)


# --- fetching ---------------------------------------------------------------------------------------


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


class Broken:
    """A source that always fails in one way."""

    def __init__(self, code: str) -> None:
        self.code = code

    def cover(self, cover_id: int, size: str) -> bytes:
        raise OpenLibraryError(self.code)


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


# --- previews ---------------------------------------------------------------------------------------


def test_preview_is_a_fresh_picture_and_kept(stub: Stub, source: OpenLibrary) -> None:
    stub.tell("/b/id/17-M.jpg", raw(picture("PNG")))
    first, second = preview_cover(source, 17), preview_cover(source, 17)
    assert (opened(first).size, second == first, stub.paths) == ((60, 90), True, ["/b/id/17-M.jpg"])


@pytest.mark.parametrize("answer", [page(404), raw(TINY_GIF), raw(picture()[:300])], ids=["missing", "1 x 1", "cut"])
def test_preview_that_is_none_is_remembered_too(stub: Stub, source: OpenLibrary, answer: Any) -> None:
    stub.tell("/b/id/17-M.jpg", answer)
    assert (preview_cover(source, 17), preview_cover(source, 17), len(stub.requests)) == (b"", b"", 1)


def test_preview_is_asked_for_again_after_an_outage(stub: Stub) -> None:
    with pytest.raises(OpenLibraryError) as failed:
        preview_cover(Broken("unavailable"), 17)  # type: ignore[arg-type]
    assert failed.value.code == "unavailable"
    with pytest.raises(OpenLibraryError):
        preview_cover(Broken("unavailable"), 17)  # type: ignore[arg-type]


@pytest.mark.parametrize("cover_id", [0, -1, 2**62 + 1, 10**300])
def test_preview_of_an_impossible_number_is_none_without_asking(stub: Stub, source: OpenLibrary, cover_id: int) -> None:
    assert (preview_cover(source, cover_id), stub.requests) == (b"", [])


# --- several at once --------------------------------------------------------------------------------


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
