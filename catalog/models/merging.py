"""What was merged into what, and what only looks alike."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class RecordKind(models.TextChoices):
    """What may be there twice."""

    BOOK = "book", _("book")
    AUTHOR = "author", _("author")
    SUBJECT = "subject", pgettext_lazy("of a book", "subject")


class MergedRecord(models.Model):
    """The record ``old`` became part of ``kept``: its address leads there, and whoever brings it in again means that.

    ``match_key`` and ``source_key``: what an author or subject was found by. ``cover``: the file of a picture that
    shows nowhere any more, kept as long as the merge can be taken back.
    """

    kind = models.CharField(_("kind"), max_length=8, choices=RecordKind)
    old = models.BigIntegerField(_("number it had"))
    kept = models.BigIntegerField(_("number of the one that stayed"))
    name = models.CharField(_("name"), max_length=500)
    match_key = models.CharField(max_length=300, blank=True, editable=False)
    source_key = models.CharField(max_length=60, blank=True, editable=False)
    cover = models.CharField(max_length=100, blank=True, editable=False)
    merged_at = models.DateTimeField(_("merged"))

    class Meta:
        verbose_name = _("merged record")
        verbose_name_plural = _("merged records")
        constraints = [
            models.UniqueConstraint(fields=["kind", "old"], name="merged_once"),
            models.CheckConstraint(condition=~Q(old=F("kept")), name="merged_into_another"),
        ]
        indexes = [
            models.Index(fields=["match_key", "kind"], condition=~Q(match_key=""), name="merged_by_name"),
            models.Index(fields=["source_key"], condition=~Q(source_key=""), name="merged_by_source_key"),
            models.Index(fields=["merged_at"], condition=~Q(cover=""), name="merged_with_a_cover"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.old} → {self.kept}"


class NotTheSame(models.Model):
    """A person said that ``one`` and ``other`` (the higher key), which look alike, are two."""

    kind = models.CharField(_("kind"), max_length=8, choices=RecordKind)
    one = models.BigIntegerField()
    other = models.BigIntegerField()

    class Meta:
        verbose_name = _("not the same")
        verbose_name_plural = _("not the same")
        constraints = [
            models.UniqueConstraint(fields=["kind", "one", "other"], name="not_the_same_once"),
            models.CheckConstraint(condition=Q(one__lt=F("other")), name="not_the_same_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.one} ≠ {self.other}"
