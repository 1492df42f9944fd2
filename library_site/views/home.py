"""The start page, and where to go after signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.permissions import USE_DESK
from accounts.queries import default_branch, waits_for_set_up
from catalog import queries
from catalog.forms.search import SearchForm
from circulation.queries.opening import this_week

SHELF = 12


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    if waits_for_set_up(request.library):
        return redirect("accounts:set_up")
    context = {
        "form": SearchForm(), "arrivals": queries.new_arrivals(SHELF),
        "week": this_week(default_branch(), timezone.localdate(), request.library),
    }  # fmt: skip
    return render(request, "catalog/home.html", context)


def after_sign_in(request: HttpRequest) -> HttpResponse:
    return redirect("circulation:desk" if request.user.has_perm(USE_DESK) else "circulation:my_loans")
