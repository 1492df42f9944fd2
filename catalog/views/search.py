"""Finding and looking at books: open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.paging import ListPage, page_of
from accounts.permissions import MANAGE_BOOKS
from catalog import queries
from catalog.forms.search import SearchForm
from catalog.models import Author, Book, Subject
from catalog.search.hits import hits_of
from circulation.queries.copies import stock_of, with_availability
from circulation.queries.holds import queue

PER_PAGE = 20
A_YEAR = 365 * 24 * 3600


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data.get("q", "") if form.is_valid() else ""
    books = queries.search_public_books(text) if form.is_valid() else Book.objects.none()
    page = _page_of_hits(request, books)
    context = {"form": form, "q": text, "page": page, "stock": stock_of(page)}
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)


@login_not_required
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    books = queries.with_source_key(
        queries.for_lists(queries.public_books()).prefetch_related("subjects", "identifiers")
    )
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
    page = _page_of_hits(request, queries.books_of_author(author))
    return render(request, "catalog/author.html", {"author": author, "page": page, "stock": stock_of(page)})


@login_not_required
@require_safe
def subject(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Subject, pk=pk)
    page = _page_of_hits(request, queries.books_about(subject))
    return render(request, "catalog/subject.html", {"subject": subject, "page": page, "stock": stock_of(page)})


def _page_of_hits(request: HttpRequest, books: QuerySet[Book]) -> ListPage:
    """The page of ``books`` that was asked for, with what a list shows of them."""
    page = page_of(request, books.values_list("pk", flat=True), PER_PAGE)
    page.object_list = hits_of(list(page.object_list))
    return page


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
