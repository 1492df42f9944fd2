"""Editing the calendar: a closure that overlaps another, or leaves no open day, is refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from circulation.exceptions import Problem
from circulation.models import Closure, OpeningHours
from circulation.queries.calendars import closure_problems, hours_problems


class ClosureForm(forms.ModelForm):
    class Meta:
        model = Closure
        fields = ["branch", "from_on", "to_on", "is_yearly", "opens", "reason"]

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        if not self.errors:
            _refuse(self, closure_problems(Closure(pk=self.instance.pk, **values), timezone.localdate()))
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


def _refuse(form: forms.ModelForm, problems: list[Problem]) -> None:
    for problem in problems:
        field = "to_on" if problem.code == "calendar_backwards" else None
        form.add_error(field, ValidationError(problem.message, code=problem.code))
