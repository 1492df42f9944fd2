"""Forms that first show what they would do, and do it when they are sent again; problems at their fields."""

from django import forms
from django.core.exceptions import ValidationError

from accounts.forms.keyed import EditForm
from circulation.exceptions import Problem


class ConfirmedForm(EditForm):
    """Sent once it is looked at, sent with ``confirmed`` it is meant, sent with ``again`` it is filled in anew."""

    @property
    def is_confirmed(self) -> bool:
        """Whether the person has seen what it would do."""
        return "confirmed" in self.data

    @property
    def is_sent_back(self) -> bool:
        """Whether the person wants to fill it in anew."""
        return "again" in self.data

    @property
    def sent(self) -> list[tuple[str, str]]:
        """What was sent, to be sent again."""
        own = {name: values for name, values in self.data.lists() if name not in ("csrfmiddlewaretoken", "again")}
        return [(name, value) for name, values in own.items() for value in values]


def add_problem(form: forms.BaseForm, problem: Problem) -> None:
    """Show ``problem`` at its field, or above the form where it has none there."""
    field = problem.field if problem.field in form.fields else None
    form.add_error(field, ValidationError(problem.message, code=problem.code))
