"""What readers borrow, as the daily run of circulation counts it: never who."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models.library import LEAST_READERS

from .books import Book


class AlsoBorrowed(models.Model):
    """So many different readers of ``book`` borrowed ``other`` too: enough of them that nobody can be recognised."""

    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="also_borrowed")
    other = models.ForeignKey(Book, verbose_name=_("also borrowed"), on_delete=models.CASCADE, related_name="+")
    readers = models.PositiveIntegerField(_("readers"))

    class Meta:
        verbose_name = _("borrowed by the same readers")
        verbose_name_plural = _("borrowed by the same readers")
        constraints = [
            models.UniqueConstraint(fields=["book", "other"], name="also_borrowed_once"),
            models.CheckConstraint(condition=~Q(book=F("other")), name="also_borrowed_is_another"),
            models.CheckConstraint(condition=Q(readers__gte=LEAST_READERS), name="also_borrowed_by_enough"),
        ]

    def __str__(self) -> str:
        return f"{self.book_id} → {self.other_id}"


class MostBorrowed(models.Model):
    """The place of a book among those that were lent most often lately."""

    book = models.OneToOneField(Book, verbose_name=_("book"), on_delete=models.CASCADE, related_name="most_borrowed")
    place = models.PositiveIntegerField(_("place"), db_index=True)

    class Meta:
        verbose_name = _("most borrowed book")
        verbose_name_plural = _("most borrowed books")
        ordering = ["place", "pk"]

    def __str__(self) -> str:
        return f"{self.place}: {self.book_id}"
