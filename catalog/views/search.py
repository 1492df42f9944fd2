"""Finding books: open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from catalog import queries
from catalog.forms.search import SearchForm
from catalog.models import Author, Book, Subject
from circulation.queries.copies import stock_of

PER_PAGE = 20


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    text = form.cleaned_data.get("q", "") if form.is_valid() else ""
    found = queries.search_books(text, sort="relevance" if text else "title")
    books = queries.in_order(queries.for_lists(Book.objects.all()), found.pks)
    context = {"form": form, "q": text, "found": found, "page": books, "stock": stock_of(books)}
    return render(request, "catalog/search.html", context, status=200 if form.is_valid() else 400)


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
    return render(request, "catalog/author.html", {"author": author, "page": page, "stock": stock_of(page)})


@login_not_required
@require_safe
def subject(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Subject, pk=pk)
    page = page_of(request, queries.books_about(subject), PER_PAGE)
    return render(request, "catalog/subject.html", {"subject": subject, "page": page, "stock": stock_of(page)})
