"""Uses of a copy in the library itself, which are counted and no loans."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, Member
from catalog.models import Copy


class OnSiteUse(models.Model):
    """A copy was read in the library, by a member or by nobody in particular."""

    copy = models.ForeignKey(Copy, verbose_name=_("copy"), on_delete=models.PROTECT, related_name="on_site_uses")
    member = models.ForeignKey(
        Member, verbose_name=_("member"), on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip

    class Meta:
        verbose_name = _("use in the library")
        verbose_name_plural = _("uses in the library")
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.copy_id} {self.at:%Y-%m-%d}"
