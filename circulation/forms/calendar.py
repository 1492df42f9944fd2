"""Editing the calendar: a closure that overlaps another, or leaves no open day, is refused."""

from collections.abc import Mapping
from datetime import time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.forms.fields import RowField
from accounts.forms.keyed import KeyedForm, KeyField, new_key
from accounts.forms.members import DATE
from accounts.models import Branch
from accounts.models.days import REAL_DAYS
from circulation.exceptions import Problem
from circulation.models import Closure, OpeningHours
from circulation.models.calendar import Weekday
from circulation.queries.calendars import closure_problems, hours_problems

FIELDS_OF = {"calendar_backwards": "to_on", "calendar_overlap": "from_on"}
TIME = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class ClosureForm(forms.ModelForm):
    class Meta:
        model = Closure
        fields = ["branch", "from_on", "to_on", "is_yearly", "opens", "reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            said = {name: values[name] for name in self.Meta.fields}
            _refuse(self, closure_problems(Closure(pk=self.instance.pk, **said), timezone.localdate()))
        return values


class OpeningHoursForm(forms.ModelForm):
    class Meta:
        model = OpeningHours
        fields = ["branch", "weekday", "opens_at", "closes_at"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            _refuse(self, hours_problems(OpeningHours(pk=self.instance.pk, **values), timezone.localdate()))
        return values


class EntryForm(ClosureForm):
    """An entry of the calendar on the desk's own page."""

    key = KeyField(required=False)
    marks_optional = True

    class Meta(ClosureForm.Meta):
        widgets = {"from_on": DATE, "to_on": DATE}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_key


class CloseDaysForm(KeyedForm):
    """Days to be closed though due dates fall on them."""

    from_on = forms.DateField(label=_("From"), widget=DATE, validators=REAL_DAYS)
    to_on = forms.DateField(label=_("To and including"), widget=DATE, validators=REAL_DAYS)
    branch = RowField(label=_("Branch"), queryset=Branch.objects.all(), required=False, empty_label=_("every branch"))
    reason = forms.CharField(label=_("Reason"), max_length=120, required=False)

    @property
    def closure(self) -> Closure:
        """The closure as it would be kept."""
        return Closure(**self.values)

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            _refuse(self, closure_problems(self.closure, timezone.localdate()))
        return values


class WeekForm(KeyedForm):
    """The opening week of a branch: for each weekday whether it opens, from when till when."""

    marks_optional = False

    def __init__(self, *args: Any, week: Mapping[int, tuple[time, time]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number, name in Weekday.choices:
            opens, closes = week.get(number, (None, None))
            of_day = {"day": name}
            self.fields[f"is_open_{number}"] = forms.BooleanField(label=name, required=False, initial=number in week)
            for part, label, at in (
                ("opens", _("%(day)s opens at"), opens), ("closes", _("%(day)s closes at"), closes),
            ):  # fmt: skip
                self.fields[f"{part}_{number}"] = forms.TimeField(
                    label=label % of_day, required=False, initial=at, widget=TIME
                )

    @property
    def days(self) -> list[list[forms.BoundField]]:
        """The three fields of each weekday."""
        return [[self[f"{part}_{number}"] for part in ("is_open", "opens", "closes")] for number in Weekday.values]

    @property
    def week(self) -> dict[int, tuple[time, time]]:
        """The weekdays that are ticked, with their hours."""
        said = self.cleaned_data
        return {n: (said[f"opens_{n}"], said[f"closes_{n}"]) for n in Weekday.values if said[f"is_open_{n}"]}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        for number in Weekday.values:
            for part in ("opens", "closes"):
                name = f"{part}_{number}"
                if values.get(f"is_open_{number}") and not values.get(name) and name not in self.errors:
                    self.add_error(name, _("Say when, or take the tick away."))
        return values

    def refuse(self, problems: list[Problem]) -> None:
        """Say what spoke against the week, at its field."""
        for problem in problems:
            self.add_error(problem.field or None, ValidationError(problem.message, code=problem.code))


def _refuse(form: forms.ModelForm, problems: list[Problem]) -> None:
    for problem in problems:
        form.add_error(FIELDS_OF.get(problem.code), ValidationError(problem.message, code=problem.code))
