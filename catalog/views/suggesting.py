"""Suggestions for who is typing into the search box, for our pages and for browsers."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from catalog.search.suggesting import suggest as suggestions_for

BROWSERS = "application/x-suggestions+json"  # the format of OpenSearch: [what was typed, [suggestions]]


@login_not_required
@require_safe
def suggest(request: HttpRequest) -> JsonResponse:
    text = request.GET.get("q", "")[:200]
    found = suggestions_for(text)
    if request.GET.get("format") == "opensearch" or BROWSERS in request.headers.get("Accept", ""):
        response = JsonResponse([text, [each.text for each in found]], safe=False, content_type=BROWSERS)
    else:
        kinds = {"title": _("Title"), "author": _("Author"), "subject": pgettext("of a book", "Subject")}
        rows = [
            {
                "text": each.text, "kind": each.kind, "label": kinds[each.kind],
                "url": reverse("catalog:book" if each.kind == "title" else f"catalog:{each.kind}", args=[each.pk]),
            }
            for each in found
        ]  # fmt: skip
        response = JsonResponse({"suggestions": rows})
    response.headers["Cache-Control"] = "private, max-age=60"
    return response
