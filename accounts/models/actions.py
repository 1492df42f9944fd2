"""The record of everything done: audit, undo, the desk's last ten, and protection against sending a form twice."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Action(models.Model):
    """One thing that was done, by whom, to what. Written by services inside their transaction, never changed after."""

    key = models.CharField(_("key"), max_length=100, unique=True)
    verb = models.CharField(_("action"), max_length=40)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="actions",
    )
    at = models.DateTimeField(_("at"), db_index=True)
    target_type = models.CharField(_("kind of thing"), max_length=60, blank=True)
    target_id = models.BigIntegerField(_("number of the thing"), null=True, blank=True)
    before = models.JSONField(_("before"), default=dict, blank=True)
    after = models.JSONField(_("after"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    overrides = models.JSONField(_("set aside"), default=list, blank=True)
    result = models.JSONField(_("result"), default=dict, blank=True)
    fingerprint = models.CharField(max_length=64, blank=True, editable=False)
    is_left_out = False  # not stored: ``services.actions.leave_out``
    undone_by = models.OneToOneField(
        "self", verbose_name=_("undone by"), on_delete=models.SET_NULL, null=True, blank=True, related_name="undoes"
    )

    class Meta:
        verbose_name = _("action")
        verbose_name_plural = _("actions")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["by", "-at"], name="action_by_at"),
            models.Index(fields=["target_type", "target_id"], name="action_target"),
        ]
        constraints = [
            models.CheckConstraint(condition=~models.Q(key="") & ~models.Q(verb=""), name="action_has_key_and_verb"),
            models.CheckConstraint(
                condition=models.Q(undone_by__isnull=True) | ~models.Q(undone_by=models.F("pk")),
                name="action_is_undone_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.target_type} {self.target_id or ''}".strip()
