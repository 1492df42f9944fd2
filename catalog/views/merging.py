"""Two records beside each other: which one stays, and merging them."""

from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from accounts.exceptions import Refused
from accounts.forms.keyed import new_key
from accounts.forms.sent import was_sent_before
from accounts.models import Action
from accounts.permissions import MANAGE_BOOKS, needs
from catalog import queries
from catalog.forms.merging import MergeBooksForm, MergeForm, WhichTwoForm
from catalog.models import Author, Book, Subject
from catalog.normalize.text import fold
from catalog.services.comparing import beside
from catalog.services.merging import merge_authors, merge_subjects
from circulation.models import Hold
from circulation.services.merging import merge_books, versions_of

MOST_FOUND = 20
SHOWN_TITLES = 5


@needs(MANAGE_BOOKS)
def merge_two_books(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and was_sent_before(request, "merge_books"):
        return redirect("catalog:edit_book", _kept_by(request))
    which, two = _two(request, Book)
    if len(two) < 2:
        found = _books_found(which) if which.is_valid() and which.cleaned_data["q"] else []
        return _choose(request, "books", which, two, found)
    one, other = two
    initial = {"keep": _fuller(one, other).pk, "seen": versions_of(two)}
    form = MergeBooksForm(request.POST or None, one=one, other=other, rows=beside(one, other), initial=initial)
    if request.method == "POST" and form.is_valid():
        kept, gone = form.kept_and_gone
        try:
            merge_books(
                kept, others=[gone], take=form.take, both=form.both, seen=form.cleaned_data["seen"], by=request.user,
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.message)
            form.data = form.data.copy()
            form.data["seen"] = initial["seen"]
        else:
            messages.success(request, _("“%(title)s” is one book now.") % {"title": kept.title})
            return redirect("catalog:edit_book", kept.pk)
    books = [(book, book.copies.count(), Hold.objects.active().filter(book=book).count()) for book in two]
    return render(request, "catalog/merge_books.html", {"form": form, "books": books})


@needs(MANAGE_BOOKS)
def merge_two_authors(request: HttpRequest) -> HttpResponse:
    return _merge_names(request, Author, "authors", merge_authors)


@needs(MANAGE_BOOKS)
def merge_two_subjects(request: HttpRequest) -> HttpResponse:
    return _merge_names(request, Subject, "subjects", merge_subjects)


def _merge_names(request: HttpRequest, model: Any, kind: str, service: Any) -> HttpResponse:
    if request.method == "POST" and was_sent_before(request, f"merge_{kind}"):
        return redirect(f"catalog:{kind.removesuffix('s')}", _kept_by(request))
    which, two = _two(request, model)
    if len(two) < 2:
        found = _names_found(model, which) if which.is_valid() and which.cleaned_data["q"] else []
        return _choose(request, kind, which, two, found)
    one, other = two
    sides = [_side(each) for each in two]
    fuller = max(sides, key=lambda side: (side["count"], len(side["record"].name)))["record"]
    form = MergeForm(request.POST or None, one=one, other=other, initial={"keep": fuller.pk})
    if request.method == "POST" and form.is_valid():
        kept, gone = form.kept_and_gone
        try:
            service(kept, others=[gone], by=request.user, key=form.cleaned_data["key"] or new_key())
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            messages.success(request, _("“%(name)s” and “%(gone)s” are one now.") % {"name": kept, "gone": gone})
            return redirect(kept)
    return render(request, "catalog/merge_names.html", {"form": form, "kind": kind, "sides": sides})


def _two(request: HttpRequest, model: Any) -> tuple[WhichTwoForm, list[Any]]:
    """The form that says which, and those of the two that are there."""
    which = WhichTwoForm(request.GET)
    which.is_valid()
    keys = [which.cleaned_data.get(name) for name in ("one", "other")]
    found = model._default_manager.in_bulk([key for key in keys if key])
    return which, [found[key] for key in dict.fromkeys(keys) if key in found]


def _choose(request: HttpRequest, kind: str, which: WhichTwoForm, two: list[Any], found: list[Any]) -> HttpResponse:
    chosen = two[0] if two else None
    context = {
        "form": which, "kind": kind, "chosen": chosen, "found": [each for each in found if each != chosen],
        "is_asked": bool(which.is_valid() and which.cleaned_data["q"]),
    }  # fmt: skip
    return render(request, "catalog/merge_choose.html", context, status=200 if which.is_valid() else 400)


def _books_found(which: WhichTwoForm) -> list[Book]:
    text, books = which.cleaned_data["q"], queries.for_lists(Book.objects.all())
    return queries.books_scanned(text, books) or queries.in_order(books, queries.search_books(text).pks)


def _names_found(model: Any, which: WhichTwoForm) -> list[Any]:
    """The authors or subjects in whose name all the words occur, by name."""
    words = Q()
    for word in fold(which.cleaned_data["q"]).split():
        words &= Q(match_key__contains=word)
    return list(model._default_manager.filter(words).order_by("match_key", "pk")[:MOST_FOUND]) if words else []


def _fuller(one: Book, other: Book) -> Book:
    """The one with more copies, else the older one."""
    count = Count("copies")
    return Book.objects.filter(pk__in=[one.pk, other.pk]).annotate(n=count).order_by("-n", "pk")[0]


def _side(record: Any) -> dict[str, Any]:
    is_author = isinstance(record, Author)
    books = Book.objects.filter(contributors__author=record) if is_author else Book.objects.filter(subjects=record)
    books = books.distinct().order_by("sort_title", "pk")
    return {"record": record, "count": books.count(), "titles": books[:SHOWN_TITLES]}


def _kept_by(request: HttpRequest) -> int:
    return Action.objects.get(key=request.POST["key"]).target_id or 0
