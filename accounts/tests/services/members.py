"""How tests register members and let them in."""

from datetime import UTC, datetime
from typing import Any

from accounts.models import Member, User
from accounts.services.members import give_first_password, register_member
from accounts.tests.factories import MemberCategoryFactory

NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def register(**facts: Any) -> Member:
    return register_member(**{"name": "Mia", "category": MemberCategoryFactory(), "by": None, "now": NOON, **facts})


def code_of(refusal: Any) -> str:
    return refusal.value.code


def let_in(member: Member, **how: Any) -> User:
    return give_first_password(member, **{"password": "paper-pass-word", "by": None, "now": NOON, **how})
