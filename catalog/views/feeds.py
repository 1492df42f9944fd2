"""New arrivals and what is lent most as feeds (Atom) that readers subscribe to."""

import hashlib
import re

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.feedgenerator import Atom1Feed
from django.utils.html import format_html
from django.utils.http import quote_etag
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from catalog.discovery.addresses import absolute, cover_address, permalink
from catalog.discovery.arrivals import new_books, popular_books
from catalog.models import Book

MOST_ENTRIES = 50
LONGEST_DESCRIPTION = 500
A_QUARTER_OF_AN_HOUR = 900
NOT_IN_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@login_not_required
@cache_control(public=True, max_age=A_QUARTER_OF_AN_HOUR)
@require_safe
def new(request: HttpRequest) -> HttpResponse:
    title = _("%(library)s: new arrivals") % {"library": request.library.name}
    books = list(new_books().prefetch_related("subjects")[:MOST_ENTRIES])
    return _answer(request, _feed(request, title, "catalog:new", books))


@login_not_required
@cache_control(public=True, max_age=A_QUARTER_OF_AN_HOUR)
@require_safe
def popular(request: HttpRequest) -> HttpResponse:
    title = _("%(library)s: most borrowed") % {"library": request.library.name}
    books = list(popular_books().prefetch_related("subjects")[:MOST_ENTRIES])
    return _answer(request, _feed(request, title, "catalog:popular", books))


def _feed(request: HttpRequest, title: str, page: str, books: list[Book]) -> bytes:
    feed = Atom1Feed(
        title=_plain(title), link=absolute(reverse(page)), description="", language=request.LANGUAGE_CODE,
        feed_url=absolute(request.path), author_name=_plain(request.library.name),
    )  # fmt: skip
    for book in books:
        address = permalink(book)
        feed.add_item(
            title=_plain(book.full_title), link=address, unique_id=address, description=_summary(book),
            pubdate=book.created_at, updateddate=book.created_at, author_name=_plain(_names(book)) or None,
            categories=[_plain(subject.name) for subject in book.subjects.all()],
        )  # fmt: skip
    return feed.writeString("utf-8").encode()


def _names(book: Book) -> str:
    return ", ".join(dict.fromkeys(part.author.name for part in book.contributors.all()))


def _summary(book: Book) -> SafeString:
    """What an entry shows below the title: the cover, who published it and when, the beginning of the description."""
    imprint = ", ".join(filter(None, (book.publisher, str(book.year or ""))))
    text = Truncator(_plain(book.description)).chars(LONGEST_DESCRIPTION)
    return format_html("{}<p>{}</p><p>{}</p>", _picture(book), _plain(imprint), text)


def _picture(book: Book) -> str:
    address = cover_address(book, small=True)
    if not address:
        return ""
    return format_html('<p><img src="{}" alt="" width="{}" height="{}"></p>', address, *book.cover.small_size)


def _plain(text: str) -> str:
    return NOT_IN_XML.sub("", text)


def _answer(request: HttpRequest, feed: bytes) -> HttpResponse:
    """The feed; 304 for whoever has this one already. Books say not when they changed: only the ETag can tell."""
    etag = quote_etag(hashlib.sha256(feed).hexdigest()[:32])
    response = HttpResponse(feed, content_type="application/atom+xml; charset=utf-8", headers={"ETag": etag})
    return get_conditional_response(request, etag, None, response)
