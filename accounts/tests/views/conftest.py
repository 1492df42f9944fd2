"""Who signs in, in the tests of pages."""

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password

from accounts.models import User
from accounts.permissions import MEMBER
from accounts.tests.factories import MemberFactory

PASSWORD = "a sentence nobody guesses"


@pytest.fixture
def mia(make_user: Any) -> User:
    """A member who signs in by card and by e-mail."""
    user = make_user(MEMBER, username="M000042P", email="mia@example.org", password=make_password(PASSWORD))
    MemberFactory(user=user, card_number=user.username, name="Mia")
    return user
