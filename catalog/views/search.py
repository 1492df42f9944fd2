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
from catalog.models import Author, Subject
from catalog.views.facets import facets_beside
from catalog.views.results import PER_PAGE, beside_words, results_of, scanned


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET)
    if book := scanned(form, queries.public_books):
        return redirect(book)
    results = results_of(form)
    if results and (book := scanned(form, queries.public_books, results)):
        return redirect(book)
    facets = facets_beside(form, results) if form.is_askable else None
    mends_years = form.has_year_errors and not (results and results.count)  # else they stand beside the results
    beside = beside_words(form).without("from", "to") if mends_years else beside_words(form)
    context = {
        "form": form, "results": results, "facets": facets, "beside_words": beside, "mends_years": mends_years,
    }  # fmt: skip
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
    return render(request, "catalog/author.html", {"author": author, "page": page})


@login_not_required
@require_safe
def subject(request: HttpRequest, pk: int) -> HttpResponse:
    subject = get_object_or_404(Subject, pk=pk)
    page = page_of(request, queries.books_about(subject), PER_PAGE)
    return render(request, "catalog/subject.html", {"subject": subject, "page": page})
