"""Holds: who waits for which book, in which order, and which copy stands ready for whom."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, Member
from catalog.models import Book, Copy

from .loans import Loan


class HoldQuerySet(models.QuerySet):
    def waiting(self) -> "HoldQuerySet":
        return self.filter(status=Hold.Status.WAITING)

    def ready(self) -> "HoldQuerySet":
        return self.filter(status=Hold.Status.READY)

    def active(self) -> "HoldQuerySet":
        return self.filter(status__in=Hold.ACTIVE)


class Hold(models.Model):
    """A member waits for a book (any copy) or for one ``copy`` of it.

    Waiting holds of one book are one queue, ordered by ``rank`` and then by age; what people see as the position is
    counted, never stored. Suspended is not a status: a waiting hold is passed over as long as ``is_suspended`` and
    ``suspended_until`` (the day it resumes; empty: until resumed by hand) say so. Ready: ``trapped_copy`` stands on
    the hold shelf until the end of ``pickup_by``.
    """

    class Status(models.TextChoices):
        WAITING = "waiting", _("waiting")
        READY = "ready", _("ready for pickup")
        FILLED = "filled", _("filled")
        EXPIRED = "expired", _("expired")
        CANCELLED = "cancelled", _("cancelled")

    ACTIVE = (Status.WAITING, Status.READY)

    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.PROTECT, related_name="holds")
    book = models.ForeignKey(Book, verbose_name=_("book"), on_delete=models.PROTECT, related_name="holds")
    copy = models.ForeignKey(
        Copy,
        verbose_name=_("this copy only"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="copy_holds",
        help_text=_("Empty: any copy of the book."),
    )
    branch = models.ForeignKey(Branch, verbose_name=_("pickup at"), on_delete=models.PROTECT, related_name="+")
    placed_at = models.DateTimeField(_("placed"))
    rank = models.BigIntegerField(_("order in the queue"), default=0)
    starts_on = models.DateField(_("not before"), null=True, blank=True)
    not_after = models.DateField(_("not after"), null=True, blank=True)
    is_suspended = models.BooleanField(_("suspended"), default=False)
    suspended_until = models.DateField(_("suspended until"), null=True, blank=True)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.WAITING)
    trapped_copy = models.ForeignKey(
        Copy, verbose_name=_("copy on the hold shelf"), on_delete=models.PROTECT, null=True, blank=True,
        related_name="trapped_holds",
    )  # fmt: skip
    ready_at = models.DateTimeField(_("ready since"), null=True, blank=True)
    pickup_by = models.DateField(_("pick up by"), null=True, blank=True)
    loan = models.OneToOneField(
        Loan, verbose_name=_("filled by"), on_delete=models.PROTECT, null=True, blank=True, related_name="filled_hold"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)

    objects = HoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        ordering = ["rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["member", "book"],
                condition=Q(status__in=["waiting", "ready"]),
                name="one_active_hold_per_member_and_book",
            ),
            models.UniqueConstraint(
                fields=["trapped_copy"], condition=Q(status="ready"), name="one_ready_hold_per_copy"
            ),
            models.CheckConstraint(
                condition=Q(status="ready", trapped_copy__isnull=False, ready_at__isnull=False, pickup_by__isnull=False)
                | ~Q(status="ready"),
                name="hold_ready_has_a_copy",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["waiting", "ready"], closed_at__isnull=True)
                | (~Q(status__in=["waiting", "ready"]) & Q(closed_at__isnull=False)),
                name="hold_open_or_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(loan__isnull=True) | Q(status="filled"), name="hold_with_a_loan_is_filled"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(not_after__isnull=True) | Q(not_after__gte=F("starts_on")),
                name="hold_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(fields=["book", "rank"], condition=Q(status="waiting"), name="hold_queue"),
            models.Index(fields=["pickup_by"], condition=Q(status="ready"), name="hold_ready_by_deadline"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id} ← {self.book_id}"
