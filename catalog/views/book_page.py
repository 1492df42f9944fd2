"""The page of a book, and the same book for machines and reference lists: open to everybody."""

from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from catalog import queries
from catalog.citations import STYLES, Facts, Reference
from catalog.citations.bibtex import key as key_of
from catalog.discovery.addresses import permalink
from catalog.discovery.citing import facts_of
from catalog.discovery.neighbours import also_borrowed, on_the_same_shelf, other_editions
from catalog.discovery.schema_org import linked_data
from catalog.models import Book, Copy
from circulation.queries.copies import with_availability
from circulation.queries.holds import queue

REFERENCE_FILES = [(key, style.name) for key, style in STYLES.items() if style.ending]


@login_not_required
@require_safe
def book(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(queries.with_source_key(_books()), pk=pk)
    copies = list(_copies(book))
    editions = other_editions(book) if book.source_key else []  # what was catalogued by hand belongs to no work
    context = {
        "book": book, "copies": copies, "waiting": len(queue(book, timezone.localdate())),
        "editions": editions,
        "neighbours": on_the_same_shelf(book), "also": also_borrowed(book, request.library.also_borrowed_least),
        "permalink": permalink(book), "citations": _citations(facts_of(book)), "reference_files": REFERENCE_FILES,
        "linked_data": linked_data(book, copies, request.library),
    }  # fmt: skip
    return render(request, "catalog/book.html", context)


@login_not_required
@require_safe
def jsonld(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(_books(), pk=pk)
    said = linked_data(book, _copies(book), request.library)
    return JsonResponse(said, content_type="application/ld+json", json_dumps_params={"ensure_ascii": False})


@login_not_required
@require_safe
def cite(request: HttpRequest, pk: int, style: str) -> HttpResponse:
    facts = facts_of(get_object_or_404(_books(), pk=pk))
    if style not in STYLES:
        words = _("There is no such style of citation here. There are: %(styles)s.") % {"styles": ", ".join(STYLES)}
        return HttpResponse(f"{words}\n", content_type="text/plain; charset=utf-8", status=404)
    wanted = STYLES[style]
    text = str(wanted.write(facts))
    text = text if wanted.ending else f"{text}\n"
    response = HttpResponse(text, content_type=f"{wanted.content_type}; charset=utf-8")
    if wanted.ending:
        response.headers["Content-Disposition"] = f'attachment; filename="{key_of(facts)}.{wanted.ending}"'
    return response


def _books() -> QuerySet[Book]:
    return queries.for_lists(queries.public_books()).prefetch_related("subjects", "identifiers")


def _copies(book: Book) -> QuerySet[Copy]:
    copies = with_availability(book.copies.filter(withdrawn_on=None))
    return copies.select_related("current_branch").order_by("pk")


def _citations(facts: Facts) -> list[tuple[str, Reference | str]]:
    """The name of each style that is for reading, and the book in it."""
    return [(style.name, style.write(facts)) for style in STYLES.values() if not style.ending]
