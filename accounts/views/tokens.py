"""Tokens with which programs act for a person: listed, made, revoked by that person."""

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.forms.keyed import KeyedForm
from accounts.forms.tokens import TokenForm
from accounts.services.tokens import make_token, new_token_text, opens_with, revoke_token, usable_tokens


@never_cache
@reauthentication_required(allow_get=True)
def tokens(request: HttpRequest) -> HttpResponse:
    form = TokenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        text, values = new_token_text(), form.cleaned_data
        try:
            token = make_token(
                request.user, text=text, name=values["name"], scopes=values["scopes"], valid_for=form.valid_for,
                by=request.user, key=values["key"],
            )  # fmt: skip
        except Refused as refusal:
            form.add_error(None, refusal.message)
        else:
            shown = text if opens_with(token, text) else ""  # of a form sent twice the first token holds
            return render(request, "accounts/token.html", {"token": token, "text": shown}, status=200 if shown else 409)
    found = usable_tokens().filter(user=request.user)
    return render(request, "accounts/tokens.html", {"form": form, "tokens": found})


@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(request.user.api_tokens, pk=pk)
    form = KeyedForm(request.POST)
    form.full_clean()
    revoke_token(token, by=request.user, key=form.cleaned_data["key"])
    messages.success(request, _("The token “%(name)s” is worthless now.") % {"name": token.name})
    return redirect("accounts:tokens")
