"""The library itself: its settings (one row) and its branches."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import DEFAULT_DB_ALIAS, models
from django.utils.translation import gettext_lazy as _

from accounts import money
from accounts.prepared import Prepared

from .codes import CODE_PATTERN

MOST_DAYS = MaxValueValidator(36_500)
MAX_KEPT = MaxValueValidator(1_000)
LEAST_READERS = 3  # fewer might know each other
PREFIX = RegexValidator(r"^[A-Z]{1,4}$", _("One to four capital letters A to Z."))


@cache
def known_time_zones() -> frozenset[str]:
    """The names of the time zones this computer knows: to look through its files takes as long as to draw a page."""
    return frozenset(available_timezones())


def is_time_zone(value: str) -> None:
    if value not in known_time_zones():
        raise ValidationError(_("“%(zone)s” is not a time zone. Write it like Europe/Zurich."), params={"zone": value})


def is_currency(value: str) -> None:
    if not money.is_currency(value):
        raise ValidationError(_("“%(code)s” is not a currency. Write three letters, like EUR."), params={"code": value})


def is_list_of_days(value: object) -> None:
    if not isinstance(value, list) or not all(isinstance(day, int) and 0 <= day <= 3_650 for day in value):
        raise ValidationError(_("Write whole numbers of days, separated by commas."))


def is_enough_readers(value: int) -> None:
    if 0 < value < LEAST_READERS:
        raise ValidationError(
            _("At least %(least)d, so that nobody can be recognised; 0 or empty switches it off."),
            params={"least": LEAST_READERS},
        )


class LibrarySettings(models.Model):
    """What one library decided about itself. There is exactly one row; a process reads it anew for every request."""

    class LostFine(models.TextChoices):
        KEEP = "keep", _("stays owed")
        FORGIVE = "forgive", _("is forgiven")

    class FoundRefund(models.TextChoices):
        NONE = "none", _("nothing is given back")
        REFUND = "refund", _("the replacement charge is given back")
        CHARGE = "charge", _("the replacement charge is given back, the overdue fine is charged")
        RESTORE = "restore", _("the replacement charge is given back, the forgiven fine is owed again")

    class PastClosing(models.TextChoices):
        SHORTEN = "shorten", _("ends at closing time")
        EXTEND = "extend", _("goes on to the next opening")

    class SecondFactor(models.TextChoices):
        NONE = "none", _("nobody must have one")
        ADMINS = "admins", _("Admins must have one")
        STAFF = "staff", _("everybody who works here must have one")

    name = models.CharField(_("name of the library"), max_length=120, default="Openshelf")
    address = models.TextField(_("address"), blank=True, max_length=500)
    contact_email = models.EmailField(_("contact e-mail"), blank=True)
    contact_phone = models.CharField(_("contact phone"), max_length=40, blank=True)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[is_time_zone])
    currency = models.CharField(_("currency"), max_length=3, default="EUR", validators=[is_currency])
    language = models.CharField(_("language"), max_length=10, default="en", choices=settings.LANGUAGES)
    card_prefix = models.CharField(_("prefix of card numbers"), max_length=4, default="M", validators=[PREFIX])
    barcode_prefix = models.CharField(_("prefix of barcodes"), max_length=4, default="B", validators=[PREFIX])

    lost_fine_policy = models.CharField(
        _("overdue fine of a lost copy"), max_length=10, choices=LostFine, default=LostFine.KEEP
    )
    found_refund_policy = models.CharField(
        _("when a lost copy is found"), max_length=10, choices=FoundRefund, default=FoundRefund.REFUND
    )
    refund_window_days = models.PositiveIntegerField(
        _("days in which a found copy is refunded"),
        null=True,
        blank=True,
        validators=[MOST_DAYS],
        help_text=_("Empty: always."),
    )
    unlink_history_after_days = models.PositiveIntegerField(
        _("days until a returned loan forgets its member"),
        default=365,
        validators=[MOST_DAYS],
        help_text=_("Counted from the return; only when nothing is owed."),
    )
    also_borrowed_least = models.PositiveIntegerField(
        _("readers from which on a book shows what else they borrowed"),
        default=5,
        null=True,
        blank=True,
        validators=[is_enough_readers, MaxValueValidator(1_000_000)],
        help_text=_("Different members, counted every night among the loans that still know theirs. Empty: never."),
    )
    long_overdue_lost_days = models.PositiveIntegerField(
        _("days overdue after which a copy counts as lost"),
        null=True,
        blank=True,
        validators=[MOST_DAYS],
        help_text=_("Empty: never by itself."),
    )
    estimate_counts_for_limits = models.BooleanField(
        _("running fines count towards the debt limit"),
        default=True,
        help_text=_("What overdue loans would cost if they came back now."),
    )
    hours_past_closing = models.CharField(
        _("an hourly loan that ends after closing"), max_length=10, choices=PastClosing, default=PastClosing.SHORTEN
    )
    due_soon_days = models.JSONField(
        _("days before the due date to remind"), default=list, blank=True, validators=[is_list_of_days]
    )
    overdue_notice_days = models.JSONField(
        _("days after the due date to remind"), default=list, blank=True, validators=[is_list_of_days]
    )
    membership_ending_days = models.JSONField(
        _("days before a membership ends to remind"), default=list, blank=True, validators=[is_list_of_days]
    )
    backup_hour = models.PositiveSmallIntegerField(
        _("hour of the day from which on it is backed up"),
        null=True,
        blank=True,
        default=3,
        validators=[MaxValueValidator(23)],
        help_text=_("By the library's clock, 0 to 23. Empty: never by itself."),
    )
    backups_kept_days = models.PositiveSmallIntegerField(
        _("days of which the newest backup is kept"), default=7, validators=[MAX_KEPT]
    )
    backups_kept_weeks = models.PositiveSmallIntegerField(
        _("weeks of which the newest backup is kept"), default=4, validators=[MAX_KEPT]
    )
    backups_kept_months = models.PositiveSmallIntegerField(
        _("months of which the newest backup is kept"), default=12, validators=[MAX_KEPT]
    )
    backup_alarm_days = models.PositiveSmallIntegerField(
        _("days without a proven backup after which Admins are warned"),
        null=True,
        blank=True,
        default=2,
        validators=[MinValueValidator(1), MAX_KEPT],
        help_text=_("Empty: never."),
    )
    second_factor = models.CharField(
        _("second factor"),
        max_length=10,
        choices=SecondFactor,
        default=SecondFactor.NONE,
        help_text=_("A code from a phone or a passkey, besides the password. Anybody may have one."),
    )
    record_days = models.PositiveIntegerField(
        _("days the record of actions is kept"),
        default=1_095,
        null=True,
        blank=True,
        validators=[MinValueValidator(30), MOST_DAYS],
        help_text=_("Who did what, and who looked at which member. Accounts are kept for ever. Empty: for ever too."),
    )
    currency_fixed = models.BooleanField(_("money has been booked"), default=False, editable=False)
    set_up_at = models.DateTimeField(_("set up"), null=True, blank=True, editable=False)
    daily_done_on = models.DateField(_("daily work last done for"), null=True, blank=True, editable=False)
    webhook_events = models.JSONField(_("events that webhooks are told of"), default=list, blank=True, editable=False)
    webhooks_disabled = models.PositiveIntegerField(_("webhooks switched off by failures"), default=0, editable=False)
    demo = models.JSONField(_("rows of the demo library"), default=dict, blank=True, editable=False)

    class Meta:
        verbose_name = _("library settings")
        verbose_name_plural = _("library settings")
        constraints = [
            models.CheckConstraint(condition=models.Q(pk=1), name="library_settings_one_row"),
            models.CheckConstraint(
                condition=~models.Q(card_prefix__startswith=models.F("barcode_prefix"))
                & ~models.Q(barcode_prefix__startswith=models.F("card_prefix")),
                name="library_prefixes_differ",
                violation_error_message=_("Cards and barcodes need prefixes that cannot be mixed up."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        prefixes = sorted([self.card_prefix or "", self.barcode_prefix or ""], key=len)
        if prefixes[0] and prefixes[1].startswith(prefixes[0]):
            raise ValidationError({"barcode_prefix": _("Cards and barcodes need prefixes that cannot be mixed up.")})

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @classmethod
    def current(cls) -> "LibrarySettings":
        """The library's row, or the defaults (unsaved) before it was set up."""
        rows = CURRENT.rows()
        return cls.from_db(DEFAULT_DB_ALIAS, FIELDS, rows[0]) if rows else cls(pk=1)


FIELDS = [field.attname for field in LibrarySettings._meta.concrete_fields]
CURRENT = Prepared(lambda _keys: LibrarySettings.objects.filter(pk=1).values_list(*FIELDS))


class Branch(models.Model):
    """A place with a desk. Most libraries have one."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE_PATTERN])
    name = models.CharField(_("name"), max_length=120)
    address = models.TextField(_("address"), blank=True, max_length=500)

    class Meta:
        verbose_name = _("branch")
        verbose_name_plural = _("branches")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name
