"""Cover pictures: fetched once or uploaded, checked, stored by us."""

from pathlib import PurePosixPath

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import Work

from .books import Book

SMALL_SIZE = (240, 360)  # of the picture for lists


class Cover(Work):
    """The picture of a book's cover, or the wish for one: the worker fetches what is queued."""

    book = models.OneToOneField(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="cover")
    source_id = models.PositiveBigIntegerField(_("number at Open Library"), null=True, blank=True)
    file = models.FileField(_("file"), upload_to="covers/", blank=True)
    width = models.PositiveIntegerField(_("width"), default=0)
    height = models.PositiveIntegerField(_("height"), default=0)

    class Meta:
        verbose_name = _("cover")
        verbose_name_plural = _("covers")

    def __str__(self) -> str:
        return str(self.book)

    @property
    def version(self) -> str:
        """The random name of the file, so that another picture has another address."""
        return PurePosixPath(self.file.name or "").stem

    @property
    def small_size(self) -> tuple[int, int]:
        """Width and height within SMALL_SIZE."""
        scale = min(1, SMALL_SIZE[0] / max(1, self.width), SMALL_SIZE[1] / max(1, self.height))
        return max(1, round(self.width * scale)), max(1, round(self.height * scale))
