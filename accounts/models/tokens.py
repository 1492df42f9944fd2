"""Tokens, with which programs act for a person, and the answers they may ask for again."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class ApiToken(models.Model):
    """What a program shows instead of a password. Only a hash of its secret is kept: nobody can read it here."""

    class Scope(models.TextChoices):
        READ = "read", _("look things up")
        CIRCULATE = "circulate", _("issue, return, renew, hold, take money")
        MANAGE = "manage", _("change books, members and settings")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sign-in"), on_delete=models.CASCADE, related_name="api_tokens"
    )
    name = models.CharField(_("name"), max_length=80)
    scopes = models.JSONField(_("may"), default=list)
    prefix = models.CharField(_("begins with"), max_length=12)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    created_at = models.DateTimeField(_("made"))
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at", "-pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def uses(self) -> list[str]:
        """What it is for, in words."""
        return [str(scope.label) for scope in self.Scope if scope.value in self.scopes]


class ApiAnswer(models.Model):
    """What a request with an ``Idempotency-Key`` was answered, for whoever asks again. No ``status``: it still runs."""

    key = models.CharField(max_length=100, primary_key=True)
    fingerprint = models.CharField(max_length=64)
    begun_at = models.DateTimeField(db_index=True)
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)

    class Meta:
        verbose_name = _("answer given to a program")
        verbose_name_plural = _("answers given to programs")

    def __str__(self) -> str:
        return self.key
