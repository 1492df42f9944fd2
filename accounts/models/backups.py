"""Backups of the library: asked for by a person or due by themselves, made and proven by the worker."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .work import Work


class Backup(Work):
    """One backup. Good is one that was proven: restored into a scratch database and found sound there."""

    file = models.CharField(_("file"), max_length=200, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    rows = models.PositiveBigIntegerField(_("rows"), default=0)
    media = models.PositiveIntegerField(_("files"), default=0)
    is_automatic = models.BooleanField(_("made by itself"), default=False)
    is_encrypted = models.BooleanField(_("encrypted"), default=False)
    made_at = models.DateTimeField(_("made"), null=True, blank=True)
    proven_at = models.DateTimeField(_("proven"), null=True, blank=True, db_index=True)

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")
        ordering = ["-pk"]
        default_permissions = ()

    def __str__(self) -> str:
        return self.file or str(self.pk)
