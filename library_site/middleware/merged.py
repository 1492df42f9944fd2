"""Old addresses of what was merged lead to what stayed."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.models import RecordKind
from catalog.services.merged import kept_of

BOOKS = (
    "catalog:book", "catalog:jsonld", "catalog:cite", "catalog:cover", "catalog:small_cover", "catalog:edit_book",
    "catalog:refresh", "circulation:place_mine", "circulation:book_holds",
)  # fmt: skip
KIND_OF = {
    **dict.fromkeys(BOOKS, RecordKind.BOOK),
    "catalog:author": RecordKind.AUTHOR,
    "catalog:subject": RecordKind.SUBJECT,
}


class MergedMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """For good where something was looked at; what was sent to an old address was not done, and says so."""
        match = request.resolver_match
        if not isinstance(error, Http404) or match is None or match.view_name not in KIND_OF:
            return None
        kept = kept_of(KIND_OF[match.view_name], match.kwargs["pk"])
        if kept is None:
            return None
        address = reverse(match.view_name, kwargs={**match.kwargs, "pk": kept})
        if request.method not in ("GET", "HEAD"):
            messages.warning(request, _("It was merged with this one meanwhile. Nothing was done yet: look again."))
            return redirect(address)
        query = request.META.get("QUERY_STRING", "")
        moved = redirect(f"{address}?{query}" if query else address, permanent=True)
        moved.headers["Cache-Control"] = "max-age=600"  # a merge may be taken back
        return moved
