"""What librarians said the columns of tables are, so that the next table of the same kind needs no asking."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class ColumnMapping(models.Model):
    """The fields of a table's columns in their order, by the digest of what the columns are called."""

    what = models.CharField(_("kind"), max_length=6)
    digest = models.CharField(max_length=64, editable=False)
    fields = models.JSONField(_("fields"), default=list)
    used_at = models.DateTimeField(_("last used"))

    class Meta:
        verbose_name = _("mapping of columns")
        verbose_name_plural = _("mappings of columns")
        constraints = [
            models.UniqueConstraint(fields=["what", "digest"], name="column_mapping_once"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.digest[:8]}"
