"""Finding and looking at books: open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from accounts.permissions import MANAGE_BOOKS
from catalog import queries
from catalog.forms.search import SearchForm
from catalog.models import Author, Book, Subject
from catalog.views.facets import facets_beside
from catalog.views.results import PER_PAGE, results_of, scanned
from circulation.queries.copies import with_availability
from circulation.queries.holds import queue

A_YEAR = 365 * 24 * 3600


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if book := scanned(form, queries.public_books()):
        return redirect(book)
    results = results_of(form)
    if results and (book := scanned(form, queries.public_books(), results)):
        return redirect(book)
    context = {"form": form, "results": results, "facets": facets_beside(results) if results else None}
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)


@login_not_required
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    books = queries.with_source_key(queries.for_lists(queries.public_books()).prefetch_related("subjects"))
    book = get_object_or_404(books, pk=pk)
    copies = with_availability(book.copies.filter(withdrawn_on=None)).select_related("current_branch").order_by("pk")
    context = {"book": book, "copies": copies, "waiting": len(queue(book, timezone.localdate()))}
    return render(request, "catalog/book.html", context)


@login_not_required
@require_safe
def isbn(request: HttpRequest, isbn: str) -> HttpResponse:
    found = list(queries.books_with_isbn(isbn).filter(pk__in=queries.public_books().values("pk"))[:2])
    if not found:
        raise Http404
    if len(found) == 1:
        return redirect(found[0])
    return redirect(f"{reverse('catalog:search')}?{urlencode({'q': isbn})}")


@login_not_required
@require_safe
def author(request: HttpRequest, pk: int) -> HttpResponse:
    author = get_object_or_404(Author, pk=pk)
    page = page_of(request, queries.books_of_author(author), PER_PAGE)
    return render(request, "catalog/author.html", {"author": author, "page": page})


@login_not_required
@require_safe
def subject(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Subject, pk=pk)
    page = page_of(request, queries.books_about(subject), PER_PAGE)
    return render(request, "catalog/subject.html", {"subject": subject, "page": page})


@login_not_required
@require_safe
def cover(request: HttpRequest, pk: int) -> FileResponse:
    cover = get_object_or_404(Book.objects.filter(cover__file__gt="").select_related("cover"), pk=pk).cover
    is_public = queries.public_books().filter(pk=pk).exists()
    if not is_public and not request.user.has_perm(MANAGE_BOOKS):
        raise Http404
    try:
        picture = cover.file.open("rb")
    except FileNotFoundError as error:  # gone, or another took its place just now
        raise Http404 from error
    response = FileResponse(picture, content_type="image/jpeg")
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_public else "private, no-cache"
    return response
