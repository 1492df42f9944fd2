"""Editing a circulation rule: empty is inherit, a word is unlimited or none, a number is a number."""

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.fields import MoneyField, RowField
from accounts.forms.members import DATE
from accounts.models import LibrarySettings
from accounts.models.days import REAL_DAYS
from circulation.forms.confirming import ConfirmedForm, add_problem
from circulation.models import CirculationRule
from circulation.models.rules import MAY_BE_NONE, MAY_BE_UNLIMITED, PARAMETERS
from circulation.policy import FOR_ALL, NO_VALUE, NONE, UNLIMITED
from circulation.queries.rule_problems import rule_problems
from circulation.queries.rules import rule_book

MOST = 36_500
INHERITED = _("inherited")
WORDS = {UNLIMITED: _("unlimited"), NONE: pgettext_lazy("no number", "none")}  # as people read and type them


class NumberOrWordField(forms.CharField):
    """A whole number, a ``word`` for "no number at all", or nothing: inherit."""

    def __init__(self, *, word: str, **options: Any) -> None:
        self.word = word
        super().__init__(required=False, max_length=20, **options)

    def prepare_value(self, value: Any) -> Any:
        return str(WORDS[self.word]) if value == NO_VALUE else value

    def clean(self, value: Any) -> int | None:
        text = super().clean(value).strip().lower()
        if not text:
            return None
        if text in _ways_to_write(self.word):
            return NO_VALUE
        if not text.isascii() or not text.isdigit() or int(text) > MOST:
            raise ValidationError(_("Write a whole number, “%(word)s”, or nothing."), params={"word": WORDS[self.word]})
        return int(text)


class CapField(MoneyField):
    """An amount, "unlimited", or nothing: inherit."""

    widget = forms.TextInput

    def prepare_value(self, value: Any) -> Any:
        return str(WORDS[UNLIMITED]) if value == NO_VALUE else super().prepare_value(value)

    def clean(self, value: Any) -> int | None:
        return NO_VALUE if str(value).strip().lower() in _ways_to_write(UNLIMITED) else super().clean(value)


def _ways_to_write(word: str) -> set[str]:
    return {word, str(WORDS[word]).lower()}


class RuleForm(forms.ModelForm):
    class Meta:
        model = CirculationRule
        fields = "__all__"  # noqa: DJ007 - the admin site names them in its fieldsets

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        currency = LibrarySettings.current().currency
        labels = {field.name: capfirst(field.verbose_name) for field in CirculationRule._meta.fields}
        for names, word, help_text in (
            (MAY_BE_UNLIMITED, UNLIMITED, _("A number, or “unlimited”. Empty: inherited.")),
            (MAY_BE_NONE, NONE, _("A number, or “none”. Empty: inherited.")),
        ):
            for name in names:
                self.fields[name] = NumberOrWordField(word=word, label=labels[name], help_text=help_text)
        self.fields["fine_amount_minor"] = MoneyField(
            label=labels["fine_amount_minor"], currency=currency, required=False, help_text=_("Empty: inherited.")
        )
        self.fields["fine_cap_minor"] = CapField(
            label=labels["fine_cap_minor"], currency=currency, required=False, localize=True,
            help_text=_("An amount, or “unlimited”. Empty: inherited."),
        )  # fmt: skip
        for name, field in self.fields.items():
            if isinstance(field, forms.NullBooleanField):
                field.widget.choices = [("unknown", INHERITED), ("true", _("yes")), ("false", _("no"))]
            elif isinstance(field, forms.TypedChoiceField) and name in PARAMETERS:
                field.choices = [("", INHERITED), *field.choices[1:]]
        if "fixed_due_on" in self.fields:
            self.fields["fixed_due_on"].validators = [*self.fields["fixed_due_on"].validators, *REAL_DAYS]

    def _post_clean(self) -> None:
        """Once the row is as it would be kept: what speaks against it, at the field."""
        super()._post_clean()
        if self.errors:
            return
        book = rule_book()
        for problem in rule_problems(self.instance, book, timezone.localdate()):
            add_problem(self, problem)


class DeskRuleForm(ConfirmedForm, RuleForm):
    """The same at the desk, in parts; the row for everything stays that."""

    PARTS: ClassVar[list[tuple[Any, list[str]]]] = [
        (_("Which loans"), ["branch", "category", "copy_type"]),
        (_("Loan"), ["loan_period", "loan_unit", "due_date_mode", "max_loans", "fixed_due_on", "fixed_due_mode",
                     "clears_fixed_due_on"]),
        (_("Renewal"), ["max_renewals", "renewal_period", "no_renewal_before", "renewal_blocked_by_holds"]),
        (_("Fine"), ["fine_amount_minor", "fine_period", "fine_charged_at", "grace_period", "grace_included",
                     "fine_cap_minor", "cap_fine_to_price", "charge_closed_days"]),
        (_("Suspension"), ["suspension_days", "suspension_max"]),
        (_("Holds"), ["max_holds", "hold_pickup_days", "holds_on_shelf"]),
    ]  # fmt: skip

    class Meta(RuleForm.Meta):
        widgets = {"fixed_due_on": DATE}
        field_classes = dict.fromkeys(["branch", "category", "copy_type"], RowField)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("branch", "category", "copy_type"):
            field = self.fields[name]
            field.empty_label, field.help_text = _("any"), ""
            field.disabled = self.instance.pk is not None and self.instance.scope == FOR_ALL

    @property
    def parts(self) -> list[tuple[Any, list]]:
        """The fields under their headings."""
        return [(title, [self[name] for name in names]) for title, names in self.PARTS]
