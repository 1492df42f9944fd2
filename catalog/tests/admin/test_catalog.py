"""The catalogue in the admin site: set-up and repair; what services write is only looked at."""

from typing import Any

import pytest
from django.contrib import admin
from django.db import models
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.admin.recorded import ReadOnlyAdmin
from accounts.models import Action, User
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import Author, Book, Copy, CopyType, ImportBatch, SourceRecord, Subject
from catalog.services.batches import start_import
from catalog.services.books import add_book
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory, CopyTypeFactory
from catalog.tests.views.pages import HOSTILE
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
OURS: list[type[models.Model]] = [Author, Book, Copy, CopyType, ImportBatch, SourceRecord, Subject]
NAMES = [model._meta.model_name for model in OURS]
LOOKED_AT: list[type[models.Model]] = [Book, ImportBatch, SourceRecord, Subject]


def list_of(model: type[models.Model]) -> str:
    return f"/admin/catalog/{model._meta.model_name}/"


def page_of(row: models.Model) -> str:
    return f"{list_of(type(row))}{row.pk}/change/"


def make_rows(count: int = 1, name: str = "Emma") -> dict[type[models.Model], models.Model]:
    """So many rows of every table; the last of each."""
    rows: dict[type[models.Model], models.Model] = {}
    for number in range(count):
        book = BookFactory(title=f"{name} {number}")
        rows |= {
            Book: book, Copy: CopyFactory(book=book, copy_type=CopyTypeFactory(name=f"{name} {number}")),
            Author: AuthorFactory(name=f"{name} {number}"), ImportBatch: start_import(["x"], by=None),
            Subject: Subject.objects.create(name=f"{name} {number}", match_key=f"{number}"),
            SourceRecord: SourceRecord.objects.create(
                book=book, source="openlibrary", key=f"OL{number}M", fetched_at=timezone.now()
            ),
        }  # fmt: skip
        rows[CopyType] = rows[Copy].copy_type
    return rows


def copy_as_sent(copy: Copy, **changes: Any) -> dict[str, Any]:
    names = ["home_branch", "current_branch", "copy_type", "call_number", "location", "condition", "note"]
    values = {name: getattr(copy, name) for name in names}
    return {n: v.pk if isinstance(v, models.Model) else v for n, v in values.items()} | {"acquired_on": ""} | changes


def test_every_table_of_the_catalogue_is_there() -> None:
    assert sorted(m._meta.model_name for m in admin.site._registry if m._meta.app_label == "catalog") == sorted(NAMES)


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_table_is_listed_searched_and_looked_at(model: type[models.Model], admin_desk: Client) -> None:
    row = make_rows()[model]
    for address in (list_of(model), f"{list_of(model)}?q=emma", f"{list_of(model)}?q=%00", page_of(row)):
        assert admin_desk.get(address).status_code == 200


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_librarian_has_no_way_in(model: type[models.Model], desk: Client) -> None:
    row = make_rows()[model]
    for address in (list_of(model), page_of(row)):
        assert desk.get(address).status_code in (302, 403)


@pytest.mark.parametrize(("model", "queries"), [
    (Author, 7), (Book, 10), (Copy, 11), (CopyType, 9), (ImportBatch, 7), (SourceRecord, 7), (Subject, 7),
], ids=[m._meta.model_name for m in (Author, Book, Copy, CopyType, ImportBatch, SourceRecord, Subject)])  # fmt: skip
@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_as_often_for_three_rows_as_for_one(
    count: int, model: type[models.Model], queries: int, admin_desk: Client, django_assert_num_queries: Any
) -> None:
    make_rows(count)
    with django_assert_num_queries(queries):
        admin_desk.get(list_of(model))


@pytest.mark.parametrize("query", ["emma", "9780140328721", "austen"])
def test_book_is_found_by_title_number_and_author(query: str, admin_desk: Client) -> None:
    draft = BookDraft(title="Emma", contributors=(DraftContributor("Jane Austen"),), isbns=("9780140328721",))
    add_book(draft, by=None)
    page = admin_desk.get(list_of(Book), {"q": query})
    assert page.context["cl"].result_count == 1


@pytest.mark.parametrize("model", LOOKED_AT, ids=[m._meta.model_name for m in LOOKED_AT])
def test_what_services_write_is_only_looked_at(model: type[models.Model], admin_desk: Client) -> None:
    row = make_rows()[model]
    before = type(row)._default_manager.values().get(pk=row.pk)
    assert isinstance(admin.site._registry[model], ReadOnlyAdmin)
    assert admin_desk.post(page_of(row), {"title": "x", "name": "x", "key": "x", "state": "done"}).status_code == 403
    assert admin_desk.get(f"{list_of(model)}add/").status_code == 403
    assert type(row)._default_manager.values().get(pk=row.pk) == before


