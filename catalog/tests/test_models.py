"""What the database itself refuses, and how things are called."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from accounts.queries import default_branch
from catalog.models import (
    Book,
    BookIdentifier,
    Contributor,
    Copy,
    Cover,
    ImportBatch,
    ImportRow,
    SourceRecord,
    Subject,
)
from catalog.tests.factories import (
    AuthorFactory,
    BookFactory,
    BookIdentifierFactory,
    CopyFactory,
    CopyTypeFactory,
)

pytestmark = pytest.mark.django_db


def is_refused(model: type, **fields: Any) -> bool:
    try:
        with transaction.atomic():
            model.objects.create(**fields)
    except IntegrityError:
        return True
    return False


def test_book_has_a_title() -> None:
    assert is_refused(Book, title="") is True


def test_person_has_each_part_in_a_book_once() -> None:
    part = {"book": BookFactory(), "author": AuthorFactory()}
    Contributor.objects.create(**part, role="aut")
    assert (is_refused(Contributor, **part, role="aut"), is_refused(Contributor, **part, role="ill")) == (True, False)


def test_two_authors_have_no_key_but_never_the_same_one() -> None:
    AuthorFactory(source_key=None), AuthorFactory(source_key=None), AuthorFactory(source_key="OL1A")
    assert is_refused(AuthorFactory._meta.model, name="x", source_key="OL1A") is True


def test_subject_is_there_once() -> None:
    Subject.objects.create(name="Islands", match_key="islands")
    assert is_refused(Subject, name="islands", match_key="islands") is True


def test_number_is_said_once_of_a_book_and_may_be_another_s_too() -> None:
    number = BookIdentifierFactory()
    again = {"kind": number.kind, "value": number.value}
    assert is_refused(BookIdentifier, book=number.book, **again) is True
    assert is_refused(BookIdentifier, book=BookFactory(), **again) is False


def test_record_of_a_source_belongs_to_one_book() -> None:
    record = {"source": "openlibrary", "key": "OL1M", "fetched_at": timezone.now()}
    SourceRecord.objects.create(book=BookFactory(), **record)
    assert is_refused(SourceRecord, book=BookFactory(), **record) is True


def test_barcode_is_on_one_copy() -> None:
    copy = CopyFactory()
    twin = {"book": copy.book, "home_branch": default_branch(), "current_branch": default_branch()}
    assert is_refused(Copy, barcode=copy.barcode, copy_type=copy.copy_type, **twin) is True


@pytest.mark.parametrize("field", ["replacement_price_minor", "processing_fee_minor"])
def test_copy_type_costs_no_less_than_nothing(field: str) -> None:
    assert is_refused(CopyTypeFactory._meta.model, code="X", **{field: -1}) is True


def test_copy_costs_no_less_than_nothing() -> None:
    copy = CopyFactory(price_minor=0)
    with pytest.raises(IntegrityError), transaction.atomic():
        Copy.objects.filter(pk=copy.pk).update(price_minor=-1)


def test_book_has_one_cover() -> None:
    cover = Cover.objects.create(book=BookFactory())
    assert is_refused(Cover, book=cover.book) is True


def test_line_of_an_import_is_there_once() -> None:
    batch = ImportBatch.objects.create()
    ImportRow.objects.create(batch=batch, n=1, raw="x")
    assert (is_refused(ImportRow, batch=batch, n=1, raw="y"), is_refused(ImportRow, batch=batch, n=2, raw="y")) == (
        True, False,
    )  # fmt: skip


@pytest.mark.parametrize("of", ["book", "home_branch", "copy_type"])
def test_what_a_copy_belongs_to_cannot_be_deleted(of: str) -> None:
    with pytest.raises(ProtectedError):
        getattr(CopyFactory(), of).delete()


def test_author_of_a_book_cannot_be_deleted() -> None:
    part = Contributor.objects.create(book=BookFactory(), author=AuthorFactory())
    with pytest.raises(ProtectedError):
        part.author.delete()


def test_import_outlives_the_books_it_made() -> None:
    book = BookFactory()
    row = ImportRow.objects.create(
        batch=ImportBatch.objects.create(), n=1, raw="x", created_book=book, matched_book=book
    )
    book.delete()
    row.refresh_from_db()
    assert (row.created_book, row.matched_book) == (None, None)


@pytest.mark.parametrize("barcode", ["", "a1", "A 1", "A1\n", "-A", "Ä1", "A" * 41])
def test_barcode_that_no_scan_can_match_is_not_valid(barcode: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Copy(barcode=barcode).full_clean()
    assert "barcode" in refused.value.message_dict


@pytest.mark.parametrize(
    ("book", "called"),
    [(Book(title="Emma"), "Emma"), (Book(title="Emma", subtitle="A Novel"), "Emma: A Novel")],
    ids=["title", "subtitle"],
)
def test_full_title(book: Book, called: str) -> None:
    assert book.full_title == called


def test_things_say_what_they_are() -> None:
    book = BookFactory(title="Emma")
    author, batch = AuthorFactory(name="Jane Austen"), ImportBatch.objects.create()
    copy = CopyFactory(book=book, barcode="B1")
    things = [
        book, author, copy, copy.copy_type, Subject(name="Love"), BookIdentifier(value="1"), Cover(book=book),
        Contributor(book=book, author=author, role="edt"), SourceRecord(source="openlibrary", key="OL1M"), batch,
        ImportRow(batch=batch, n=2),
    ]  # fmt: skip
    assert [str(thing) for thing in things] == [
        "Emma", "Jane Austen", "B1", "Book", "Love", "1", "Emma", "Jane Austen (Editor)", "Open Library OL1M",
        f"Open Library {batch.pk}", f"Open Library {batch.pk} / 2",
    ]  # fmt: skip


def test_things_have_their_pages() -> None:
    copy, author = CopyFactory(), AuthorFactory()
    subject = Subject.objects.create(name="Love", match_key="love")
    assert [thing.get_absolute_url() for thing in (copy.book, copy, author, subject)] == [
        f"/books/{copy.book.pk}/", f"/books/{copy.book.pk}/", f"/authors/{author.pk}/", f"/subjects/{subject.pk}/",
    ]  # fmt: skip
