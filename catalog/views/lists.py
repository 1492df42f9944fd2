"""The pages of new arrivals and of what is lent most: open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.paging import page_of
from catalog.discovery.arrivals import MOST_NEW, POPULAR_DAYS, count_popular_books, new_books, popular_books

PER_PAGE = 20


@login_not_required
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    page = page_of(request, new_books()[:MOST_NEW], PER_PAGE)
    return render(request, "catalog/new.html", {"page": page})


@login_not_required
@require_safe
def popular(request: HttpRequest) -> HttpResponse:
    page = page_of(request, popular_books(), PER_PAGE, count=count_popular_books())
    return render(request, "catalog/popular.html", {"page": page, "days": POPULAR_DAYS})
