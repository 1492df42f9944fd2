"""Backups: the last one that was proven, one now, one to take away."""

from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import queries
from accounts.exceptions import Refused
from accounts.models import Backup
from accounts.paging import page_of
from accounts.permissions import MANAGE_SETTINGS, needs
from accounts.services.backups import OPEN, ask_for_backup, note_download
from accounts.services.work import worker_is_running
from library_site.keeping.keeping import file_of


@needs(MANAGE_SETTINGS)
@require_safe
def backups(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    context = {
        "page": page_of(request, Backup.objects.select_related("by")),
        "last": queries.last_proven_backup(),
        "is_old": queries.backup_is_old(request.library, now),
        "waiting": Backup.objects.filter(state__in=OPEN).first(),
        "has_key": bool(settings.BACKUP_KEY), "folder": settings.BACKUP_ROOT, "worker": worker_is_running(now),
    }  # fmt: skip
    return render(request, "library_site/backups.html", context)


@needs(MANAGE_SETTINGS)
@require_POST
def make(request: HttpRequest) -> HttpResponse:
    try:
        ask_for_backup(by=request.user, key=request.POST.get("key"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("The backup is being made. It counts once it was restored and found sound."))
    return redirect("library_site:backups")


@needs(MANAGE_SETTINGS)
@require_safe
@never_cache
def download(request: HttpRequest, pk: int) -> HttpResponse:
    """Everybody's data in one file: only to whoever has just said who they are, and written down."""
    backup = get_object_or_404(Backup, pk=pk, made_at__isnull=False)
    try:
        file = file_of(backup).open("rb")
    except OSError as error:
        raise Http404 from error
    note_download(backup, by=request.user)
    return FileResponse(file, as_attachment=True, filename=backup.file, content_type="application/octet-stream")
