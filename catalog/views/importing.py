"""Adding books from Open Library, one at a time: search, review, save, compare."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyField, contents_of
from accounts.permissions import MANAGE_BOOKS, needs
from accounts.queries import desk_branch
from accounts.services.work import worker_is_running
from catalog import queries
from catalog.drafts import BookDraft
from catalog.forms.books import FIELD_LABELS, ReviewForm
from catalog.forms.copies import LabelsForm
from catalog.forms.importing import ImportSearchForm, PasteForm, RefreshForm, SaveForm
from catalog.forms.uploading import UploadForm
from catalog.isbn import looks_like_isbn, read_isbn
from catalog.models import Book, ImportBatch
from catalog.openlibrary.client import OpenLibrary
from catalog.openlibrary.errors import OpenLibraryError
from catalog.openlibrary.keys import read_olid
from catalog.openlibrary.normalize import book_draft
from catalog.openlibrary.offline import date_of_copy
from catalog.openlibrary.records import FetchedRecord
from catalog.services.books import snapshot, version_of
from catalog.services.comparing import differences
from catalog.services.covers import preview_cover
from catalog.services.importing import (
    Doubtful,
    Saved,
    refresh_book,
    refreshed_before,
    save_draft,
    save_reviewed,
    saved_before,
)
from catalog.services.looking import Found, fetch_record, look_up
from catalog.tasks import contact
from catalog.views.outcomes import by_hand, tell_saved, warn_of_gaps

SHOWN_AS_ADDED = 100


def client(lane: str = "interactive", **options: Any) -> OpenLibrary:
    return OpenLibrary(contact=contact(), lane=lane, **options)


def fetched(request: HttpRequest, record: str, *, is_local_wanted: bool = True, **options: Any) -> FetchedRecord:
    with client(**options) as source:
        return fetch_record(source, record, language=request.library.language, is_local_wanted=is_local_wanted)


def sent_before(request: HttpRequest) -> Saved | None:
    """What became of this very form when it came for the first time: nobody need be asked again."""
    return saved_before(KeyField().clean(request.POST.get("key")), request.user, sent=contents(request))


def contents(request: HttpRequest) -> str:
    """A word for what the form says."""
    return contents_of(request.POST)


@needs(MANAGE_BOOKS)
def importing(request: HttpRequest) -> HttpResponse:
    form = ImportSearchForm(request.GET)
    text = form.cleaned_data["q"].strip() if form.is_valid() else ""
    found: Found | None = None
    problem = ""
    if text:
        try:
            with client() as source:
                found = look_up(source, text, language=request.library.language)
        except OpenLibraryError as error:
            problem = error.message
    if found and any(hit.draft for hit in found.hits):
        form.give_up_focus()
    copy_of = date_of_copy() if problem and not read_olid(text) else None
    return import_page(request, form=form, q=text, isbn=read_isbn(text), found=found, problem=problem, copy_of=copy_of)


def import_page(request: HttpRequest, **context: Any) -> HttpResponse:
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    added = queries.copies_added(request.user, today, SHOWN_AS_ADDED)
    defaults = {
        "form": ImportSearchForm({"q": context.get("q", "")}), "paste_form": PasteForm(), "worker": worker_is_running(),
        "upload_form": None if context.get("found") else UploadForm(),
        "batches": ImportBatch.objects.all()[:5], "added": added, "labels_form": LabelsForm(),
        "by_hand": by_hand(context.get("q", "")),
    }  # fmt: skip
    return render(request, "catalog/importing.html", defaults | context)


@needs(MANAGE_BOOKS)
@require_POST
def save(request: HttpRequest) -> HttpResponse:
    form = SaveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("This record cannot be fetched by its key. Search again."))
        return redirect("catalog:import")
    values = form.cleaned_data
    asked = values["q"] or values["record"]
    if earlier := sent_before(request):
        tell_saved(request, earlier)
        return _back_to_import(asked)
    try:
        record = fetched(request, values["record"])
        draft = book_draft(record)
        saved = save_draft(
            draft, by=request.user, payload=record.as_json(), branch=desk_branch(request.session),
            if_known="copy" if values["add_copy"] else "nothing", decision=values["decision"], key=values["key"],
            sent=contents(request),
        )  # fmt: skip
    except OpenLibraryError as error:
        return import_page(request, q=asked, problem=error.message, again=form)
    except Doubtful as doubt:
        context = {"match": doubt.match, "draft": draft, "form": form}
        return render(request, "catalog/doubtful.html", context)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(by_hand(asked))
    tell_saved(request, saved)
    warn_of_gaps(request, saved, draft)
    return _back_to_import(asked)


def _back_to_import(asked: str) -> HttpResponse:
    words = "" if looks_like_isbn(asked) or read_olid(asked) else asked
    return redirect(reverse("catalog:import") + (f"?{urlencode({'q': words})}" if words else ""))


@needs(MANAGE_BOOKS)
def review(request: HttpRequest, record: str) -> HttpResponse:
    """Fetches the record again when it is saved; what was typed in meanwhile survives whatever goes wrong then."""
    if earlier := sent_before(request):
        tell_saved(request, earlier)
        return redirect("catalog:import")
    problem = ""
    try:
        answer = fetched(request, record)
    except OpenLibraryError as error:
        answer, problem = FetchedRecord(), error.message
    if problem and request.method != "POST":
        messages.error(request, problem)
        return redirect(by_hand(record))
    draft = book_draft(answer)
    form = ReviewForm(request.POST or None, currency=request.library.currency, base=draft)
    if request.method == "POST" and form.is_valid():
        if problem:
            form.add_error(None, problem)
        elif saved := _save_reviewed(request, form, draft, answer.as_json()):
            tell_saved(request, saved)
            return redirect("catalog:import")
    context = {"form": form, "reviewed": draft, "problem": problem, "as_of": answer.as_of}
    return render(request, "catalog/add_book.html", context)


def _save_reviewed(request: HttpRequest, form: ReviewForm, draft: BookDraft, payload: dict[str, Any]) -> Saved | None:
    details, key = form.copy_details, form.cleaned_data["key"]
    try:
        return save_reviewed(
            draft, form.draft, by=request.user, payload=payload, copies=details.pop("stock"), key=key,
            branch=desk_branch(request.session), if_known="ask", decision=form.cleaned_data["decision"],
            sent=contents(request), **details,
        )  # fmt: skip
    except Doubtful as doubt:
        form.ask_whether_same(doubt.match)
        return None


@needs(MANAGE_BOOKS)
def refresh(request: HttpRequest, pk: int) -> HttpResponse:
    book = get_object_or_404(Book, pk=pk)
    source = queries.source_record(book)
    asked = _refresh_asked(request)
    if refreshed_before(book, asked["fields"], asked["key"], request.user):
        return _refreshed(request, book, asked["fields"])
    try:
        is_here, is_fresh = not contact(), request.method == "GET"  # the local copy only where nobody can be asked
        answer = fetched(request, source.key if source else "", is_local_wanted=is_here, is_fresh_wanted=is_fresh)
    except OpenLibraryError as error:
        messages.error(request, error.message)
        return redirect("catalog:edit_book", pk)
    draft = book_draft(answer)
    if request.method == "POST":
        try:
            refresh_book(book, draft, payload=answer.as_json(), by=request.user, **asked)
        except Refused as refusal:
            messages.error(request, refusal.message)
            book.refresh_from_db()
        else:
            return _refreshed(request, book, asked["fields"])
    rows = [(FIELD_LABELS[difference.name], difference) for difference in differences(book, draft)]
    form = RefreshForm(initial={"seen": version_of(snapshot(book))})
    return render(request, "catalog/refresh.html", {"book": book, "rows": rows, "source": source, "form": form})


def _refresh_asked(request: HttpRequest) -> dict[str, Any]:
    form = RefreshForm(request.POST)
    form.full_clean()
    values = form.cleaned_data
    return {"fields": request.POST.getlist("fields"), "seen": values.get("seen", "?"), "key": values["key"]}


def _refreshed(request: HttpRequest, book: Book, fields: list[str]) -> HttpResponse:
    if fields:
        messages.success(request, _("The fields you ticked were taken over."))
    else:
        messages.info(request, _("Nothing was ticked, so nothing was changed."))
    return redirect("catalog:edit_book", book.pk)


@needs(MANAGE_BOOKS)
def found_cover(request: HttpRequest, cover_id: int) -> HttpResponse:
    """The cover of a search result, through our own address, so that nobody else sees what is looked at."""
    try:
        with client("preview") as source:
            picture = preview_cover(source, cover_id)
    except OpenLibraryError:
        return HttpResponse(status=503)
    response = HttpResponse(picture, content_type="image/jpeg", status=200 if picture else 404)
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
