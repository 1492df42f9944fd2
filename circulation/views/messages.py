"""The outbox at the desk: what was written to members and what became of it; letters to print."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.models import Message
from accounts.paging import page_of
from accounts.permissions import MANAGE_MEMBERS, USE_DESK, needs
from accounts.services.work import worker_is_running
from circulation.queries.outbox import counts_by_status, letters_as_they_are, letters_due, messages_that_are
from circulation.services import messages as services

LETTERS_AT_ONCE = 100


@needs(USE_DESK)
def outbox(request: HttpRequest) -> HttpResponse:
    show = request.GET.get("show", "due")
    show = show if show in Message.Status.values else "due"
    counts = counts_by_status()
    context = {
        "show": show, "lists": dict(Message.Status.choices), "counts": counts, "worker": worker_is_running(),
        "page": page_of(request, messages_that_are(show), count=counts[show]), "letters": letters_due().count(),
    }  # fmt: skip
    return render(request, "circulation/outbox.html", context)


@needs(USE_DESK)
def message(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Message.objects.to_members().select_related("member"), pk=pk)
    return render(request, "circulation/message.html", {"message": found})


@needs(MANAGE_MEMBERS)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.resend, _("The message goes out again, with what still holds."))


@needs(MANAGE_MEMBERS)
@require_POST
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    return _act(request, pk, services.cancel_message, _("The message is cancelled."))


def _act(request: HttpRequest, pk: int, service: Callable[..., Any], done: str) -> HttpResponse:
    found = get_object_or_404(Message.objects.to_members(), pk=pk)
    form = KeyedForm(request.POST)
    form.is_valid()
    try:
        service(found, by=request.user, key=form.cleaned_data["key"])
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, done)
    return redirect("circulation:message", pk=pk)


@needs(USE_DESK)
def letters(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _printed(request)
    waiting = letters_due()
    shown = letters_as_they_are(list(waiting[:LETTERS_AT_ONCE]), request.library, timezone.now())
    context = {"letters": shown, "form": KeyedForm(), "are_more": waiting[LETTERS_AT_ONCE:].exists()}
    return render(request, "circulation/letters.html", context)


def _printed(request: HttpRequest) -> HttpResponse:
    keys = [int(key) for key in request.POST.getlist("letter") if key.isascii() and key.isdigit() and len(key) < 19]
    form = KeyedForm(request.POST)
    form.is_valid()
    chosen = list(Message.objects.filter(pk__in=keys[:LETTERS_AT_ONCE]).order_by("pk"))
    count = services.mark_printed(chosen, by=request.user, key=form.cleaned_data["key"])
    text = ngettext("%(count)d letter is noted as printed.", "%(count)d letters are noted as printed.", count)
    messages.success(request, text % {"count": count})
    return redirect("circulation:letters")
