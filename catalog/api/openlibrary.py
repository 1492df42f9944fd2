"""Open Library: what it finds beside what is here, and books saved from it."""

from functools import partial
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request

from accounts.api.bodies import Asked, Body
from accounts.api.fields import Names, Row, Text, Whole
from accounts.api.permissions import MANAGE, READ
from accounts.api.problems import Problem
from accounts.api.resources import Answer, Resource, operation
from accounts.models import Branch
from accounts.permissions import MANAGE_BOOKS
from accounts.services.numbers import BARCODES, hold
from catalog.api.books import ORDERS, BookShown, shown
from catalog.isbn import read_isbn
from catalog.models import Book, CopyType, ImportRow, SourceRecord
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.keys import read_olid
from catalog.openlibrary.normalize import book_draft
from catalog.openlibrary.records import FetchedRecord
from catalog.services.importing import Doubtful, Saved, save_draft, saved_before
from catalog.services.looking import Found, fetch_record, look_up
from catalog.tasks import contact
from circulation.services.removal import remove_book

ADDED = (ImportRow.Outcome.ADDED, ImportRow.Outcome.COPY_ADDED)


class HitShown(serializers.Serializer):
    record = serializers.CharField(help_text="What to save it by: the key of an edition or a work.")
    title = serializers.CharField()
    subtitle = serializers.CharField()
    authors = serializers.ListField(source="people", child=serializers.CharField())
    year = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    here = serializers.IntegerField(source="here.book.pk", default=None, allow_null=True)
    akin = serializers.IntegerField(source="akin.book.pk", default=None, allow_null=True)


class FoundShown(serializers.Serializer):
    results = HitShown(source="hits", many=True)
    as_of = serializers.DateField(allow_null=True)


class SearchAsked(Asked):
    q = serializers.CharField(max_length=300)


class SaveBody(Body):
    isbn = Text(required=False, max_length=100)
    olid = Text(required=False, max_length=300)
    copies = Whole(default=1, max_value=100)
    copy_type = Row(CopyType.objects.all(), required=False)
    branch = Row(Branch.objects.all(), required=False)
    if_known = serializers.ChoiceField(["nothing", "copy"], default="nothing")
    decision = serializers.ChoiceField([("copy", "the same book"), ("new", "another book")], required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("isbn" in attrs) == ("olid" in attrs):
            raise serializers.ValidationError(_("Give either an ISBN or a key of Open Library."))
        if "isbn" in attrs and not read_isbn(attrs["isbn"]):
            raise serializers.ValidationError({"isbn": _("This is no ISBN; it has 10 or 13 digits.")})
        if "olid" in attrs and not read_olid(attrs["olid"]):
            raise serializers.ValidationError({"olid": _("This is no key of Open Library, such as OL7353617M.")})
        return attrs


class SavedShown(serializers.Serializer):
    id = serializers.IntegerField(source="book.pk")
    outcome = serializers.ChoiceField([each.value for each in (*ADDED, ImportRow.Outcome.KNOWN)])
    book = BookShown()
    copies = Names("barcode")


class Search(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ}

    @operation(
        "search_open_library", "Search Open Library", gives=FoundShown, asks=SearchAsked,
        problems=("source_unavailable",),
    )  # fmt: skip
    def get(self, request: Request) -> Found:
        try:
            with OpenLibrary(contact=contact(), lane="interactive") as source:
                return look_up(source, self.asked["q"], language=request.library.language)
        except OpenLibraryError as error:
            if error.code == "not_found":
                return Found([])
            raise _unavailable(error) from error


class Save(Resource):
    permission = MANAGE_BOOKS
    scope = {"POST": MANAGE}

    @operation(
        "save_book", "Save a book of Open Library: 201 if it is new, 200 if it is here already", takes=SaveBody,
        gives=SavedShown, status=201, other_statuses=(200,), made_at="api:book",
        problems=("not_found", "source_unavailable"),
    )  # fmt: skip
    def post(self, request: Request) -> Answer:
        asked = self.given.get("isbn") or self.given["olid"]
        saved = saved_before(self.action_key, request.user, sent=asked) or self._saved(asked)
        status = 201 if saved.outcome == ImportRow.Outcome.ADDED else 200
        book = shown(Book.objects.all()).get(pk=saved.book.pk)
        return Answer(Saved(book, str(saved.outcome), saved.copies), status=status)

    def _saved(self, asked: str) -> Saved:
        record = _fetched(self.request, asked)
        try:
            return save_draft(
                book_draft(record), by=self.request.user, payload=record.as_json(), key=self.action_key, sent=asked,
                branch=self.given.get("branch"), copy_type=self.given.get("copy_type"), copies=self.given["copies"],
                if_known=self.given["if_known"], decision=self.given.get("decision", ""),
            )  # fmt: skip
        except Doubtful as doubt:
            text = _("“%(title)s” is here and may be this book.") % {"title": doubt.match.book.full_title}
            raise Problem("refused", text, reasons=[{"code": "doubtful", "message": text}]) from doubt


class SavedBooks(Resource):
    permission = MANAGE_BOOKS
    scope = {"GET": READ}

    @operation("list_saved_books", "Books that came from Open Library", gives=BookShown, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[Book]:
        return shown(_saved_books())


class SavedBook(Resource):
    permission = MANAGE_BOOKS
    scope = {"DELETE": MANAGE}
    shows = BookShown

    @operation("delete_saved_book", "Delete a book that came from Open Library and was never lent, with its copies")
    def delete(self, request: Request, pk: int) -> None:
        remove_book(self.held(shown(_saved_books()), pk, after=partial(hold, BARCODES)), by=request.user)


def _saved_books() -> QuerySet[Book]:
    records = SourceRecord.objects.filter(book=OuterRef("pk"), source=SourceRecord.Source.OPEN_LIBRARY)
    return Book.objects.filter(Exists(records))


def _fetched(request: Request, asked: str) -> FetchedRecord:
    try:
        with OpenLibrary(contact=contact(), lane="interactive") as source:
            return fetch_record(source, asked, language=request.library.language)
    except OpenLibraryError as error:
        raise (Problem("not_found", error.message) if error.code == "not_found" else _unavailable(error)) from error


def _unavailable(error: OpenLibraryError) -> Problem:
    reasons = [{"code": error.code, "message": error.message}]
    if error.code == "too_short":
        return Problem("invalid", errors={"q": [error.message]})
    headers = {"Retry-After": str(max(1, round(error.retry_after)))} if error.retry_after else {}
    return Problem("source_unavailable", error.message, headers=headers, reasons=reasons)
