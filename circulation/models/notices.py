"""Notices: what each member is to be told once, and the library's own words for it."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Member, Message
from circulation.policy.notices import PLACEHOLDERS, Kind, has_placeholder, unknown_placeholders

from .holds import Hold
from .loans import Loan

KINDS = [
    (Kind.DUE_SOON, _("due soon")),
    (Kind.OVERDUE, _("overdue")),
    (Kind.HOLD_READY, _("hold ready for pickup")),
    (Kind.HOLD_EXPIRED, _("hold not picked up in time")),
    (Kind.MEMBERSHIP_ENDING, _("membership ends soon")),
]
OF_LOANS = (Kind.DUE_SOON, Kind.OVERDUE)
OF_HOLDS = (Kind.HOLD_READY, Kind.HOLD_EXPIRED)


class Notice(models.Model):
    """One thing a member is told, once for each loan, due date and step: a renewal starts afresh.

    ``due_on`` is the due date, the pickup deadline, or the end of the membership it speaks of, ``step`` the number of
    days before or after it by which it was asked for. It goes out with the one ``message`` of its member and day, not
    before ``not_before``.
    """

    class State(models.TextChoices):
        DUE = "due", pgettext_lazy("message", "due")
        SENT = "sent", pgettext_lazy("message", "sent")
        FAILED = "failed", pgettext_lazy("message", "failed")
        CANCELLED = "cancelled", pgettext_lazy("message", "cancelled")

    kind = models.CharField(_("kind"), max_length=20, choices=KINDS)
    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.PROTECT, related_name="notices")
    loan = models.ForeignKey(Loan, verbose_name=_("loan"), on_delete=models.CASCADE, null=True, related_name="notices")
    hold = models.ForeignKey(Hold, verbose_name=_("hold"), on_delete=models.CASCADE, null=True, related_name="notices")
    due_on = models.DateField(_("due date"))
    step = models.PositiveIntegerField(_("days before or after"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DUE)
    message = models.ForeignKey(
        Message, verbose_name=_("message"), on_delete=models.SET_NULL, null=True, related_name="notices"
    )
    not_before = models.DateTimeField(_("not before"))

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["loan", "due_on", "kind", "step"], condition=Q(loan__isnull=False), name="notice_once_per_loan"
            ),
            models.UniqueConstraint(
                fields=["hold", "due_on", "kind"], condition=Q(hold__isnull=False), name="notice_once_per_hold"
            ),
            models.UniqueConstraint(
                fields=["member", "due_on", "kind", "step"],
                condition=Q(loan__isnull=True, hold__isnull=True),
                name="notice_once_per_membership",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=OF_LOANS, loan__isnull=False, hold__isnull=True)
                | Q(kind__in=OF_HOLDS, loan__isnull=True, hold__isnull=False)
                | Q(kind=Kind.MEMBERSHIP_ENDING, loan__isnull=True, hold__isnull=True),
                name="notice_speaks_of_what_its_kind_says",
            ),
        ]
        indexes = [
            models.Index(
                fields=["member", "not_before"], condition=Q(state="due", message=None), name="notice_to_bundle"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.due_on} {self.step}"


class NoticeText(models.Model):
    """The library's own words for one kind of notice (or for the letter around them) in one language.

    Where there is no row, the words the program brings hold. Placeholders like {title} are replaced; nothing else in
    braces means anything.
    """

    kind = models.CharField(_("kind"), max_length=20, choices=[*KINDS, (Kind.FRAME, _("greeting and close"))])
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    subject = models.CharField(_("subject"), max_length=200)
    body = models.TextField(_("text"), max_length=4_000)

    class Meta:
        verbose_name = _("text of notices")
        verbose_name_plural = _("texts of notices")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "language"], name="one_text_per_kind_and_language")]

    def __str__(self) -> str:
        return f"{self.kind} {self.language}"

    def clean(self) -> None:
        problems = {}
        for name in ("subject", "body"):
            if unknown := unknown_placeholders(getattr(self, name) or "", self.kind):
                allowed = ", ".join(f"{{{each}}}" for each in PLACEHOLDERS[self.kind])
                facts = {"unknown": ", ".join(unknown), "allowed": allowed}
                problems[name] = _("There is no %(unknown)s here. You can use: %(allowed)s.") % facts
        if self.kind == Kind.FRAME and not has_placeholder(self.body or "", "items"):
            problems.setdefault("body", str(_("Without {items} the message would say nothing.")))
        if problems:
            raise ValidationError(problems)
