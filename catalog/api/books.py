"""Books: everybody reads what readers may see; staff with the right add, change and delete."""

from functools import partial
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.addresses import address_of
from accounts.api.bodies import Asked
from accounts.api.fields import AskedWhole, Money, Names, Row, Text, Whole, Yes
from accounts.api.permissions import MANAGE, PUBLIC, READ
from accounts.api.problems import Problem
from accounts.api.resources import Resource, operation
from accounts.models import Branch, User
from accounts.permissions import MANAGE_BOOKS
from accounts.queries import default_branch
from accounts.services.numbers import BARCODES, hold
from catalog import queries
from catalog.api.drafts import FIELDS_OF, BookChanges, draft_from
from catalog.drafts import BookDraft
from catalog.forms.books import MOST_STOCK
from catalog.models import Book, CopyType, RecordKind
from catalog.services.books import SHOWN_FIELDS, add_book, draft_of, edit_book, snapshot
from catalog.services.merged import kept_of
from circulation.services.removal import remove_book

ORDERS = {
    "title": ("sort_title", "pk"), "-title": ("-sort_title", "-pk"),
    "added": ("created_at", "pk"), "-added": ("-created_at", "-pk"),
    "id": ("pk",), "-id": ("-pk",),
}  # fmt: skip
WRITES = {"GET": PUBLIC, "POST": MANAGE_BOOKS, "PUT": MANAGE_BOOKS, "PATCH": MANAGE_BOOKS, "DELETE": MANAGE_BOOKS}


class ContributorShown(serializers.Serializer):
    name = serializers.CharField(source="author.name")
    role = serializers.CharField()
    author = serializers.IntegerField(source="author_id")


class IdentifierShown(serializers.Serializer):
    kind = serializers.CharField()
    value = serializers.CharField()


class BookShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    subtitle = serializers.CharField()
    contributors = ContributorShown(many=True)
    publisher = serializers.CharField()
    place = serializers.CharField()
    published = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    edition = serializers.CharField()
    language = serializers.CharField()
    pages = serializers.IntegerField(allow_null=True)
    format = serializers.CharField()
    series = serializers.CharField()
    call_number = serializers.CharField()
    subjects = Names("name")
    description = serializers.CharField()
    identifiers = IdentifierShown(many=True)
    open_library_key = serializers.CharField(source="source_key", allow_null=True)
    cover = serializers.SerializerMethodField()
    copies = serializers.SerializerMethodField()
    available = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    def get_cover(self, book: Book) -> str | None:
        return address_of("catalog:cover", book.pk) if hasattr(book, "cover") and book.cover.file else None

    def get_copies(self, book: Book) -> int:
        return book.search_document.copies if hasattr(book, "search_document") else 0

    def get_available(self, book: Book) -> int:
        return book.search_document.available if hasattr(book, "search_document") else 0


class NewBook(BookChanges):
    copies = Whole(default=1, max_value=MOST_STOCK)
    copy_type = Row(CopyType.objects.all(), required=False)
    branch = Row(Branch.objects.all(), required=False)
    location = Text(required=False, allow_blank=True, max_length=80)
    price = Money(required=False, allow_null=True)
    is_another = Yes(default=False, help_text="It is another book although its ISBN is here already.")


class BooksAsked(Asked):
    isbn = serializers.CharField(required=False, max_length=100)
    author = AskedWhole(required=False)
    subject = AskedWhole(required=False)


def shown(books: QuerySet[Book]) -> QuerySet[Book]:
    """``books`` with all that BookShown shows, in five queries."""
    return queries.with_source_key(queries.for_lists(books).prefetch_related("subjects", "identifiers"))


def seen_by(user: User) -> QuerySet[Book]:
    """The books that ``user`` may see: readers see no book whose every copy was withdrawn."""
    return Book.objects.all() if user.has_perm(MANAGE_BOOKS) else queries.public_books()


class Books(Resource):
    permission = WRITES
    scope = {"GET": READ, "POST": MANAGE}

    @operation("list_books", "List books", gives=BookShown, asks=BooksAsked, orders=ORDERS, list=True)
    def get(self, request: Request) -> QuerySet[Book]:
        books, asked = seen_by(request.user), self.asked
        if "isbn" in asked:
            books = books.filter(pk__in=queries.books_with_isbn(asked["isbn"]).order_by().values("pk"))
        if "author" in asked:
            books = books.filter(pk__in=Book.objects.filter(contributors__author=asked["author"]).values("pk"))
        if "subject" in asked:
            books = books.filter(subjects=asked["subject"])
        return shown(books)

    @operation("add_book", "Add a book by hand", takes=NewBook, gives=BookShown, status=201, made_at="api:book")
    def post(self, request: Request) -> Book:
        given = self.given
        draft = draft_from(given, BookDraft())
        details: dict[str, Any] = {name: given[name] for name in ("location", "copy_type") if name in given}
        book = add_book(
            draft, stock=given["copies"], only_new=not given["is_another"], by=request.user, key=self.action_key,
            branch=given.get("branch") or default_branch(), price_minor=given.get("price"),
            call_number=draft.call_number, **details,
        )  # fmt: skip
        return shown(Book.objects.all()).get(pk=book.pk)


class OneBook(Resource):
    permission = WRITES
    scope = {"GET": READ, "PUT": MANAGE, "PATCH": MANAGE, "DELETE": MANAGE}
    shows = BookShown

    @operation("get_book", "A book", gives=BookShown, problems=("moved",))
    def get(self, request: Request, pk: int) -> Book:
        """One that was merged with another is found there."""
        try:
            return self.held(shown(seen_by(request.user)), pk)
        except Http404:
            if (kept := kept_of(RecordKind.BOOK, pk)) is None:
                raise
            raise Problem("moved", headers={"Location": reverse("api:book", args=[kept])}) from None

    @operation("replace_book", "Change the whole description of a book", takes=BookChanges, gives=BookShown)
    def put(self, request: Request, pk: int) -> Book:
        return self._edited(pk, SHOWN_FIELDS)

    @operation("edit_book", "Change a book", takes=BookChanges, gives=BookShown)
    def patch(self, request: Request, pk: int) -> Book:
        return self._edited(pk, [FIELDS_OF.get(name, name) for name in self.given])

    @operation("delete_book", "Delete a book that was never lent, with its copies")
    def delete(self, request: Request, pk: int) -> None:
        remove_book(self._held(pk), by=request.user)

    def _held(self, pk: int) -> Book:
        return self.held(shown(Book.objects.all()), pk, after=partial(hold, BARCODES))

    def _edited(self, pk: int, fields: Any) -> Book:
        book = self._held(pk)
        draft = draft_from(self.given, draft_of(snapshot(book)))
        edit_book(book, draft, fields=fields, by=self.request.user)
        return shown(Book.objects.all()).get(pk=pk)
