"""The hidden key that makes a form count once, however often it is sent."""

import hashlib
import re
import uuid
from typing import Any

from django import forms
from django.http import QueryDict

KEY = re.compile(r"[A-Za-z0-9-]{8,64}")


def new_key() -> str:
    return uuid.uuid4().hex


def contents_of(data: QueryDict) -> str:
    """A word for what a form says: the same for a second click, another one for other contents."""
    said = sorted((name, values) for name, values in data.lists() if name != "csrfmiddlewaretoken")
    return hashlib.sha256(repr(said).encode("utf-8", "backslashreplace")).hexdigest()


class KeyField(forms.Field):
    """The key, or None where it is missing or odd: such a form counts as a new one."""

    widget = forms.HiddenInput

    def clean(self, value: Any) -> str | None:
        return value if isinstance(value, str) and KEY.fullmatch(value) else None


class KeyedForm(forms.Form):
    """A form whose hidden ``key`` goes to the service."""

    key = KeyField(required=False)
    marks_optional = True

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].initial = new_key

    def key_for(self, part: str) -> str | None:
        """The key for one ``part`` of what the form does, where one form does several things."""
        key = self.cleaned_data["key"]
        return f"{key}-{part}" if key else None

    @property
    def values(self) -> dict[str, Any]:
        """What was filled in, without the key."""
        return {name: value for name, value in self.cleaned_data.items() if name != "key"}


class EditForm(KeyedForm):
    """A form of what may be changed by others meanwhile: it remembers what it showed."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - {"key"}:
            was_said = not self.is_bound or self.add_initial_prefix(name) in self.data
            self.fields[name].show_hidden_initial = was_said

    @property
    def changed_values(self) -> dict[str, Any]:
        """What the person changed of what was shown; also what came without saying what was shown."""
        return {
            name: value
            for name, value in self.values.items()
            if name in self.changed_data or not self.fields[name].show_hidden_initial
        }
