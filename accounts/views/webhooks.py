"""Webhooks, for Admins: made, changed, tried, switched on again; what became of the last events."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.forms.webhooks import WebhookForm
from accounts.models import Message, Webhook
from accounts.permissions import MANAGE_SETTINGS, needs
from accounts.queries.webhooks import last_events, webhooks_with_waiting
from accounts.services import webhooks as services
from accounts.services.deliveries import send_at_once
from accounts.services.work import worker_is_running


@needs(MANAGE_SETTINGS)
def webhooks(request: HttpRequest) -> HttpResponse:
    context = {
        "webhooks": webhooks_with_waiting(),
        "events": dict(Webhook.Event.choices),
        "worker": worker_is_running(),
    }
    return render(request, "accounts/webhooks.html", context)


@needs(MANAGE_SETTINGS)
def add_webhook(request: HttpRequest) -> HttpResponse:
    form = WebhookForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        webhook = services.add_webhook(by=request.user, key=form.cleaned_data["key"], **form.values)
        messages.success(request, _("It is told from now on. Copy its secret to the other side, and try it."))
        return redirect("accounts:webhook", webhook.pk)
    return render(request, "accounts/add_webhook.html", {"form": form})


@needs(MANAGE_SETTINGS)
@never_cache
def webhook(request: HttpRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Webhook, pk=pk)
    form = WebhookForm(request.POST or None, instance=found)
    if request.method == "POST" and form.is_valid():
        services.change_webhook(Webhook(pk=pk), by=request.user, key=form.cleaned_data["key"], **form.changed_values)
        messages.success(request, _("Saved."))
        return redirect("accounts:webhook", pk)
    context = {"form": form, "webhook": Webhook.objects.get(pk=pk) if form.is_bound else found}
    return render(
        request, "accounts/webhook.html", {**context, "last": last_events(found), "worker": worker_is_running()}
    )


@needs(MANAGE_SETTINGS)
@require_POST
def test_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    message = services.queue_test(get_object_or_404(Webhook, pk=pk), by=request.user, key=_key(request))
    message = send_at_once(message)
    if message.status == "sent":
        messages.success(request, _("The test arrived."))
    elif message.status == "failed":
        messages.error(request, _("The test failed: %(problem)s") % {"problem": message.problem})
    return redirect("accounts:webhook", pk)


@needs(MANAGE_SETTINGS)
@require_POST
def enable_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("It is active again. What waited for it goes out now.")
    return _act(request, pk, services.change_webhook, text, is_active=True)


@needs(MANAGE_SETTINGS)
@require_POST
def replace_secret(request: HttpRequest, pk: int) -> HttpResponse:
    text = _("It has a new secret. Copy it to the other side: the old one holds no more.")
    return _act(request, pk, services.replace_secret, text)


@needs(MANAGE_SETTINGS)
@require_POST
def remove_webhook(request: HttpRequest, pk: int) -> HttpResponse:
    webhook = get_object_or_404(Webhook, pk=pk)
    services.remove_webhook(webhook, by=request.user, key=_key(request))
    messages.success(request, _("%(name)s is told nothing any more.") % {"name": webhook.name})
    return redirect("accounts:webhooks")


@needs(MANAGE_SETTINGS)
@require_POST
def resend_event(request: HttpRequest, pk: int) -> HttpResponse:
    message = get_object_or_404(Message.objects.to_programs(), pk=pk)
    try:
        services.resend_event(message, by=request.user, key=_key(request))
    except Refused as refused:
        messages.error(request, refused.message)
    else:
        messages.success(request, _("It is sent once more."))
    return redirect("accounts:webhook", message.webhook_id)


def _act(request: HttpRequest, pk: int, service: Callable[..., Any], done: str, **values: Any) -> HttpResponse:
    service(get_object_or_404(Webhook, pk=pk), by=request.user, key=_key(request), **values)
    messages.success(request, done)
    return redirect("accounts:webhook", pk)


def _key(request: HttpRequest) -> str | None:
    form = KeyedForm(request.POST)
    form.full_clean()
    return form.cleaned_data["key"]
