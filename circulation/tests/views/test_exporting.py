"""The page that gives everything out."""

import zipfile
from io import BytesIO

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import Action
from accounts.permissions import LIBRARIAN
from catalog.tests.factories import BookFactory
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
URL = "/desk/export/"


def file_of(response) -> bytes:
    return b"".join(response.streaming_content)


def test_export_gives_a_file_and_records_who_took_it(desk, librarian):
    book = BookFactory(title="=Emma")
    response = desk.post(URL, {"what": "books", "kind": "csv", "key": "some-key-1"})
    assert file_of(response).decode().splitlines()[1].startswith(f"{book.pk},'=Emma,")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="books.csv"'
    action = Action.objects.get(verb="export")
    assert (action.by, action.after) == (librarian, {"kind": "csv", "what": "books"})


def test_export_of_everything_is_a_zip_of_tables(desk):
    make_loan()
    response = desk.post(URL, {"what": "all", "kind": "csv"})
    assert zipfile.ZipFile(BytesIO(file_of(response))).namelist() == ["books.csv", "members.csv", "loans.csv"]
    assert response.headers["Content-Type"] == "application/zip"


def test_a_page_may_be_used_for_one_file_after_the_other(desk):
    for what in ("members", "loans", "loans"):
        assert desk.post(URL, {"what": what, "kind": "jsonl", "key": "the-same-page"}).status_code == 200
    assert list(Action.objects.order_by("pk").values_list("after__what", flat=True)) == ["members", "loans"]


def test_members_as_marc_are_refused_on_the_page(desk):
    response = desk.post(URL, {"what": "members", "kind": "marc"})
    assert response.context["form"].errors == {
        "what": ["MARC holds books and copies only. Take members and loans out as CSV or JSON lines."]
    }
    assert Action.objects.count() == 0


def test_who_may_not_manage_members_takes_out_books_only(desk):
    Group.objects.get(name=LIBRARIAN).permissions.remove(Permission.objects.get(codename="manage_members"))
    assert desk.get(URL).context["counts"] == {"books": 0}
    assert file_of(desk.post(URL, {"what": "books", "kind": "jsonl"})).startswith(b'{"what":"library"')
    for what in ("members", "loans", "all"):
        response = desk.post(URL, {"what": what, "kind": "jsonl"})
        assert list(response.context["form"].errors) == ["what"]
    assert Action.objects.count() == 1


def test_export_page_says_how_much_there_is(desk):
    make_loan()
    assert desk.get(URL).context["counts"] == {"books": 1, "members": 1, "loans": 1}
