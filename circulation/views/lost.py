"""What happened to a copy: lost, found, said to be returned, damaged, read here; first with what it would cost."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import money
from accounts.forms.keyed import new_key
from accounts.models import Action
from accounts.permissions import RETURN, needs
from accounts.queries import desk_branch
from accounts.services.actions import TakenBackSince
from catalog.models import Copy
from circulation.exceptions import CirculationRefused
from circulation.forms import lost as words
from circulation.forms.lost import WhatHappenedForm
from circulation.queries.copies import with_availability
from circulation.queries.loans import lost_loan_of, open_loan_of
from circulation.queries.lost import finding_of, loss_of
from circulation.queries.rules import rule_book
from circulation.services.copies import mark_damaged, use_on_site
from circulation.services.lost import claim_returned, mark_found, mark_lost
from circulation.views.shelf_words import tell_of_holds


@needs(RETURN)
def what_happened(request: HttpRequest, pk: int) -> HttpResponse:
    copy = get_object_or_404(with_availability(Copy.objects.select_related("book", "copy_type")), pk=pk)
    form = WhatHappenedForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return _page(request, copy, form)
    key = form.cleaned_data["key"] or new_key()
    try:
        _do(request, copy, form, key)
    except CirculationRefused as refused:
        for problem in refused.problems:
            messages.error(request, problem.message)
        return _page(request, copy, form, status=409)
    except TakenBackSince as refusal:
        messages.error(request, refusal.message)
    else:
        _tell(request, copy, form, key)
    return redirect(request.path)


def _do(request: HttpRequest, copy: Copy, form: WhatHappenedForm, key: str) -> None:
    how: dict[str, Any] = {"by": request.user, "key": key}
    here = {"branch": desk_branch(request.session)}
    what, reason = form.cleaned_data["what"], {"reason": form.cleaned_data["reason"]}
    if what == words.LOST:
        mark_lost(copy, **how, **reason)
    elif what == words.FOUND:
        mark_found(copy, **how, **here, **reason)
    elif what == words.CLAIMED:
        claim_returned(copy, **how, **reason)
    elif what == words.DAMAGED:
        mark_damaged(copy, **how, **reason)
    else:
        use_on_site(copy, **how, **here)


def _tell(request: HttpRequest, copy: Copy, form: WhatHappenedForm, key: str) -> None:
    action = Action.objects.filter(key=key).first()
    after = action.after if action else {}
    amounts = {
        name: money.formatted(after.get(f"{name}_minor", 0), request.library.currency, request.LANGUAGE_CODE)
        for name in ("charged", "credited")
    }
    texts = {
        words.LOST: _("“%(title)s” is marked lost. Charged: %(charged)s."),
        words.FOUND: _("“%(title)s” is found. Given back: %(credited)s. Charged: %(charged)s."),
        words.CLAIMED: _("“%(title)s”: the member says it was returned. It costs nothing more from today on."),
        words.DAMAGED: _("“%(title)s” is marked damaged."),
        words.ON_SITE: _("“%(title)s”: a use in the library is counted."),
    }
    messages.success(request, texts[form.cleaned_data["what"]] % {"title": copy.book.title, **amounts})
    tell_of_holds(request, copy, after)


def _page(request: HttpRequest, copy: Copy, form: WhatHappenedForm, status: int = 200) -> HttpResponse:
    now = timezone.now()
    fields = {
        f"{word}_form": WhatHappenedForm(auto_id=f"{word}_%s") for word in (words.LOST, words.CLAIMED, words.DAMAGED)
    }
    context = {"copy": copy, "form": form, "now": now, **fields, **_what_it_costs(request, copy, now)}
    return render(request, "circulation/what_happened.html", context, status=status)


def _what_it_costs(request: HttpRequest, copy: Copy, now: datetime) -> dict[str, Any]:
    book, loan = rule_book(request.library), open_loan_of(copy)
    if loan:
        loan.copy = copy
        return {"loan": loan, "loss": loss_of(loan, book, now)}
    lost_from = lost_loan_of(copy) if copy.lost_on else None
    return {"lost_from": lost_from, "finding": finding_of(lost_from, copy, book, now) if lost_from else None}
