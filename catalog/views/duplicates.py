"""What is probably there twice, what was merged lately, and taking that back."""

from itertools import islice
from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.models import Action
from accounts.permissions import MANAGE_BOOKS, needs
from catalog.duplicates import Pair, likely_authors, likely_books, likely_subjects
from catalog.duplicates import books as of_books
from catalog.duplicates import names as of_names
from catalog.forms.merging import KINDS, NotTheSameForm
from catalog.models import Author, Book, RecordKind, Subject
from catalog.queries import for_lists
from catalog.services.merged import tell_apart
from circulation.policy.undoing import TIME_TO_REPENT
from circulation.services.undo import undo

PER_PAGE = 25
MOST_PAGES = 400
MOST_MERGED = 20
REASONS = {**of_names.REASONS, **of_books.REASONS}
LIKELY = {"books": likely_books, "authors": likely_authors, "subjects": likely_subjects}
RECORDS = {"books": RecordKind.BOOK, "authors": RecordKind.AUTHOR, "subjects": RecordKind.SUBJECT}
MERGES = ("merge_books", "merge_authors", "merge_subjects")


@needs(MANAGE_BOOKS)
def duplicates(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    kind = kind if kind in LIKELY else "books"
    text = request.GET.get("page", "")
    number = min(max(int(text), 1), MOST_PAGES) if text.isdecimal() and len(text) < 6 else 1
    found = list(islice(LIKELY[kind](), (number - 1) * PER_PAGE, number * PER_PAGE + 1))
    context = {
        "kind": kind, "kinds": KINDS, "record": RECORDS[kind], "rows": _rows(kind, found[:PER_PAGE]),
        "page": number, "before": number - 1, "after": number + 1 if len(found) > PER_PAGE else 0,
        "merge": reverse(f"catalog:merge_{kind}"), "merged": _merged_lately(),
    }  # fmt: skip
    return render(request, "catalog/duplicates.html", context)


@needs(MANAGE_BOOKS)
@require_POST
def not_the_same(request: HttpRequest) -> HttpResponse:
    form = NotTheSameForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose two different ones."))
        return redirect("catalog:duplicates")
    values = form.cleaned_data
    kind = RecordKind(values["kind"])
    try:
        tell_apart(kind, one=values["one"], other=values["other"], by=request.user, key=values["key"])
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("These two will not be shown together again."))
    return redirect(f"{reverse('catalog:duplicates')}?kind={kind}s")


@needs(MANAGE_BOOKS)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(Action, pk=pk, verb__in=MERGES)
    try:
        undo(action, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.warning(request, _("Taken back: everything is with the one it was with."))
    return redirect("catalog:duplicates")


def _rows(kind: str, pairs: list[Pair]) -> list[tuple[Any, Any, str]]:
    """Both records of each pair and the reason in words."""
    records = _records(kind).in_bulk({pk for pair in pairs for pk in pair[:2]})
    both = [(records.get(one), records.get(other), REASONS[reason]) for one, other, reason in pairs]
    return [row for row in both if row[0] and row[1]]


def _records(kind: str) -> QuerySet:
    if kind == "books":
        return for_lists(Book.objects.all())
    if kind == "authors":
        return Author.objects.annotate(n=Count("contributions__book", distinct=True))
    return Subject.objects.annotate(n=Count("books"))


def _merged_lately() -> list[tuple[Action, str]]:
    """The merges that can be taken back, newest first, each with the name of what stayed."""
    since = timezone.now() - TIME_TO_REPENT
    actions = list(
        Action.objects.filter(verb__in=MERGES, undone_by=None, at__gte=since)
        .select_related("by")
        .order_by("-at", "-pk")[:MOST_MERGED]
    )
    names = {}
    for verb, model in zip(MERGES, (Book, Author, Subject), strict=True):
        wanted = [action.target_id for action in actions if action.verb == verb]
        found = model._default_manager.in_bulk(wanted) if wanted else {}
        names |= {(verb, pk): str(record) for pk, record in found.items()}
    return [(action, names.get((action.verb, action.target_id), "")) for action in actions]
