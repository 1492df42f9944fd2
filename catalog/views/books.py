"""Books at the desk: find, add, edit, delete, their cover."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.permissions import MANAGE_BOOKS, needs
from accounts.queries import DESK_BRANCH, desk_branch
from catalog import queries
from catalog.forms.books import ByHandForm, EditBookForm
from catalog.forms.copies import AddCopiesForm, CoverForm, LabelsForm
from catalog.forms.search import DeskSearchForm
from catalog.models import Book
from catalog.services.books import SHOWN_FIELDS, snapshot
from catalog.services.books import add_book as add_book_service
from catalog.services.books import delete_book as delete_book_service
from catalog.services.books import edit_book as edit_book_service
from catalog.services.covers import remove_cover as remove_cover_service
from catalog.services.covers import upload_cover as upload_cover_service
from catalog.views.outcomes import by_hand, tell_added, warn_of_wrong_isbns
from catalog.views.results import beside_words, results_of, scanned
from circulation.queries.copies import with_availability


@needs(MANAGE_BOOKS)
def books(request: HttpRequest) -> HttpResponse:
    form = DeskSearchForm(request.GET)
    if book := scanned(form, Book.objects.all):
        return redirect("catalog:edit_book", book.pk)
    results = results_of(form, shows_hidden=True)
    if results and (book := scanned(form, Book.objects.all, results)):
        return redirect("catalog:edit_book", book.pk)
    shown = results.found.pks if results else []
    context = {
        "form": form, "results": results, "beside_words": beside_words(form), "by_hand": by_hand(form.text),
        "isbns": queries.isbns_of(shown), "withdrawn": queries.withdrawn_among(shown),
    }  # fmt: skip
    return render(request, "catalog/books.html", context, status=200 if form.is_valid() else 400)


@needs(MANAGE_BOOKS)
def add_book(request: HttpRequest) -> HttpResponse:
    initial = {"isbn": request.GET.get("isbn", "")[:200], "title": request.GET.get("title", "")[:200]}
    form = ByHandForm(request.POST or None, currency=request.library.currency, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            book = add_book_service(
                form.draft, by=request.user, key=form.cleaned_data["key"], branch=desk_branch(request.session),
                only_new=not form.cleaned_data["is_another"], **form.copy_details,
            )  # fmt: skip
        except Refused as refusal:
            if refusal.code == "isbn_here":
                form.match = queries.with_isbns([*form.draft.isbns, *form.draft.isbns_invalid]).first()
                form.ask_whether_another(refusal.message)
            else:
                form.add_error(None, refusal.message)
        else:
            warn_of_wrong_isbns(request, form.wrong_isbns)
            tell_added(request, book)
            return redirect("catalog:edit_book", book.pk)
    return render(request, "catalog/add_book.html", {"form": form})


@needs(MANAGE_BOOKS)
def edit_book(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(queries.with_source_key(queries.for_lists(Book.objects.all())), pk=pk)
    form = EditBookForm(request.POST or None, snapshot=snapshot(book))
    if request.method == "POST" and form.is_valid():
        try:
            edit_book_service(
                Book(pk=pk), form.draft, fields=SHOWN_FIELDS, seen=form.cleaned_data["seen"], by=request.user,
                key=form.cleaned_data["key"],
            )  # fmt: skip
        except Refused as refusal:
            form.show_once_more(refusal.message)
        else:
            warn_of_wrong_isbns(request, form.wrong_isbns)
            messages.success(request, _("Saved."))
            return redirect("catalog:edit_book", pk)
    context = {
        "book": book, "form": form,
        "copies": with_availability(book.copies.select_related("copy_type", "current_branch")).order_by("pk"),
        "copies_form": AddCopiesForm(initial={"branch": request.session.get(DESK_BRANCH)}, auto_id="copies_%s"),
        "cover_form": CoverForm(auto_id="cover_%s"), "labels_form": LabelsForm(auto_id="labels_%s"),
    }  # fmt: skip
    return render(request, "catalog/edit_book.html", context)


@needs(MANAGE_BOOKS)
@require_POST
def delete_book(request: HttpRequest, pk: int) -> HttpResponse:
    if done := queries.deletion_of(Book, pk):  # the button was pressed twice
        return _tell_deleted(request, done.before["title"])
    book = get_object_or_404(Book, pk=pk)
    try:
        delete_book_service(book, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("catalog:edit_book", pk)
    return _tell_deleted(request, book.title)


def _tell_deleted(request: HttpRequest, title: str) -> HttpResponse:
    messages.success(request, _("“%(title)s” is deleted.") % {"title": title})
    return redirect("catalog:books")


@needs(MANAGE_BOOKS)
@require_POST
def upload_cover(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=pk)
    form = CoverForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            values = form.cleaned_data
            upload_cover_service(book, data=values["picture"].read(), by=request.user, key=values["key"])
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("The cover is stored."))
    else:
        messages.error(request, _("Choose a picture first: JPEG, PNG, GIF or WebP, up to 10 MB."))
    return redirect("catalog:edit_book", pk)


@needs(MANAGE_BOOKS)
@require_POST
def remove_cover(request: HttpRequest, pk: int) -> HttpResponse:
    remove_cover_service(get_object_or_404(Book, pk=pk), by=request.user)
    messages.success(request, _("The picture is gone; the drawn cover shows again."))
    return redirect("catalog:edit_book", pk)
