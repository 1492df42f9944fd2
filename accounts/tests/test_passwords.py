"""Which passwords are refused, and that long and pasted ones are not."""

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User

COMMON = [
    "password", "Password1", "p@ssw0rd2026!", "P455w0rd", "iloveyou!!", "qwertyuiop1", "12345678", "$ummer2026",
    "summer2026",
    "Openshelf1!", "library2026", "Librarian#1", "!!dragon!!", "sunshine1",
]  # fmt: skip
OWN = [
    "a sentence nobody guesses", "correct horse battery staple", "x" * 8 + "mqtz", "tiger 8347-9912-0448 4711",
    "Ünïcödé Sätze sind erlaubt", "p" + "assword by the sea", "🦉🦉🦉🦉🦉🦉🦉🦉", "long " * 40,
]  # fmt: skip


@pytest.mark.parametrize("password", COMMON)
def test_common_password_is_refused_also_in_disguise(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="C1"))


@pytest.mark.parametrize("password", OWN)
def test_password_of_ones_own_is_taken_however_long(password: str) -> None:
    assert validate_password(password, User(username="C1")) is None
