"""The desk's start page, and taking back what was just done."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.exceptions import Refused
from accounts.models import Action, Branch
from accounts.permissions import MANAGE_SETTINGS, USE_DESK, needs
from accounts.queries import backup_is_old, desk_branch
from accounts.services.work import worker_is_running
from circulation.forms.desk import IssueForm
from circulation.queries.desk import last_done, today_in_numbers
from circulation.services.undo import undo


@needs(USE_DESK)
def desk(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    branches = list(Branch.objects.all())
    context = {
        "form": IssueForm(), "today": today_in_numbers(now, midnight), "done": last_done(request.user, now),
        "branches": branches, "branch": desk_branch(request.session, branches), "worker": worker_is_running(),
        "backup_is_old": request.user.has_perm(MANAGE_SETTINGS) and backup_is_old(request.library, now),
    }  # fmt: skip
    return render(request, "circulation/desk.html", context)


@needs(USE_DESK)
@require_POST
def undo_action(request: HttpRequest, pk: int) -> HttpResponse:
    action = get_object_or_404(Action, pk=pk, by=request.user)
    try:
        undo(action, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.warning(request, _("Taken back."))
    back = request.POST.get("next", "")
    return redirect(back if url_has_allowed_host_and_scheme(back, None) else "circulation:desk")
