"""People who borrow, the kinds of them, and what bars them from borrowing."""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address_of

from .codes import CODE_PATTERN
from .days import REAL_DAYS

ENDS_BEFORE_IT_BEGINS = _("The membership ends on the day it begins or later.")
MAY_BE_OFF = ("due_soon", "hold_ready", "hold_expired", "membership_ending")  # what is overdue is always told


def is_list_of_kinds(value: object) -> None:
    if not isinstance(value, list) or any(kind not in MAY_BE_OFF for kind in value):
        names = ", ".join(f'"{kind}"' for kind in MAY_BE_OFF)
        raise ValidationError(_("Write a list of some of these: %(kinds)s."), params={"kinds": names})


class MemberCategory(models.Model):
    """A kind of member, with the limits that hold for all loans together. An empty limit is no limit."""

    code = models.CharField(_("code"), max_length=20, unique=True, validators=[CODE_PATTERN])
    name = models.CharField(_("name"), max_length=80)
    max_loans = models.PositiveIntegerField(
        _("most loans at a time"), null=True, blank=True, help_text=_("Of all kinds together. Empty: no limit.")
    )
    debt_limit_minor = models.BigIntegerField(
        _("debt limit"), null=True, blank=True, help_text=_("Who owes more than this borrows nothing. Empty: no limit.")
    )
    max_open_fines_minor = models.BigIntegerField(
        _("most unpaid overdue fines"), null=True, blank=True, help_text=_("Further fines are cut. Empty: no limit.")
    )
    membership_months = models.PositiveIntegerField(
        _("length of membership in months"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(1_200)],
        help_text=_("Empty: does not expire."),
    )
    overdue_blocks_loans = models.BooleanField(
        _("an overdue loan blocks borrowing"), default=False, help_text=_("And every renewal.")
    )

    class Meta:
        verbose_name = _("member category")
        verbose_name_plural = _("member categories")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(debt_limit_minor__isnull=True) | models.Q(debt_limit_minor__gte=0),
                name="category_debt_limit_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(max_open_fines_minor__isnull=True) | models.Q(max_open_fines_minor__gte=0),
                name="category_max_open_fines_not_negative",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Member(models.Model):
    """A person (or class, or club) with a card. Needs no sign-in.

    ``removed_at``: the person is gone and nothing personal is left in the row, which only keeps the accounts whole.
    """

    class Channel(models.TextChoices):
        EMAIL = "email", _("e-mail, or a letter if there is no address")
        LETTER = "letter", _("letter")

    card_number = models.CharField(_("card number"), max_length=40, unique=True, validators=[CODE_PATTERN])
    name = models.CharField(_("name"), max_length=200, db_index=True)
    email = models.EmailField(_("e-mail"), blank=True, help_text=_("Families may share one."))
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    address = models.TextField(_("address"), blank=True, max_length=500)
    group_name = models.CharField(_("class or group"), max_length=60, blank=True)
    category = models.ForeignKey(
        MemberCategory, verbose_name=_("category"), on_delete=models.PROTECT, related_name="members"
    )
    joined_on = models.DateField(_("member since"), validators=REAL_DAYS)
    expires_on = models.DateField(
        _("membership ends on"), null=True, blank=True, validators=REAL_DAYS, help_text=_("Empty: does not end.")
    )
    note = models.TextField(_("note for the desk"), blank=True, max_length=2_000)
    pin_hash = models.CharField(_("PIN"), max_length=128, blank=True, editable=False)
    keep_history = models.BooleanField(
        _("keeps the reading history"), null=True, blank=True, help_text=_("Unknown: the library's number of days.")
    )
    language = models.CharField(
        _("language"), max_length=10, blank=True, choices=settings.LANGUAGES, help_text=_("Empty: the library's.")
    )
    notices_by = models.CharField(_("reminders come by"), max_length=10, choices=Channel, default=Channel.EMAIL)
    notices_off = models.JSONField(_("reminders not wanted"), default=list, blank=True, validators=[is_list_of_kinds])
    loans_ever = models.PositiveIntegerField(_("loans ever"), default=0, editable=False)
    removed_at = models.DateTimeField(_("removed"), null=True, blank=True, editable=False)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name=_("sign-in"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="member",
    )

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["name", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(card_number="") & ~models.Q(name=""), name="member_has_card_and_name"
            ),
            models.CheckConstraint(
                condition=models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=models.F("joined_on")),
                name="member_ends_after_it_begins",
                violation_error_message=ENDS_BEFORE_IT_BEGINS,
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address_of("accounts:member", self.pk)

    def clean(self) -> None:
        if self.joined_on and self.expires_on and self.expires_on < self.joined_on:
            raise ValidationError({"expires_on": ENDS_BEFORE_IT_BEGINS})


class Card(models.Model):
    """A number that is or once was on a card. It stays when the card is replaced and when the member goes: whoever
    finds an old card is nobody, and never somebody else."""

    number = models.CharField(_("card number"), max_length=40, primary_key=True, validators=[CODE_PATTERN])

    def __str__(self) -> str:
        return self.number


class Restriction(models.Model):
    """A time in which a member may not borrow: set by a librarian, or earned by bringing something back late."""

    class Source(models.TextChoices):
        LIBRARIAN = "librarian", _("set by a librarian")
        OVERDUE = "overdue", _("suspension for a late return")

    member = models.ForeignKey(Member, verbose_name=_("member"), on_delete=models.PROTECT, related_name="restrictions")
    from_on = models.DateField(_("from"))
    until_on = models.DateField(_("until and including"), null=True, blank=True, help_text=_("Empty: until lifted."))
    reason = models.CharField(_("reason"), max_length=300)
    source = models.CharField(_("source"), max_length=10, choices=Source, default=Source.LIBRARIAN)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    class Meta:
        verbose_name = _("restriction")
        verbose_name_plural = _("restrictions")
        ordering = ["-from_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(until_on__isnull=True) | models.Q(until_on__gte=models.F("from_on")),
                name="restriction_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.reason
