"""A file that is sent runs, here or in a browser: pictures are drawn anew, other files never given out, names ours.

Every kind of broken picture: catalog/tests/services/test_covers.py; of files: catalog/tests/test_files.py.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog import files
from catalog.models import Book, Cover, ImportBatch
from catalog.tests.factories import BookFactory, CopyFactory
from catalog.tests.services.pictures import picture
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
NAMES = [
    "../../evil.jpg", "..\\..\\evil.jpg", "/etc/cron.d/evil", "evil.php", "evil.jpg.php", "evil.html", ".htaccess",
    "evil\x00.jpg", "x" * 300 + ".jpg", "\u202egpj.exe", "con.jpg", "evil .jpg", "e\u0306vil.jpg",
]  # fmt: skip
SVG = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
PROGRAMS = {
    "evil.html": b"<html><script>alert(1)</script></html>", "evil.svg": SVG, "evil.js": b"alert(1)",
    "evil.php": b"<?php system($_GET['c']); ?>", "evil.jpg": b"\xff\xd8\xff<script>alert(1)</script>",
    "evil.gif": b"GIF89a/*<script>*/=1;alert(1)", "evil.png": b"\x89PNG\r\n\x1a\n<?php ?>",
    "evil.pdf": b"%PDF-1.4 /JS (app.alert(1))",
}  # fmt: skip
DRAWN = "return out.getvalue(), small.size"
BREAKS = [
    Break("catalog/services/covers.py", 'f"{secrets.token_hex(12)}.jpg"', '"cover.php"', test="name_of_ours"),
    Break("catalog/services/covers.py", DRAWN, DRAWN.replace("out.getvalue()", "data"), test="behind"),
    Break(
        "catalog/views/covers.py",
        '("rb"), content_type="image/jpeg"',
        '("rb"), content_type="text/html"',
        test="behind",
    ),
    Break("catalog/files.py", "secrets.token_hex(16), hashlib", '"sent", hashlib', test="brought_in"),
]


@pytest.fixture
def book(db: None) -> Book:
    book = BookFactory()
    CopyFactory(book=book)
    return book


def send(desk: Client, book: Book, name: str, data: bytes, kind: str = "image/jpeg") -> int:
    sent = {"picture": SimpleUploadedFile(name or "x", data, content_type=kind)}
    return desk.post(f"/desk/books/{book.pk}/cover/", sent).status_code


def stored() -> list[Path]:
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.mark.parametrize("name", PROGRAMS)
def test_what_is_no_picture_is_stored_nowhere(name: str, desk: Client, book: Book) -> None:
    for kind in ("image/jpeg", "text/html", "application/octet-stream"):
        assert send(desk, book, name, PROGRAMS[name], kind) == 302  # back to the book, where it says why
    assert (stored(), Cover.objects.filter(file__gt="").count()) == ([], 0)


def test_picture_is_stored_under_a_name_of_ours_whatever_it_was_called(desk: Client, book: Book) -> None:
    for name in NAMES:
        assert send(desk, book, name, picture()) == 302
        path = Path(settings.MEDIA_ROOT, Cover.objects.get().file.name)
        assert (len(path.stem), path.stem.isalnum(), path.is_file()) == (24, True, True)
    assert {path.suffix for path in stored()} == {".jpg"}


def test_what_stands_behind_the_pixels_is_left_behind(desk: Client, client: Client, book: Book) -> None:
    evil = picture(comment=b"<script>alert(1)</script>") + b"<?php system('id'); ?><script>alert(2)</script>"
    assert send(desk, book, "evil.jpg.php", evil, "text/html") == 302
    for path in ("cover.jpg", "cover-s.jpg"):
        answer = client.get(f"/books/{book.pk}/{path}")
        data = answer.getvalue()
        assert (b"script" in data, b"php" in data, data[:3]) == (False, False, b"\xff\xd8\xff")
        assert (answer.headers["Content-Type"], answer.headers["X-Content-Type-Options"]) == ("image/jpeg", "nosniff")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_nothing_that_was_sent_has_an_address_of_its_own(desk: Client, client: Client, book: Book) -> None:
    send(desk, book, "evil.jpg", picture())
    name = Cover.objects.get().file.name
    places = [f"/{each}{name}" for each in ("media/", "", "static/", "static/../media/", "sent-by-proxy/")]
    assert {client.get(place).status_code for place in places} == {404}


def test_file_to_be_brought_in_is_kept_under_a_name_of_ours_where_nobody_looks(desk: Client) -> None:
    for n, name in enumerate(NAMES):
        file = SimpleUploadedFile(name, b"title,author\n<script>alert(1)</script>,%d\n" % n)
        sent = {"file": file, "branch": "MAIN", "copy_type": "BOOK", "if_known": "nothing", "members": "nothing"}
        assert desk.post("/desk/import/upload/", sent | {"make_copies": "1"}, follow=True).status_code == 200
    batches = list(ImportBatch.objects.all())
    assert {path.name for path in files.folder().iterdir()} == {batch.file for batch in batches}
    assert {(len(batch.file), batch.file.isalnum()) for batch in batches} == {(32, True)}
    assert [batch.name for batch in batches if re.search(r"[/\\\x00\u202e]", batch.name) or len(batch.name) > 200] == []
    assert (len(batches), files.folder().is_relative_to(settings.MEDIA_ROOT)) == (len(NAMES), False)
