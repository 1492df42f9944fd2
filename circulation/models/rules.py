"""Circulation rules: each row sets some parameters for some loans; what it leaves empty it inherits."""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, MemberCategory
from catalog.models import CopyType
from circulation.policy import NO_VALUE, NONE, UNLIMITED, DueDateMode, FineChargedAt, FixedDueMode, HoldsOnShelf, Unit
from circulation.policy import RenewalBlock as RenewalBlockPolicy


def number(label: Any, **options: Any) -> models.IntegerField:
    """A whole number that may be absent (inherit) or, where allowed, -1 (unlimited or none)."""
    lowest = -1 if options.pop("or_no_value", False) else 0
    validators = [MinValueValidator(lowest), MaxValueValidator(36_500)]
    return models.IntegerField(label, null=True, blank=True, validators=validators, **options)


class CirculationRule(models.Model):
    """Parameters for loans of one branch, member category and copy type, each of which may be any.

    NULL means inherit, NO_VALUE (-1) means unlimited or none: two different things everywhere. Read rows through
    ``parameters()``, which gives the values in the policy's words.
    """

    class Choice:
        UNIT = [(Unit.DAYS, _("days")), (Unit.HOURS, _("hours"))]
        DUE_DATE = [
            (DueDateMode.DAYS, _("the exact day, open or not")),
            (DueDateMode.CALENDAR, _("only open days count")),
            (DueDateMode.DATEDUE, _("moved to the next open day")),
            (DueDateMode.DAYWEEK, _("moved by whole weeks")),
        ]
        FIXED = [
            (FixedDueMode.BEFORE, _("at the latest")),
            (FixedDueMode.EXACTLY, _("exactly")),
            (FixedDueMode.AFTER, _("at the earliest")),
        ]
        CHARGED = [(FineChargedAt.PERIOD_END, _("when a period is over")),
                   (FineChargedAt.PERIOD_START, _("when a period begins"))]  # fmt: skip
        ON_SHELF = [
            (HoldsOnShelf.ONLY_IF_OUT, _("only if it is out")),
            (HoldsOnShelf.YES, _("always")),
            (HoldsOnShelf.ONLY_IF_ALL_OUT, _("only if all copies are out")),
        ]
        BLOCKED = [
            (RenewalBlockPolicy.ALWAYS, _("by any waiting hold")),
            (RenewalBlockPolicy.UNLESS_OTHERS_FREE, _("unless other copies can fill it")),
        ]

    branch = models.ForeignKey(
        Branch, verbose_name=_("branch"), on_delete=models.PROTECT, null=True, blank=True, help_text=_("Empty: any.")
    )
    category = models.ForeignKey(
        MemberCategory,
        verbose_name=_("member category"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Empty: any."),
    )
    copy_type = models.ForeignKey(
        CopyType,
        verbose_name=_("copy type"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        help_text=_("Empty: any."),
    )

    loan_period = number(_("loan period"))
    loan_unit = models.CharField(_("unit"), max_length=5, choices=Choice.UNIT, blank=True)
    due_date_mode = models.CharField(
        _("closed days and the due date"), max_length=10, choices=Choice.DUE_DATE, blank=True
    )
    fixed_due_on = models.DateField(_("fixed due date"), null=True, blank=True)
    clears_fixed_due_on = models.BooleanField(_("no fixed due date"), default=False)
    fixed_due_mode = models.CharField(_("the fixed date holds"), max_length=10, choices=Choice.FIXED, blank=True)
    max_loans = number(_("most loans"), or_no_value=True)
    max_renewals = number(_("most renewals"), or_no_value=True)
    renewal_period = number(_("renewal period"), or_no_value=True)
    no_renewal_before = number(_("no renewal earlier than days before"), or_no_value=True)
    fine_amount_minor = models.BigIntegerField(_("fine"), null=True, blank=True)
    fine_period = models.PositiveIntegerField(
        _("for each"), null=True, blank=True, validators=[MinValueValidator(1), MaxValueValidator(36_500)]
    )
    fine_charged_at = models.CharField(_("charged"), max_length=12, choices=Choice.CHARGED, blank=True)
    grace_period = number(_("grace period"))
    grace_included = models.BooleanField(_("grace days are charged once it is exceeded"), null=True, blank=True)
    fine_cap_minor = models.BigIntegerField(_("highest fine"), null=True, blank=True)
    cap_fine_to_price = models.BooleanField(_("never above the copy's price"), null=True, blank=True)
    charge_closed_days = models.BooleanField(_("closed days are charged"), null=True, blank=True)
    suspension_days = number(_("days barred for each day late"))
    suspension_max = number(_("most days barred"), or_no_value=True)
    max_holds = number(_("most holds"), or_no_value=True)
    hold_pickup_days = number(_("days on the hold shelf"))
    holds_on_shelf = models.CharField(
        _("holds on copies that are in"), max_length=16, choices=Choice.ON_SHELF, blank=True
    )
    renewal_blocked_by_holds = models.CharField(
        _("renewal is blocked"), max_length=20, choices=Choice.BLOCKED, blank=True
    )

    class Meta:
        verbose_name = _("circulation rule")
        verbose_name_plural = _("circulation rules")
        ordering = ["pk"]
        constraints = [
            # NULLs are distinct in a plain unique constraint on SQLite, so "any" is compared as 0.
            models.UniqueConstraint(
                Coalesce("branch", Value(0)),
                Coalesce("category", Value(0)),
                Coalesce("copy_type", Value(0)),
                name="one_rule_for_each_scope",
                violation_error_code="rule_duplicate",
                violation_error_message=_("There is a rule for this branch, category and copy type already."),
            ),
            models.CheckConstraint(
                condition=Q(fine_amount_minor__isnull=True) | Q(fine_amount_minor__gte=0), name="rule_fine_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(fine_cap_minor__isnull=True) | Q(fine_cap_minor__gte=NO_VALUE), name="rule_cap_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(fine_period__isnull=True) | Q(fine_period__gte=1), name="rule_fine_period_at_least_one"
            ),
            models.CheckConstraint(
                condition=Q(clears_fixed_due_on=False) | Q(fixed_due_on__isnull=True),
                name="rule_fixed_date_set_or_cleared",
                violation_error_message=_("Give a fixed due date or say that there is none, not both."),
            ),
        ]

    def __str__(self) -> str:
        return " / ".join(str(part or _("any")) for part in (self.branch, self.category, self.copy_type))

    @property
    def scope(self) -> tuple[int | None, int | None, int | None]:
        return self.branch_id, self.category_id, self.copy_type_id

    def parameters(self) -> dict[str, Any]:
        """The parameters this row sets, by name, in the policy's values; what it inherits is left out."""
        values = {name: getattr(self, name) for name in PARAMETERS}
        if self.clears_fixed_due_on:
            values["fixed_due_on"] = NONE
        for name in MAY_BE_UNLIMITED:
            values[name] = UNLIMITED if values[name] == NO_VALUE else values[name]
        for name in MAY_BE_NONE:
            values[name] = NONE if values[name] == NO_VALUE else values[name]
        return {name: value for name, value in values.items() if value is not None and value != ""}


PARAMETERS = [
    "loan_period", "loan_unit", "due_date_mode", "fixed_due_on", "fixed_due_mode", "max_loans", "max_renewals",
    "renewal_period", "no_renewal_before", "fine_amount_minor", "fine_period", "fine_charged_at", "grace_period",
    "grace_included", "fine_cap_minor", "cap_fine_to_price", "charge_closed_days", "suspension_days", "suspension_max",
    "max_holds", "hold_pickup_days", "holds_on_shelf", "renewal_blocked_by_holds",
]  # fmt: skip
MAY_BE_UNLIMITED = ["max_loans", "max_renewals", "fine_cap_minor", "suspension_max", "max_holds"]
MAY_BE_NONE = ["renewal_period", "no_renewal_before"]
