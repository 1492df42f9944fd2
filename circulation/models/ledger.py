"""The ledger: what members owe and what settled it. Rows are only ever added."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Abs
from django.utils.translation import gettext_lazy as _

from accounts import money
from accounts.models import Branch, Member

from .loans import Loan


class LedgerEntry(models.Model):
    """One line of a member's account: above zero what is owed (debit), below zero what settles it (credit).

    The balance is the sum of all lines. Nothing of a line ever changes but ``allocated_minor``: how much of it is
    matched with lines of the other side by Allocations.
    """

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("Overdue fine")
        REPLACEMENT = "replacement", _("Replacement")
        PROCESSING = "processing", _("Processing fee")
        OTHER = "other", _("Other charge")
        PAYMENT = "payment", _("Payment")
        WAIVER = "waiver", _("Waiver")
        WRITE_OFF = "write_off", _("Write-off")
        REFUND = "refund", _("Refund")
        OVERPAYMENT = "overpayment", _("Overpayment")
        VOID = "void", _("Reversal")

    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.PROTECT, related_name="ledger")
    loan = models.ForeignKey(
        Loan, verbose_name=_("loan"), on_delete=models.PROTECT, null=True, blank=True, related_name="ledger"
    )
    amount_minor = models.BigIntegerField(_("amount"))
    currency = models.CharField(_("currency"), max_length=3)
    allocated_minor = models.BigIntegerField(_("settled"), default=0)
    at = models.DateTimeField(_("at"), db_index=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    branch = models.ForeignKey(
        Branch, verbose_name=_("desk"), on_delete=models.PROTECT, null=True, blank=True, related_name="+",
        help_text=_("Where money changed hands."),
    )  # fmt: skip
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    explanation = models.JSONField(_("explanation"), default=dict, blank=True)
    voids = models.OneToOneField(
        "self", verbose_name=_("reverses"), on_delete=models.PROTECT, null=True, blank=True, related_name="voided_by"
    )

    class Meta:
        verbose_name = _("ledger entry")
        verbose_name_plural = _("ledger entries")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_amount_not_zero"),
            models.CheckConstraint(
                condition=Q(allocated_minor__gte=0, allocated_minor__lte=Abs(F("amount_minor"))),
                name="ledger_allocated_within_amount",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["overdue", "replacement", "processing", "other"], amount_minor__gt=0)
                | Q(kind__in=["payment", "waiver", "write_off", "overpayment"], amount_minor__lt=0)
                | Q(kind__in=["refund", "void"]),
                name="ledger_sign_fits_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind="void", voids__isnull=False) | (~Q(kind="void") & Q(voids__isnull=True)),
                name="ledger_void_names_what_it_reverses",
            ),
            models.CheckConstraint(
                condition=~Q(kind="overdue") | Q(loan__isnull=False), name="ledger_fine_belongs_to_a_loan"
            ),
            models.CheckConstraint(
                condition=Q(voids__isnull=True) | ~Q(voids=F("pk")), name="ledger_void_reverses_another"
            ),
            models.CheckConstraint(condition=~Q(currency=""), name="ledger_has_a_currency"),
        ]
        indexes = [models.Index(fields=["member", "at"], name="ledger_of_member")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {money.plain(self.amount_minor, self.currency)} {self.currency}"

    @property
    def moves_money(self) -> bool:
        """Whether money was taken or given back with it, and a receipt belongs to it."""
        is_paid_in = self.kind in (self.Kind.PAYMENT, self.Kind.OVERPAYMENT)
        return is_paid_in or (self.kind == self.Kind.REFUND and self.amount_minor > 0)

    @property
    def open_minor(self) -> int:
        """What of this line is not matched yet, as a positive number of minor units."""
        return abs(self.amount_minor) - self.allocated_minor


class Allocation(models.Model):
    """So much of a credit settled so much of a debit."""

    debit = models.ForeignKey(
        LedgerEntry, verbose_name=_("charge"), on_delete=models.PROTECT, related_name="settled_by"
    )
    credit = models.ForeignKey(
        LedgerEntry, verbose_name=_("settled by"), on_delete=models.PROTECT, related_name="settles"
    )
    amount_minor = models.BigIntegerField(_("amount"))
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="allocation_above_zero"),
            models.CheckConstraint(condition=~Q(debit=F("credit")), name="allocation_joins_two_entries"),
            models.UniqueConstraint(fields=["debit", "credit"], name="allocation_once_for_two_entries"),
        ]

    def __str__(self) -> str:
        return f"{self.credit_id} → {self.debit_id}"
