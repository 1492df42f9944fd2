"""Who is signed in where, and who of the staff looked at a member."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .members import Member


class OpenSignIn(models.Model):
    """A browser in which a person is signed in: so that they can see it, and end it from elsewhere.

    The session itself is Django's and knows when the person was last here. No whole address and no whole name of the
    browser is kept: enough to recognise one's own, too little to follow anybody.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sign-in"), on_delete=models.CASCADE, related_name="open_sign_ins"
    )
    session_key = models.CharField(max_length=40, unique=True, editable=False)
    device = models.CharField(_("device"), max_length=80, blank=True)
    address = models.CharField(_("address"), max_length=45, blank=True)
    since = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("open sign-in")
        verbose_name_plural = _("open sign-ins")
        ordering = ["-since", "-pk"]

    def __str__(self) -> str:
        return f"{self.user_id} {self.device}"


class Look(models.Model):
    """Somebody of the staff opened a member's page, or read it through a program, on a day: one row, however often."""

    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.CASCADE, related_name="looks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.CASCADE, related_name="+")
    on = models.DateField(_("day"))

    class Meta:
        verbose_name = _("look at a member")
        verbose_name_plural = _("looks at members")
        ordering = ["-on", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["member", "by", "on"], name="one_look_a_person_member_and_day"),
        ]
        indexes = [models.Index(fields=["on"], name="look_by_day")]

    def __str__(self) -> str:
        return f"{self.by_id} {self.member_id} {self.on}"
