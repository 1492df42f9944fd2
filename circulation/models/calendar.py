"""When the library is open: the week, and the days that differ from it."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Branch
from accounts.models.days import REAL_DAYS


class Weekday(models.IntegerChoices):
    """Days of the week, numbered as in ISO 8601."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class OpeningHours(models.Model):
    """When a branch is open on one day of the week. A weekday without a row is closed every week.

    A branch without any row has no opening week yet and counts as open every day, all day.
    """

    branch = models.ForeignKey(Branch, verbose_name=_("branch"), on_delete=models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens_at = models.TimeField(_("opens"))
    closes_at = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["branch", "weekday"]
        constraints = [
            models.UniqueConstraint(fields=["branch", "weekday"], name="opening_hours_once_a_weekday"),
            models.CheckConstraint(condition=Q(weekday__gte=1, weekday__lte=7), name="opening_hours_real_weekday"),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="opening_hours_close_after_opening",
                violation_error_message=_("The library closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_weekday_display()} {self.opens_at:%H:%M}–{self.closes_at:%H:%M}"


class Closure(models.Model):
    """Days on which a branch (or every branch) is closed, or, with ``opens``, open although the week says closed."""

    branch = models.ForeignKey(
        Branch,
        verbose_name=_("branch"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="closures",
        help_text=_("Empty: every branch."),
    )
    from_on = models.DateField(_("from"), validators=REAL_DAYS)
    to_on = models.DateField(_("to and including"), validators=REAL_DAYS)
    is_yearly = models.BooleanField(_("every year"), default=False, help_text=_("On the same days of every year."))
    opens = models.BooleanField(_("open, as an exception"), default=False)
    reason = models.CharField(_("reason"), max_length=120, blank=True)

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["from_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(to_on__gte=F("from_on")),
                name="closure_ends_after_it_begins",
                violation_error_code="calendar_backwards",
                violation_error_message=_("A closure ends on the day it begins or later."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason or f"{self.from_on} – {self.to_on}"

    def clean(self) -> None:
        if self.is_yearly and self.from_on and self.to_on and (self.to_on - self.from_on).days > 365:
            raise ValidationError({"to_on": _("What returns every year is shorter than a year.")})
