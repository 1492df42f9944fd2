"""Covers: uploaded, removed, wished for and looked at beforehand."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from accounts.exceptions import Refused
from accounts.models import Action, User, Work
from catalog.models import Cover
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.services import covers
from catalog.services.covers import (
    preview_cover,
    remove_cover,
    upload_cover,
    want_cover,
)
from catalog.tests.factories import BookFactory
from catalog.tests.openlibrary.stub import Stub, page, raw
from catalog.tests.services.covers import Broken, now_of, stored, wanted
from catalog.tests.services.pictures import (
    encoded,
    opened,
    picture,
)

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, 12, tzinfo=UTC)
State = Work.State
TINY_GIF = encoded(Image.new("P", (1, 1)), "GIF")


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
