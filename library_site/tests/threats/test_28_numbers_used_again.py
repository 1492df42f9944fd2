"""28, numbers used again: a card of somebody who is gone opens nothing and is never given out again, nor is a key.

REMOVE-5 (circulation/tests/services/test_removal.py) tries the same of each card somebody had.
"""

import pytest
from django.db import connection
from django.test import Client

from accounts.exceptions import Refused
from accounts.models import Member, NumberSequence, User
from accounts.queries import default_category, member_with_card
from accounts.services.members import give_first_password, register_member, replace_card
from circulation.models import Hold, LedgerEntry, Loan
from circulation.services.removal import remove_member
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("accounts/services/members.py", "Card.objects.create(number=member.card_number)",
          "Card.objects.get_or_create(number=member.card_number)"),
    Break("accounts/services/members.py", "if not Card.objects.filter(number=code).exists():",
          "if not Member.objects.filter(card_number=code).exists():"),
]  # fmt: skip
PAPER = "paper-pass-word"


def register(card_number: str = "") -> Member:
    return register_member(name="Mia", category=default_category(), card_number=card_number, by=None)


@pytest.fixture
def gone() -> list[str]:
    """The cards of somebody who is gone: one of our own numbers, and one brought along."""
    member = register()
    cards = [member.card_number, "SCHOOL1"]
    give_first_password(member, password=PAPER, by=None)
    remove_member(replace_card(member, card_number="SCHOOL1", by=None), by=None)
    return cards


def test_card_of_who_is_gone_opens_nothing_and_is_given_to_nobody(gone: list[str]) -> None:
    for card in gone:
        assert member_with_card(card) is None
        with pytest.raises(Refused, match="card_taken"):
            register(card)
        with pytest.raises(Refused, match="card_taken"):
            replace_card(register(), card_number=card, by=None)
        Client().post("/accounts/login/", {"login": card, "password": PAPER})
        assert not User.objects.filter(username=card, is_active=True).exists()


def test_own_numbers_go_on_past_every_card_there_ever_was(gone: list[str]) -> None:
    NumberSequence.objects.filter(name="card").update(next_number=1)  # as after a restored count
    assert register().card_number not in gone


@pytest.mark.parametrize("model", [Loan, Hold, LedgerEntry, Member])
def test_key_of_a_row_that_is_gone_is_never_used_again(model: type) -> None:
    """SQLite would hand out the last one again, were it not told to count on."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT sql FROM sqlite_master WHERE name = %s", [model._meta.db_table])
            assert "AUTOINCREMENT" in cursor.fetchone()[0]
        else:
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [model._meta.db_table])
            assert cursor.fetchone()[0]
