"""Loans: one row for each time a copy was lent."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch, Member, MemberCategory
from catalog.models import Copy, CopyType


class LoanQuerySet(models.QuerySet):
    def open(self) -> "LoanQuerySet":
        return self.filter(closed_at=None)

    def overdue(self, now) -> "LoanQuerySet":
        return self.open().filter(due_at__lt=now)


class Loan(models.Model):
    """A copy lent to a member. Open until ``closed_at``.

    ``category``, ``copy_type`` and ``branch`` are as they were at issue, because the rules for the fine are looked up
    with them. ``returned_at`` is when the copy counts as back (a book drop may be emptied later), ``closed_at`` when
    it was really scanned. ``explanation`` says how the due date came about. A lost copy closes its loan;
    ``forgiven_fine`` (as Fine.as_json) is what was not charged then, ``found_at`` when the copy turned up again.
    """

    class Outcome(models.TextChoices):
        RETURNED = "returned", _("returned")
        LOST = "lost", _("lost")
        UNDONE = "undone", _("undone")

    copy = models.ForeignKey(Copy, verbose_name=_("copy"), on_delete=models.PROTECT, related_name="loans")
    member = models.ForeignKey(
        Member, verbose_name=_("member"), on_delete=models.PROTECT, null=True, blank=True, related_name="loans"
    )
    category = models.ForeignKey(
        MemberCategory, verbose_name=_("member category"), on_delete=models.PROTECT, related_name="+"
    )
    copy_type = models.ForeignKey(CopyType, verbose_name=_("copy type"), on_delete=models.PROTECT, related_name="+")
    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.PROTECT, related_name="+")
    issued_at = models.DateTimeField(_("issued"), db_index=True)
    due_at = models.DateTimeField(_("due"))
    returned_at = models.DateTimeField(_("returned"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome, blank=True)
    renewals = models.PositiveIntegerField(_("renewals"), default=0)
    claimed_returned_at = models.DateTimeField(_("member says it was returned"), null=True, blank=True)
    explanation = models.JSONField(_("why this due date"), default=dict, blank=True)
    forgiven_fine = models.JSONField(_("fine forgiven when the copy was marked lost"), default=dict, blank=True)
    found_at = models.DateTimeField(_("lost copy found"), null=True, blank=True)

    objects = LoanQuerySet.as_manager()

    class Meta:
        verbose_name = _("loan")
        verbose_name_plural = _("loans")
        ordering = ["-issued_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["copy"], condition=Q(closed_at=None), name="one_open_loan_per_copy"),
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, returned_at__isnull=True, outcome="")
                | Q(closed_at__isnull=False, returned_at__isnull=False, outcome__in=["returned", "lost", "undone"]),
                name="loan_open_or_closed_whole",
            ),
            models.CheckConstraint(
                condition=Q(returned_at__isnull=True)
                | Q(returned_at__gte=F("issued_at"), returned_at__lte=F("closed_at")),
                name="loan_returned_after_issue",
            ),
            models.CheckConstraint(condition=Q(due_at__gte=F("issued_at")), name="loan_due_after_issue"),
            models.CheckConstraint(
                condition=Q(claimed_returned_at__isnull=True) | Q(claimed_returned_at__gte=F("issued_at")),
                name="loan_claimed_after_issue",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False) | Q(closed_at__isnull=False), name="loan_open_has_a_member"
            ),
            models.CheckConstraint(condition=Q(found_at__isnull=True) | Q(outcome="lost"), name="loan_found_was_lost"),
        ]
        indexes = [
            models.Index(fields=["member", "closed_at"], name="loan_of_member"),
            models.Index(fields=["due_at"], condition=Q(closed_at=None), name="loan_open_by_due"),
        ]

    def __str__(self) -> str:
        return f"{self.copy_id} → {self.member_id or '–'}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    def is_overdue(self, now) -> bool:
        return self.is_open and self.due_at < now