@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_nothing_is_deleted(model: type[models.Model], admin_desk: Client, admin_user: User) -> None:
    rows = make_rows()
    make_loan(rows[Copy])
    assert admin_desk.post(f"{list_of(model)}{rows[model].pk}/delete/", {"post": "yes"}).status_code == 403
    marked = {"action": "delete_selected", "_selected_action": rows[model].pk, "post": "yes"}
    admin_desk.post(list_of(model), marked)
    assert model._default_manager.filter(pk=rows[model].pk).exists()
    request = RequestFactory().get("/")
    request.user = admin_user
    assert "delete_selected" not in admin.site._registry[model].get_actions(request)


def test_copy_type_is_made_and_changed_as_money_and_written_down(admin_desk: Client, admin_user: User) -> None:
    form = {"code": "DVD", "name": "Film", "replacement_price_minor": "20.00", "processing_fee_minor": "0",
            "is_lendable": "on"}  # fmt: skip
    assert admin_desk.post(f"{list_of(CopyType)}add/", form).status_code == 302
    made = CopyType.objects.get(code="DVD")
    admin_desk.post(page_of(made), form | {"replacement_price_minor": "12.50"})
    made.refresh_from_db()
    assert (made.replacement_price_minor, made.is_lendable) == (1250, True)
    kept = [(a.verb, a.by, a.before) for a in Action.objects.order_by("pk")]
    assert kept == [
        ("save_in_admin", admin_user, {}), ("save_in_admin", admin_user, {"replacement_price_minor": 2000}),
    ]  # fmt: skip


@pytest.mark.parametrize("changes", [
    {"code": ""}, {"code": "BOOK"}, {"name": ""}, {"replacement_price_minor": "-1"}, {"processing_fee_minor": "1e3"},
    {"replacement_price_minor": ""}, {"name": "\x00"},
])  # fmt: skip
def test_copy_type_that_cannot_be_is_refused(changes: dict[str, str], admin_desk: Client) -> None:
    form = {"code": "DVD", "name": "Film", "replacement_price_minor": "20", "processing_fee_minor": "0"}
    page = admin_desk.post(f"{list_of(CopyType)}add/", form | changes)
    assert (page.status_code, CopyType.objects.filter(code="DVD").exists(), Action.objects.count()) == (200, False, 0)


def test_copy_is_repaired_but_keeps_its_barcode_its_book_and_its_state(admin_desk: Client) -> None:
    copy = CopyFactory(barcode="C1")
    sent = copy_as_sent(copy, location="Hall", barcode="C2", book=BookFactory().pk, withdrawn_on="2026-01-01")
    assert admin_desk.post(page_of(copy), sent).status_code == 302
    changed = Copy.objects.get()
    assert (changed.location, changed.barcode, changed.book, changed.withdrawn_on) == ("Hall", "C1", copy.book, None)
    assert Action.objects.get().after == {"location": "Hall"}


@pytest.mark.parametrize("model", [Author, Book, Copy], ids=["author", "book", "copy"])
def test_rows_that_come_from_the_desk_are_not_made_here(model: type[models.Model], admin_desk: Client) -> None:
    before = model._default_manager.count()
    assert admin_desk.get(f"{list_of(model)}add/").status_code == 403
    assert admin_desk.post(f"{list_of(model)}add/", {"name": "x", "title": "x", "barcode": "x"}).status_code == 403
    assert model._default_manager.count() == before


def test_author_is_sorted_anew_but_not_renamed(admin_desk: Client) -> None:
    author = AuthorFactory(name="Jane Austen", sort_name="Jane Austen", source_key="OL1A")
    admin_desk.post(page_of(author), {"sort_name": "Austen, Jane", "name": "x", "source_key": "OL2A", "match_key": "x"})
    author.refresh_from_db()
    assert (author.sort_name, author.name, author.source_key, author.match_key) == (
        "Austen, Jane", "Jane Austen", "OL1A", "jane austen",
    )  # fmt: skip


def test_hostile_words_are_only_words(admin_desk: Client) -> None:
    for model, row in make_rows(name=HOSTILE).items():
        for address in (list_of(model), page_of(row)):
            assert "<script>alert" not in admin_desk.get(address).content.decode()


@pytest.mark.parametrize("pk", ["0", "999", "abc", "9" * 19, "%00"])
@pytest.mark.parametrize("model", OURS, ids=NAMES)
def test_row_that_is_not_there_leads_back(model: type[models.Model], pk: str, admin_desk: Client) -> None:
    assert admin_desk.get(f"{list_of(model)}{pk}/change/").status_code in (302, 404)
