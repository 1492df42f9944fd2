"""Many copies at once: choose them, see what would change of each, change it, take it back as one."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts import money
from accounts.exceptions import Refused
from accounts.forms.sent import was_sent_before
from accounts.models import Action, Branch
from accounts.permissions import MANAGE_BOOKS, needs
from catalog import queries
from catalog.forms.copies_together import ChangeCopiesForm
from catalog.models import Copy, CopyType, ImportBatch
from circulation.policy.undoing import TIME_TO_REPENT
from circulation.services.copies_together import (
    MOST_AT_ONCE,
    Planned,
    change_copies,
    plan,
    refuse_if_too_many,
    version_of,
)
from circulation.services.undo import undo

SHOWN = 200
SEARCHED = 100
MOST_LISTED = 20
LONGEST_KEY = 18


@needs(MANAGE_BOOKS)
def change(request: HttpRequest) -> HttpResponse:
    if "apply" in request.POST and was_sent_before(request, "change_copies"):
        return redirect("catalog:change_copies")
    chosen = ",".join(map(str, _asked_for(request))) if request.method == "GET" else ""
    form = ChangeCopiesForm(
        request.POST or None,
        currency=request.library.currency,
        initial={"copies": chosen},
        use_required_attribute=False,
    )
    if request.method != "POST":
        return _choose(request, form, chosen.split(",") if chosen else [])
    if not form.is_valid() or "again" in request.POST:
        return _choose(request, form, form.cleaned_data.get("copies", ()))
    try:
        refuse_if_too_many(len(form.chosen))
        return _go_on(request, form)
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _choose(request, form, form.chosen, status=409)


@needs(MANAGE_BOOKS)
@require_POST
def take_back(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(Action, pk=pk, verb="change_copies")
    try:
        undo(action, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.warning(request, _("Taken back: each copy says what it said."))
    return redirect("catalog:change_copies")


def _go_on(request: HttpRequest, form: ChangeCopiesForm) -> HttpResponse:
    """More copies are chosen, or the change is shown, or done."""
    if not form.is_asked:
        return _choose(request, form, form.chosen)
    values = form.cleaned_data
    if "apply" in request.POST:
        counts = change_copies(
            copies=form.chosen, values=form.changes, mark=values["mark"], reason=values["reason"],
            seen=values["seen"], by=request.user, key=values["key"],
        )  # fmt: skip
        _tell(request, counts)
        return redirect("catalog:change_copies")
    copies = _copies(form.chosen)
    planned = plan(copies, form.changes, values["mark"], today=timezone.localdate())
    changing = [each for each in planned if each.new and not each.problem]
    refused = [each for each in planned if each.problem]
    context = {
        "form": form, "chosen": ",".join(map(str, form.chosen)), "seen": version_of(planned), "total": len(planned),
        "changing": len(changing), "same": len(planned) - len(changing) - len(refused), "refused": refused[:SHOWN],
        "refused_count": len(refused), "rows": _in_words(request, changing[:SHOWN]),
        "more": max(0, len(changing) - SHOWN), "sent": _sent(form),
    }  # fmt: skip
    return render(request, "catalog/change_copies_preview.html", context)


def _choose(request: HttpRequest, form: ChangeCopiesForm, chosen: Iterable[Any], status: int = 200) -> HttpResponse:
    keys = [int(key) for key in chosen]
    if form.is_bound:
        form.data = form.data.copy()
        form.data["copies"] = ",".join(map(str, keys))
        if not form.errors:
            form.data["barcodes"] = ""  # they are among the chosen now
    context = {
        "form": form, "count": len(keys), "copies": _copies(keys[:SHOWN]), "shown": SHOWN, "most": MOST_AT_ONCE,
        "lately": _changed_lately(),
    }  # fmt: skip
    return render(request, "catalog/change_copies.html", context, status=status)


def _asked_for(request: HttpRequest) -> list[int]:
    """The copies that the address chooses: ticked ones, those of ticked books, of an import, or of a search."""
    copies = set(_keys(request.GET.getlist("copies")))
    for some in _some(_keys(request.GET.getlist("books"))):
        copies.update(Copy.objects.filter(book__in=some).values_list("pk", flat=True))
    for batch in ImportBatch.objects.filter(pk__in=_keys(request.GET.getlist("batch"))[:1]):
        copies.update(queries.copies_of(batch).values_list("pk", flat=True)[: MOST_AT_ONCE + 1])
    if words := request.GET.get("q", "")[:1_000].strip():
        copies.update(_found_by(words))
    return sorted(copies)


def _found_by(words: str) -> list[int]:
    """The copies of the books that the words find, as many as can be changed together and one more."""
    copies: list[int] = []
    page, goes_on = 1, True
    while goes_on and len(copies) <= MOST_AT_ONCE:
        found = queries.search_books(words, page=page, per_page=SEARCHED, sort="title")
        copies += Copy.objects.filter(book__in=found.pks).order_by("pk").values_list("pk", flat=True)
        page, goes_on = page + 1, found.has_next
    return copies[: MOST_AT_ONCE + 1]


def _keys(texts: Iterable[str]) -> list[int]:
    return [int(text) for text in texts if text.isdecimal() and len(text) <= LONGEST_KEY]


def _some(keys: list[int]) -> list[list[int]]:
    return [keys[start : start + 400] for start in range(0, len(keys), 400)]


def _copies(keys: list[int]) -> list[Copy]:
    related = ("book", "home_branch", "copy_type")
    return [copy for some in _some(keys) for copy in Copy.objects.filter(pk__in=some).select_related(*related)]


def _in_words(request: HttpRequest, planned: list[Planned]) -> list[tuple[Copy, list[tuple[Any, str, str]]]]:
    """Of each copy the fields that would change, as people call them: before, after."""
    names = {
        "home_branch_id": {branch.pk: str(branch) for branch in Branch.objects.all()},
        "copy_type_id": {kind.pk: str(kind) for kind in CopyType.objects.all()},
        "condition": {key: str(name) for key, name in Copy.Condition.choices},
    }

    def word(name: str, value: Any) -> str:
        if value in (None, ""):
            return "–"
        if name == "price_minor":
            return money.formatted(value, request.library.currency, request.LANGUAGE_CODE)
        return (
            date_format(value, "SHORT_DATE_FORMAT")
            if isinstance(value, date)
            else names.get(name, {}).get(value, value)
        )

    labels = {field.attname: field.verbose_name for field in Copy._meta.concrete_fields}
    return [
        (
            each.copy,
            [(labels[n], word(n, each.old[n]), word(n, each.new[n])) for n in each.new if n != "current_branch_id"],
        )
        for each in planned
    ]


def _sent(form: ChangeCopiesForm) -> list[tuple[str, str]]:
    """What was filled in, to be sent again; the copies and the version of the plan stand in fields of their own."""
    left_out = ("csrfmiddlewaretoken", "preview", "again", "copies", "barcodes", "seen")
    return [(name, value) for name, values in form.data.lists() if name not in left_out for value in values]


def _changed_lately() -> list[Action]:
    since = timezone.now() - TIME_TO_REPENT
    actions = Action.objects.filter(verb="change_copies", undone_by=None, at__gte=since).exclude(target_id=None)
    return list(actions.select_related("by").order_by("-at", "-pk")[:MOST_LISTED])


def _tell(request: HttpRequest, counts: dict[str, int]) -> None:
    done = ngettext("%(n)d copy is changed.", "%(n)d copies are changed.", counts["changed"]) % {"n": counts["changed"]}
    messages.success(request, done)
    if n := counts["refused"]:
        messages.warning(
            request, ngettext("%(n)d copy is on loan and stays.", "%(n)d copies are on loan and stay.", n) % {"n": n}
        )
