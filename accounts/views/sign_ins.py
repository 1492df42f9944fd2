"""Where a person is signed in: to see it, and to end it from elsewhere."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from accounts.models import OpenSignIn
from accounts.queries.sign_ins import open_sign_ins
from accounts.services import sign_ins as services


def sign_ins(request: HttpRequest) -> HttpResponse:
    found = open_sign_ins(request.user, request.session.session_key)
    return render(request, "accounts/sign_ins.html", {"sign_ins": found})


@require_POST
def end_sign_in(request: HttpRequest, pk: int) -> HttpResponse:
    sign_in = get_object_or_404(OpenSignIn.objects.filter(user=request.user), pk=pk)
    is_this = sign_in.session_key == request.session.session_key
    services.end_sign_in(sign_in, by=request.user)
    if is_this:
        logout(request)
        return redirect("library_site:home")
    messages.success(request, _("Signed out there."))
    return redirect("accounts:sign_ins")


@require_POST
def end_other_sign_ins(request: HttpRequest) -> HttpResponse:
    ended = services.sign_out_everywhere(request.user, but=request.session.session_key, by=request.user)
    text = ngettext("Signed out in %(n)d other place.", "Signed out in %(n)d other places.", ended)
    messages.success(request, text % {"n": ended})
    return redirect("accounts:sign_ins")
