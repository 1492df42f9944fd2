"""Other programs that are told of what happens here: where, of what, and whether they still listen."""

import secrets

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.networks import problem_of_address


def is_webhook_address(value: str) -> None:
    if problem := problem_of_address(value, settings.WEBHOOK_NETWORKS):
        raise ValidationError(problem)


def new_secret() -> str:
    """What an address knows its messages by."""
    return f"whsec_{secrets.token_urlsafe(32)}"


class Webhook(models.Model):
    """An address that gets a message for each of its ``events``. Not active: nothing is queued, nothing is sent.

    ``failures`` counts attempts in a row that failed; before ``paused_until`` there is no other. One that was switched
    off by too many has ``disabled_at`` and the reason.
    """

    class Event(models.TextChoices):
        LOAN = "loan", _("Loan: issued, renewed, lost, or taken back")
        RETURN = "return", _("Return")
        HOLD_READY = "hold_ready", _("A copy stands ready for a hold")
        FINE = "fine", _("Fine or charge, or its reversal")
        MEMBER = "member", _("Member: added, changed or removed")

    name = models.CharField(_("name"), max_length=120)
    url = models.CharField(_("address"), max_length=500, validators=[is_webhook_address])
    secret = models.CharField(_("secret"), max_length=80, default=new_secret, editable=False)
    events = models.JSONField(_("told of"), default=list)
    is_active = models.BooleanField(_("active"), default=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0, editable=False)
    paused_until = models.DateTimeField(_("not before"), null=True, blank=True, editable=False)
    disabled_at = models.DateTimeField(_("switched off"), null=True, blank=True, editable=False)
    disabled_reason = models.TextField(_("why it was switched off"), blank=True, editable=False)

    class Meta:
        verbose_name = _("webhook")
        verbose_name_plural = _("webhooks")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(disabled_at=None), name="webhook_active_or_disabled"
            )
        ]

    def __str__(self) -> str:
        return self.name
