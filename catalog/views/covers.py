"""The pictures of covers: open to everybody, those of withdrawn books to the desk."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from accounts.permissions import MANAGE_BOOKS
from catalog import queries
from catalog.models import Book, Cover
from catalog.services.small_covers import small_name, small_picture

A_YEAR = 365 * 24 * 3600
SENT_BY_PROXY = "/sent-by-proxy/"  # nginx.conf: nobody can ask for an address below it


@login_not_required
@require_safe
def cover(request: HttpRequest, pk: int) -> HttpResponseBase:
    cover, is_public = _cover(request, pk)
    if settings.COVERS_SENT_BY_PROXY and is_public:
        return _kept(_by_proxy(cover.file.name), is_public)
    try:
        return _kept(FileResponse(cover.file.open("rb"), content_type="image/jpeg"), is_public)
    except FileNotFoundError as error:  # gone, or another took its place just now
        raise Http404 from error


@login_not_required
@require_safe
def small_cover(request: HttpRequest, pk: int) -> HttpResponseBase:
    cover, is_public = _cover(request, pk)
    name = small_name(cover.file.name)
    if settings.COVERS_SENT_BY_PROXY and is_public and default_storage.exists(name):
        return _kept(_by_proxy(name), is_public)
    try:
        return _kept(HttpResponse(small_picture(cover), content_type="image/jpeg"), is_public)
    except FileNotFoundError as error:
        raise Http404 from error


def _cover(request: HttpRequest, pk: int) -> tuple[Cover, bool]:
    """The cover of the book, and whether everybody may see it."""
    cover = get_object_or_404(Book.objects.filter(cover__file__gt="").select_related("cover"), pk=pk).cover
    is_public = queries.public_books().filter(pk=pk).exists()
    if not is_public and not request.user.has_perm(MANAGE_BOOKS):
        raise Http404
    return cover, is_public


def _by_proxy(name: str) -> HttpResponse:
    """An answer without the picture, which nginx puts in; only what everybody may see goes that way."""
    return HttpResponse(content_type="image/jpeg", headers={"X-Accel-Redirect": SENT_BY_PROXY + quote(name)})


def _kept(response: HttpResponseBase, is_public: bool) -> HttpResponseBase:
    response.headers["Cache-Control"] = f"public, max-age={A_YEAR}, immutable" if is_public else "private, no-cache"
    return response
