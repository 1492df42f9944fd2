"""Copies: what stands on the shelf. Whether one is on loan is not stored here; circulation knows."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch
from accounts.models.codes import CODE_PATTERN

from .books import Book


class CopyType(models.Model):
    """A kind of copy, with what it costs to replace one."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE_PATTERN])
    name = models.CharField(_("name"), max_length=80)
    replacement_price_minor = models.BigIntegerField(_("replacement price"), default=0)
    processing_fee_minor = models.BigIntegerField(_("processing fee"), default=0)
    is_lendable = models.BooleanField(_("may be lent"), default=True)

    class Meta:
        verbose_name = _("copy type")
        verbose_name_plural = _("copy types")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(replacement_price_minor__gte=0, processing_fee_minor__gte=0),
                name="copy_type_prices_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Copy(models.Model):
    """One physical copy of a book, with its own barcode."""

    class Condition(models.TextChoices):
        GOOD = "good", _("good")
        WORN = "worn", _("worn")
        POOR = "poor", _("poor")

    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.PROTECT, related_name="copies")
    barcode = models.CharField(_("barcode"), max_length=40, unique=True, validators=[CODE_PATTERN])
    home_branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="copies_owned"
    )
    current_branch = models.ForeignKey(
        Branch, verbose_name=_("now at"), on_delete=models.PROTECT, related_name="copies_here"
    )
    copy_type = models.ForeignKey(
        CopyType, verbose_name=_("copy type"), on_delete=models.PROTECT, related_name="copies"
    )
    call_number = models.CharField(_("call number"), max_length=60, blank=True)
    location = models.CharField(_("location"), max_length=80, blank=True)
    price_minor = models.BigIntegerField(_("price"), null=True, blank=True)
    condition = models.CharField(_("condition"), max_length=10, choices=Condition, default=Condition.GOOD)
    note = models.TextField(_("note"), blank=True, max_length=2_000)
    acquired_on = models.DateField(_("acquired on"), null=True, blank=True)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True, blank=True)
    lost_on = models.DateField(_("lost on"), null=True, blank=True)
    damaged_on = models.DateField(_("damaged on"), null=True, blank=True)

    class Meta:
        verbose_name = _("copy")
        verbose_name_plural = _("copies")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(barcode=""), name="copy_has_a_barcode"),
            models.CheckConstraint(
                condition=Q(price_minor__isnull=True) | Q(price_minor__gte=0), name="copy_price_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return self.barcode

    def get_absolute_url(self) -> str:
        return self.book.get_absolute_url()
