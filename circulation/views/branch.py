"""Choosing which branch this desk stands in, for the session."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Branch
from accounts.permissions import USE_DESK, needs
from accounts.queries import DESK_BRANCH


@needs(USE_DESK)
@require_POST
def choose_branch(request: HttpRequest, pk: int) -> HttpResponse:
    request.session[DESK_BRANCH] = get_object_or_404(Branch, pk=pk).pk
    return redirect("circulation:desk")
