"""The scan queue: scan, watch what is found, say what is to be done, bring it in."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.paging import page_of
from accounts.permissions import MANAGE_BOOKS, needs
from accounts.queries import desk_branch
from accounts.services.actions import FormAlreadyUsed
from accounts.services.work import worker_is_running
from catalog import scan_queue
from catalog.forms.scanning import ChoicesForm, FastForm, LinesForm, PhotoForm, ScanIsbnForm
from catalog.isbn import Isbn
from catalog.models import ImportBatch, ImportRow
from catalog.services import scanning
from catalog.services.photos import MOST_BYTES, isbns_in_photo
from catalog.views.scan_words import Told, isbns_of, told_of, told_of_hand

PER_PAGE = 50
MOST_LEVELS = ("error", "warning", "success")  # the loudest first


@needs(MANAGE_BOOKS)
def scan(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return scan_page(request)
    form = ScanIsbnForm(request.POST)
    if not form.is_valid():
        return _answer(request, Told("error", " ".join(form.errors.get("scan", [_("Scan an ISBN first.")]))))
    found = isbns_of(form.cleaned_data["scan"])
    return _answer(request, found if isinstance(found, Told) else _taken(request, form, found))


@needs(MANAGE_BOOKS)
@require_POST
def photo(request: HttpRequest) -> HttpResponse:
    form = PhotoForm(request.POST, request.FILES)
    if not form.is_valid():
        return _answer(request, Told("error", " ".join(form.errors.get("photo", []))))
    upload = form.cleaned_data["photo"]
    try:
        isbns = isbns_in_photo(upload.read(MOST_BYTES + 1))
    except Refused as refusal:
        return _answer(request, Told("error", refusal.message))
    return _answer(request, _taken(request, form, isbns))


def _taken(request: HttpRequest, form: Any, isbns: list[Isbn]) -> Told:
    """Put them into the queue, each under its part of the form's key; what is told of all is as loud as the loudest."""
    told = []
    for isbn in isbns:
        try:
            scanned = scanning.scan(
                isbn.isbn13, by=request.user, options=_choices(request), key=form.key_for(isbn.isbn13)
            )
            told.append(told_of(scanned))
        except FormAlreadyUsed:
            told.append(Told("warning", _("This scan was sent before.")))
        except Refused as refusal:
            told.append(Told("error", refusal.message))
    level = next(level for level in MOST_LEVELS if level in [each.level for each in told])
    return Told(level, " ".join(each.text for each in told))


@needs(MANAGE_BOOKS)
def lines(request: HttpRequest) -> HttpResponse:
    """What the page shows now, for the script that keeps it up to date; no more than a word if it is as ``seen``."""
    seen_before = request.GET.get("seen")
    request.GET = request.GET.copy()  # links to other pages are the page's, not the script's
    request.GET.pop("seen", None)
    context = _queue(request)
    parts = {
        name: render_to_string(f"catalog/_scan_{name}.html", context, request)
        for name in ("groups", "state", "ready", "pages")
    }
    shown = [
        {"id": f"line-{line.row.n}", "html": render_to_string("catalog/_scan_line.html", {"line": line}, request)}
        for line in context["lines"]
    ]
    counts = context["tally"].counts
    whole = {"parts": parts, "lines": shown, "counts": counts, "waits": bool(counts["looking"])}
    seen = hashlib.sha256(repr(whole).encode()).hexdigest()[:24]
    return JsonResponse({"seen": seen} if seen_before == seen else whole | {"seen": seen})


@needs(MANAGE_BOOKS)
@require_POST
def change(request: HttpRequest) -> HttpResponse:
    form = LinesForm(request.POST)
    if not form.is_valid():
        return _answer(request, Told("error", _("The queue has changed meanwhile; look at it again.")))
    try:
        told = _changed(request, form)
    except Refused as refusal:
        told = Told("error", refusal.message)
    return _answer(request, told)


def _changed(request: HttpRequest, form: LinesForm) -> Told:
    n, word = form.line, form.word
    how: dict[str, Any] = {"by": request.user, "key": form.key_for(f"{n}-{word}")}
    if not n:
        scanning.set_copies(form.counts(), **how)
        return Told("success", _("The numbers of copies are kept."))
    if word == "remove":
        scanning.remove_line(n, **how)
        return Told("success", _("Line %(n)d is removed.") % {"n": n})
    if word == "again":
        scanning.look_up_again(n, **how)
        return Told("success", _("Line %(n)d is looked up again.") % {"n": n})
    scanning.decide_line(n, "" if word == "auto" else word, **how)
    said = {"copy": _("Line %(n)d: a copy is added."), "new": _("Line %(n)d: it becomes a new book."),
            "skip": _("Line %(n)d: nothing is added."), "auto": _("Line %(n)d: undecided again.")}  # fmt: skip
    return Told("success", said[word] % {"n": n})


