"""Passwords that are common ones in disguise."""

import re
from collections.abc import Iterator
from typing import Any

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

DISGUISES = str.maketrans("@4310$57!", "aaeiossti")
BEFORE, BEHIND = re.compile(r"^[\d\W_]+"), re.compile(r"[\d\W_]+$")
HERE = {"openshelf", "library", "librarian", "bibliothek", "bücherei"}  # what anybody would try first in this place
MOST_ADDED = 8  # figures and signs: a date; whoever adds more has made something of their own


class DressedUpPasswordValidator(CommonPasswordValidator):
    """Refuses what is a common password once "P@ssw0rd2026!" takes off its figures and signs."""

    def validate(self, password: str, user: Any = None) -> None:
        if any(word in self.passwords or word in HERE for word in _undressed(password.lower().strip())):
            text = _("This password is a common one with figures or signs added, which is guessed early.")
            raise ValidationError(text, code="password_too_common")

    def get_help_text(self) -> str:
        return _("It cannot be a common password with figures or signs added.")


def _undressed(password: str) -> Iterator[str]:
    """What ``password`` may be without its disguise."""
    front = BEHIND.sub("", password)
    for word in (front, BEFORE.sub("", front)):
        if word and len(password) - len(word) <= MOST_ADDED:
            yield word
            yield word.translate(DISGUISES)
