"""The library's settings, and the one page that sets it up."""

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts import queries
from accounts.exceptions import Refused
from accounts.forms.library import SettingsForm, SetUpForm
from accounts.permissions import MANAGE_SETTINGS, needs
from accounts.services.library import change_settings, set_up_library
from catalog.services.copies import name_first_copy_type
from circulation.services.rules import change_currency


@needs(MANAGE_SETTINGS)
def settings(request: HttpRequest) -> HttpResponse:
    form = SettingsForm(request.POST or None, instance=queries.library())
    if request.method == "POST" and form.is_valid():
        values, key = form.changed_values, form.cleaned_data["key"]
        currency = values.pop("currency", request.library.currency)
        try:
            with transaction.atomic():
                change_settings(by=request.user, key=key, **values)
                if currency != request.library.currency:
                    change_currency(currency=currency, by=request.user, key=form.key_for("currency"))
        except Refused as refusal:
            form.add_error("currency", refusal.message)
        else:
            messages.success(request, _("The settings are saved and hold from now on."))
            return redirect("accounts:settings")
    return render(request, "accounts/settings.html", {"form": form})


@login_not_required
@never_cache
def set_up(request: HttpRequest) -> HttpResponse:
    if not queries.waits_for_set_up(request.library):
        raise Http404
    form = SetUpForm(request.POST or None)
    if request.method == "POST":
        if refused := ratelimit.consume_or_429(request, action="set_up"):
            return refused
        if form.is_valid() and _set_up(request, form):
            return redirect("account_login")
    return render(request, "accounts/set_up.html", {"form": form})


def _set_up(request: HttpRequest, form: SetUpForm) -> bool:
    values = form.cleaned_data
    try:
        with transaction.atomic():
            user = set_up_library(
                code=values["code"], name=values["name"], time_zone=values["time_zone"], admin=form.admin, by=None
            )
            name_first_copy_type()
            change_currency(currency=values["currency"], by=user)
    except Refused as refusal:
        form.add_error("email" if refusal.code == "sign_in_taken" else "code", refusal.message)
        return False
    messages.success(request, _("The library is set up. Sign in with your e-mail and password."))
    return True
