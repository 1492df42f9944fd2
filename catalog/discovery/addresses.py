"""Addresses that hold anywhere: with the host of SITE_URL before them, whichever host was asked."""

from django.conf import settings
from django.urls import reverse

from catalog.models import Book


def absolute(path: str) -> str:
    """``path`` ("/search/") with the site before it."""
    return f"{settings.SITE_URL}{path}"


def permalink(book: Book) -> str:
    """The address under which ``book`` is found for good."""
    return absolute(book.get_absolute_url())


def cover_address(book: Book, *, small: bool = False) -> str:
    """The address of the picture of ``book``; empty where there is none."""
    view = "catalog:small_cover" if small else "catalog:cover"
    cover = getattr(book, "cover", None)
    return absolute(f"{reverse(view, args=[book.pk])}?v={cover.version}") if cover and cover.file else ""
