"""Choosing which branch this desk stands in, for the session; which branch a page shows."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.models import Branch
from accounts.permissions import USE_DESK, needs
from accounts.queries import DESK_BRANCH, desk_branch


@needs(USE_DESK)
@require_POST
def choose_branch(request: HttpRequest, pk: int) -> HttpResponse:
    request.session[DESK_BRANCH] = get_object_or_404(Branch, pk=pk).pk
    return redirect("circulation:desk")


def shown_branch(request: HttpRequest, branches: Sequence[Branch]) -> Branch:
    """The branch that ``?branch=`` asks for; the desk's own where it asks for none there is."""
    by_key = {str(branch.pk): branch for branch in branches}
    return by_key.get(request.GET.get("branch", "")) or desk_branch(request.session, branches)
