"""Refuses what is too large before anything reads, parses or stores it."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict

from accounts.permissions import MANAGE_BOOKS
from catalog import files
from library_site.views.errors import bad_request, length_needed, too_large

MOST_BYTES = 12_000_000  # a cover upload (10 MB) with its form
MOST_BYTES_ANONYMOUS = 200_000
MOST_BYTES_OF_FILES = files.MOST_BYTES + 100_000  # a file to be brought in, with its form
FILES = "/desk/import/upload/"
FILES_OF_PROGRAMS = "/api/v1/imports/files"  # who may send one is looked at before it is read


class BodySizeMiddleware:
    """Stands before sessions and CSRF: Django's own limit leaves files out and would store them first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "Transfer-Encoding" in request.headers and not request.META.get("CONTENT_LENGTH"):
            return length_needed(request)
        if _announced_bytes(request) > _most_bytes(request):
            return too_large(request)
        if request.META.get("QUERY_STRING", "").count("&") >= settings.DATA_UPLOAD_MAX_NUMBER_FIELDS:
            request.GET = QueryDict()  # Django would refuse to read it, on the page that says so too
            return bad_request(request)
        return self.get_response(request)


class StaffUploadMiddleware:
    """Stands behind the sign-in: a file to be brought in is stored for whoever may bring it in, and nobody else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_upload = request.path == FILES and _announced_bytes(request) > MOST_BYTES_ANONYMOUS
        if is_upload and not request.user.has_perm(MANAGE_BOOKS):
            return too_large(request)
        return self.get_response(request)


def _most_bytes(request: HttpRequest) -> int:
    if request.path == FILES_OF_PROGRAMS and "Authorization" in request.headers:
        return MOST_BYTES_OF_FILES
    if request.path == FILES and settings.SESSION_COOKIE_NAME in request.COOKIES:
        return MOST_BYTES_OF_FILES
    at_the_desk = request.path.startswith(("/desk/", "/admin/")) and settings.SESSION_COOKIE_NAME in request.COOKIES
    return MOST_BYTES if at_the_desk else MOST_BYTES_ANONYMOUS


def _announced_bytes(request: HttpRequest) -> int:
    """The length the body is said to have. Without one, or with a wrong one, nothing is read: Django trusts it too."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
