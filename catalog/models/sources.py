"""What other catalogues said about our books, as they said it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from .books import Book


class SourceRecord(models.Model):
    """A record received from a source. One key belongs to one book, whatever two desks do at once."""

    class Source(models.TextChoices):
        OPEN_LIBRARY = "openlibrary", _("Open Library")
        MARC = "marc", _("MARC")

    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="source_records")
    source = models.CharField(_("source"), max_length=20, choices=Source)
    key = models.CharField(_("key"), max_length=60)
    work_key = models.CharField(_("key of the work"), max_length=60, blank=True, db_index=True)
    payload = models.JSONField(_("as received"), default=dict)
    revision = models.PositiveIntegerField(_("revision"), null=True, blank=True)
    fetched_at = models.DateTimeField(_("fetched"))

    class Meta:
        verbose_name = _("source record")
        verbose_name_plural = _("source records")
        constraints = [
            models.UniqueConstraint(fields=["source", "key"], name="source_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_source_display()} {self.key}"
