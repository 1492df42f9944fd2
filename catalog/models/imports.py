"""Bringing books in: one staging area for every source."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Work

from .books import Book
from .copies import Copy


class ImportBatch(Work):
    """Many records brought in together."""

    class Source(models.TextChoices):
        OPEN_LIBRARY = "openlibrary", _("Open Library")

    source = models.CharField(_("source"), max_length=20, choices=Source, default=Source.OPEN_LIBRARY)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.pk}"


class ImportRow(models.Model):
    """One record of a batch: what came, what it was taken for, what became of it."""

    class Outcome(models.TextChoices):
        WAITING = "waiting", _("waiting")
        ADDED = "added", _("added")
        COPY_ADDED = "copy_added", _("copy added")
        KNOWN = "known", _("here already")
        NOT_FOUND = "not_found", _("not found")
        FAILED = "failed", _("failed")

    class Decision(models.TextChoices):
        AUTO = "", _("by the rules")
        NEW = "new", _("a new book")
        COPY = "copy", _("a further copy")
        SKIP = "skip", _("nothing")

    batch = models.ForeignKey(ImportBatch, verbose_name=_("import"), on_delete=models.CASCADE, related_name="rows")
    n = models.PositiveIntegerField(_("line"))
    raw = models.TextField(_("as given"))
    draft = models.JSONField(_("as understood"), default=dict, blank=True)
    matched_book = models.ForeignKey(
        Book, verbose_name=_("matches"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decision = models.CharField(_("decision"), max_length=10, choices=Decision, default=Decision.AUTO, blank=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, default=Outcome.WAITING)
    reason = models.TextField(_("reason"), blank=True)
    created_book = models.ForeignKey(
        Book, verbose_name=_("new book"), on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_copies = models.ManyToManyField(Copy, verbose_name=_("new copies"), related_name="+", blank=True)

    class Meta:
        verbose_name = _("line of an import")
        verbose_name_plural = _("lines of an import")
        ordering = ["batch", "n"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "n"], name="import_row_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch} / {self.n}"
