"""The local copy of Open Library, or of a part of it, as its dumps say: records by key, editions by ISBN."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Work


class OfflineLoad(Work):
    """One reading of dumps into the local copy. It is begun again where ``steps`` and ``cursor`` say.

    ``identity``: a word for these very files and what was wanted of them. ``selection``: what was wanted, in short;
    the same every month. ``as_of``: the day the dumps are of. ``steps``: the counts of each reading of one file.
    ``done`` of ``total``: megabytes of the files; ``cursor``: bytes (unpacked) of the file in hand.
    """

    identity = models.CharField(max_length=64, db_index=True, editable=False)
    selection = models.CharField(_("selection"), max_length=200)
    as_of = models.DateField(_("as of"), null=True, blank=True)
    steps = models.JSONField(_("steps"), default=dict, blank=True)

    class Meta:
        verbose_name = _("loading of the local copy")
        verbose_name_plural = _("loadings of the local copy")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.selection} {self.as_of or ''}".strip()


class OfflineRecord(models.Model):
    """An edition, a work or an author (key OL1M, OL1W, OL1A) as the dump's line has it.

    ``load_number`` names the OfflineLoad that wrote it. It is no foreign key: to look up tens of millions of them would
    be most of the work.
    """

    key = models.CharField(_("key"), max_length=15, primary_key=True)
    revision = models.PositiveIntegerField(_("revision"))
    load_number = models.BigIntegerField()
    data = models.TextField(_("as received"))

    class Meta:
        verbose_name = _("record of the local copy")
        verbose_name_plural = _("records of the local copy")

    def __str__(self) -> str:
        return self.key


class OfflineIsbn(models.Model):
    """An ISBN (``Isbn.value``) and the key of an edition that bears it."""

    pk = models.CompositePrimaryKey("isbn", "edition_key")
    isbn = models.CharField(_("ISBN"), max_length=13)
    edition_key = models.CharField(_("key of the edition"), max_length=15)

    class Meta:
        verbose_name = _("ISBN of the local copy")
        verbose_name_plural = _("ISBNs of the local copy")

    def __str__(self) -> str:
        return f"{self.isbn} {self.edition_key}"
