"""Small covers: made once of the stored picture, never seen half, gone with it."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from PIL import Image

from catalog.models import Book, Cover
from catalog.services import small_covers
from catalog.services.books import delete_book
from catalog.services.covers import remove_cover, upload_cover
from catalog.services.small_covers import small_picture
from catalog.tests.factories import BookFactory, CopyFactory
from catalog.tests.views.pages import picture
from circulation.services.copies import mark_copy
from circulation.tests.views.pages import tree

pytestmark = pytest.mark.django_db


def with_cover(size: tuple[int, int] = (500, 750)) -> Book:
    book = BookFactory()
    upload_cover(book, data=picture(size), by=None)
    return Book.objects.get(pk=book.pk)


def files() -> list[str]:
    return sorted(default_storage.listdir("covers")[1])


@pytest.mark.parametrize(
    ("size", "small"),
    [((500, 750), (240, 360)), ((500, 400), (240, 192)), ((100, 700), (51, 360)), ((60, 90), (60, 90))],
)
def test_small_cover_fits_and_has_the_size_that_pages_say(size: tuple[int, int], small: tuple[int, int]) -> None:
    cover = with_cover(size).cover
    with Image.open(io.BytesIO(small_picture(cover))) as made:
        assert (made.format, made.size, cover.small_size) == ("JPEG", small, small)


def test_small_cover_is_made_once_and_kept_beside_the_large_one(monkeypatch: pytest.MonkeyPatch) -> None:
    cover = with_cover().cover
    first = small_picture(cover)
    assert files() == sorted([f"{cover.version}.jpg", f"{cover.version}-s.jpg"])
    monkeypatch.setattr(small_covers, "_smaller", None)
    assert small_picture(cover) == first


@pytest.mark.parametrize("go", [
    lambda book: remove_cover(book, by=None), lambda book: delete_book(book, by=None),
    lambda book: upload_cover(book, data=picture(), by=None),
])  # fmt: skip
def test_small_cover_goes_with_the_large_one(go: Any, django_capture_on_commit_callbacks: Any) -> None:
    book = with_cover()
    small_picture(book.cover)
    with django_capture_on_commit_callbacks(execute=True):
        go(book)
    left = Cover.objects.filter(file__gt="").values_list("file", flat=True)
    assert files() == [Path(name).name for name in left]


def test_disk_that_takes_nothing_keeps_nothing_but_shows_the_picture(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: Any) -> str:
        raise OSError

    cover = with_cover().cover
    monkeypatch.setattr(small_covers.default_storage, "save", full)
    assert small_picture(cover)[:3] == b"\xff\xd8\xff"
    assert files() == [f"{cover.version}.jpg"]


def test_lists_show_the_small_cover_and_the_page_of_the_book_the_large_one(client: Client) -> None:
    book = with_cover()
    shown = tree(client.get("/new/")).find(".//main//img")
    assert [shown.get(each) for each in ("src", "width", "height")] == [
        f"/books/{book.pk}/cover-s.jpg?v={book.cover.version}", "240", "360",
    ]  # fmt: skip
    answer = client.get(shown.get("src"))
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/jpeg")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    large = tree(client.get(f"/books/{book.pk}/")).find(".//main//img")
    assert [large.get(each) for each in ("src", "width", "height")] == [
        f"/books/{book.pk}/cover.jpg?v={book.cover.version}", "500", "750",
    ]  # fmt: skip


def test_small_cover_of_a_withdrawn_book_is_for_the_desk_only(client: Client, desk: Client) -> None:
    book = with_cover()
    mark_copy(CopyFactory(book=book), state="withdrawn", by=None)
    address = f"/books/{book.pk}/cover-s.jpg"
    assert (client.get(address).status_code, desk.get(address).status_code) == (404, 200)
    assert desk.get(address).headers["Cache-Control"] == "private, no-cache"


def test_small_cover_whose_file_is_gone_is_a_clear_page(client: Client) -> None:
    book = with_cover()
    default_storage.delete(book.cover.file.name)
    assert client.get(f"/books/{book.pk}/cover-s.jpg").status_code == 404
