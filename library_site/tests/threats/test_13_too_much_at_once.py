"""What is sent is too large, or unpacks to too much: it is refused by its announced size, before anything is stored.

Bombs, endless cells, nesting and records: catalog/tests/test_files.py, tables/test_records.py, marc/test_xml.py and
marc/test_splitting.py; answers of Open Library: openlibrary/test_transport.py.
"""

import gzip
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from catalog import archives, files
from catalog.models import Book, Cover, ImportBatch
from catalog.tasks import go_on_with_imports
from catalog.tests.factories import BookFactory
from catalog.tests.services.pictures import png_that_claims
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
UPLOAD, FILES = "/desk/import/upload/", "/api/v1/imports/files"
SMALL = ("/", "/search/", "/accounts/login/", "/me/profile/", "/api/v1/members", "/nowhere/", UPLOAD, FILES, "/admin/")
ANSWERS = {"branch": "MAIN", "copy_type": "BOOK", "if_known": "nothing", "members": "nothing", "make_copies": "0"}
MEGABYTE = 1_000_000
BREAKS = [
    Break("library_site/settings.py", '    "library_site.middleware.body_size.BodySizeMiddleware",\n', ""),
    Break("library_site/middleware/body_size.py", "MOST_BYTES_ANONYMOUS = 200_000", "MOST_BYTES_ANONYMOUS = 2_000_000"),
    Break("library_site/middleware/body_size.py", "is_upload and not request.user.has_perm(MANAGE_BOOKS)", "False"),
    Break("catalog/archives.py", "if self.packed.tell() > self.most:", "if False:"),
    Break(
        "library_site/settings.py", "DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000", "DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000"
    ),
]


def announce(browser: Client, path: str, size: int) -> int:
    """The status of a POST of so many bytes, none of which is there: whoever reads them fails."""
    more = {"content_type": "multipart/form-data; boundary=x", "CONTENT_LENGTH": str(size)}
    return browser.post(path, b"", **more).status_code


def test_body_that_is_too_large_is_refused_unread() -> None:
    forger = Client(enforce_csrf_checks=True)
    forger.cookies["csrftoken"] = "x" * 32
    assert {path: announce(forger, path, 300 * MEGABYTE) for path in SMALL} == dict.fromkeys(SMALL, 413)
    assert {path: announce(forger, path, 200_001) for path in SMALL} == dict.fromkeys(SMALL, 413)
    forger.cookies["sessionid"] = "of-nobody"
    assert [announce(forger, path, size * MEGABYTE) for path, size in (("/desk/", 13), (UPLOAD, 51))] == [413, 413]


def test_large_file_is_stored_for_whoever_may_bring_it_in_alone(mine: Client, member_user: User) -> None:
    program = {"HTTP_AUTHORIZATION": Program(member_user).sent["Authorization"]}
    sizes = (300_000, 20 * MEGABYTE)
    by_page = [announce(mine, UPLOAD, size) for size in sizes]
    by_program = [
        Client().post(FILES, b"", content_type="text/csv", CONTENT_LENGTH=str(size), **program).status_code
        for size in sizes
    ]
    assert (by_page, by_program, files.folder().exists()) == ([413, 413], [403, 403], False)


def test_body_of_no_announced_size_is_not_read(client: Client) -> None:
    for size in ("", "-1", "0"):
        more = {"content_type": "application/x-www-form-urlencoded", "CONTENT_LENGTH": size}
        assert client.post("/accounts/login/", b"login=x&password=x", **more).status_code == 200


def test_more_names_than_any_form_has_are_refused(client: Client, desk: Client) -> None:
    names = "&".join(f"n{number}=1" for number in range(2_001))
    form = {"content_type": "application/x-www-form-urlencoded"}
    answers = [client.get(f"/search/?{names}"), client.post("/accounts/login/", names, **form),
               desk.post("/desk/members/add/", names, **form)]  # fmt: skip
    assert [answer.status_code for answer in answers] == [400, 400, 400]


def zipped(data: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("books.csv", data)
    return out.getvalue()


@pytest.mark.parametrize("pack", [gzip.compress, zipped])
def test_bomb_is_refused_by_page_and_program_and_leaves_nothing(
    pack: object, desk: Client, librarian: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "HARMLESS", 100_000)
    bomb = pack(b"title,author\n" + b"a" * 3 * MEGABYTE)  # type: ignore[operator]
    page = desk.post(UPLOAD, ANSWERS | {"file": SimpleUploadedFile("books.csv.gz", bomb)}, follow=True)
    answer = Client().post(
        f"{FILES}?name=books.csv.gz", bomb, content_type="application/octet-stream",
        HTTP_AUTHORIZATION=Program(librarian).sent["Authorization"],
    )  # fmt: skip
    go_on_with_imports()
    assert ("far too much" in page.content.decode(), answer.status_code) == (True, 409)
    assert (Book.objects.count(), [*files.folder().glob("*")]) == (0, [])


ENTITY = b"<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>"
SECRET = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
HOSTILE = {
    "leader.mrc": b"99999nam a2200025 a 4500\x1e" + b"9" * 200_000 + b"\x1d",
    "deep.xml": b"<collection xmlns='http://www.loc.gov/MARC21/slim'><record>" + b"<a>" * 50_000,
    "laughs.xml": b"<!DOCTYPE a [<!ENTITY a 'ha'>" + ENTITY * 9 + b"]><collection>&b;</collection>",
    "outside.xml": SECRET + b"<collection><record>&x;</record></collection>",
    "cell.csv": b'title,author\n"' + b"x" * 2 * MEGABYTE,
    "deep.jsonl": b"[" * 100_000 + b"\n",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_file_without_measure_brings_in_nothing_and_breaks_nothing(name: str, desk: Client) -> None:
    page = desk.post(UPLOAD, ANSWERS | {"file": SimpleUploadedFile(name, HOSTILE[name])}, follow=True)
    go_on_with_imports()
    pages = [desk.get(f"/desk/import/{batch.pk}/", follow=True) for batch in ImportBatch.objects.all()]
    assert ({each.status_code for each in (page, *pages)} <= {200, 400, 409}, Book.objects.count()) == (True, 0)
    assert b"root:" not in b"".join(each.content for each in (page, *pages))


def test_picture_that_unpacks_to_far_too_much_is_refused(desk: Client) -> None:
    book = BookFactory()
    for data in (png_that_claims(30_000, 30_000), png_that_claims(2**31 - 1, 2**31 - 1)):
        answer = desk.post(f"/desk/books/{book.pk}/cover/", {"picture": SimpleUploadedFile("a.png", data)})
        assert answer.status_code == 302  # back to the book, where it says why
        desk.post("/desk/scan/photo/", {"photo": SimpleUploadedFile("a.png", data)})
    assert Cover.objects.filter(file__gt="").count() == 0


def test_problem_of_a_body_that_is_too_large_is_a_document_for_programs(librarian: User) -> None:
    program = Program(librarian)
    answer = program.post("/api/v1/members", "x" * 200_001, content_type="application/json", headers=program.sent)
    assert problem_of(answer) == (413, "too_large")