@needs(MANAGE_BOOKS)
@require_POST
def choices(request: HttpRequest) -> HttpResponse:
    form = ChoicesForm(request.POST)
    if not form.is_valid():
        return scan_page(request, choices=form)
    scanning.set_choices(form.options, by=request.user, key=form.key_for("choices"))
    return _answer(request, Told("success", _("The choices are kept.")))


@needs(MANAGE_BOOKS)
@require_POST
def commit(request: HttpRequest) -> HttpResponse:
    form = ChoicesForm(request.POST)
    if not form.is_valid():
        return scan_page(request, choices=form)
    try:
        batch = scanning.commit(form.options, by=request.user, key=form.key_for("commit"))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("catalog:scan")
    return redirect("catalog:batch", batch.pk)


@needs(MANAGE_BOOKS)
@require_POST
def by_hand(request: HttpRequest) -> HttpResponse:
    form = FastForm(request.POST)
    if form.is_valid():
        try:
            row = scanning.add_by_hand(
                form.draft, line=form.cleaned_data["line"], by=request.user, options=_choices(request),
                key=form.cleaned_data["key"],
            )  # fmt: skip
            return _answer(request, told_of_hand(row))
        except Refused as refusal:
            form.add_error(None, refusal.message)
    return scan_page(request, fast=form)


@needs(MANAGE_BOOKS)
@require_POST
def look_again(request: HttpRequest) -> HttpResponse:
    return _done(request, scanning.look_up_again, _("What was not found out yet is looked up now."))


@needs(MANAGE_BOOKS)
@require_POST
def empty(request: HttpRequest) -> HttpResponse:
    return _done(request, scanning.empty_queue, _("The queue is empty."))


def _done(request: HttpRequest, service: Callable[..., Any], text: str) -> HttpResponse:
    form = KeyedForm(request.POST)
    form.is_valid()  # an odd key counts as none
    try:
        service(by=request.user, key=form.cleaned_data["key"])
    except Refused as refusal:
        return _answer(request, Told("error", refusal.message))
    return _answer(request, Told("success", text))


def scan_page(request: HttpRequest, **forms: Any) -> HttpResponse:
    context = _queue(request)
    mine = context["mine"]
    context |= {
        "form": ScanIsbnForm(), "photo": PhotoForm(auto_id="photo_%s"), "fast": _fast_form(request, mine.queue),
        "choices": ChoicesForm(initial=_choices(request, mine), auto_id="choice_%s"),
    } | forms  # fmt: skip
    return render(request, "catalog/scan.html", context)


def _queue(request: HttpRequest) -> dict[str, Any]:
    """The queue as every answer shows it: its lines of one page and group, and how many there are of each."""
    mine, show = scan_queue.scanned_by(request.user), request.GET.get("show", "")
    tally = scan_queue.tally_of(mine.queue)
    page = page_of(request, scan_queue.rows_in(mine.queue, show), PER_PAGE, tally.counts.get(show, tally.lines))
    return {
        "mine": mine, "page": page, "show": show, "tally": tally, "worker": worker_is_running(),
        "lines": scan_queue.lines_of(mine.queue, list(page)) if mine.queue else [],
        "groups": [(group, tally.counts[group.name]) for group in scan_queue.GROUPS if tally.counts[group.name]],
    }  # fmt: skip


def _fast_form(request: HttpRequest, batch: ImportBatch | None) -> FastForm:
    """The form for a book by hand, with what is known of the line that is to become one."""
    given = {name: request.GET.get(name, "")[:200] for name in ("isbn", "title")}
    number = request.GET.get("line", "")
    if batch and number.isascii() and number.isdigit() and len(number) < 6:
        row: ImportRow | None = scan_queue.rows_in(batch, "missing").filter(n=int(number)).first()
        given |= {"line": row.n, "isbn": row.raw} if row else {}
    return FastForm(initial=given, auto_id="hand_%s")


def _choices(request: HttpRequest, mine: scan_queue.Mine | None = None) -> dict[str, Any]:
    """Where copies go: as chosen the last time, else to the branch of this desk."""
    chosen = (mine or scan_queue.scanned_by(request.user)).choices
    return chosen if "branch" in chosen else {"branch": desk_branch(request.session).code, **chosen}


def _answer(request: HttpRequest, told: Told) -> HttpResponse:
    """To the script in words, to everybody else by the page with a message on it."""
    if request.get_preferred_type(["text/html", "application/json"]) == "application/json":
        return JsonResponse(told.as_json())
    getattr(messages, told.level)(request, told.text)
    kept = {name: request.POST[name] for name in ("show", "page") if request.POST.get(name)} | (told.fill or {})
    return redirect(reverse("catalog:scan") + (f"?{urlencode(kept)}" if kept else ""))
