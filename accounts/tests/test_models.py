"""What the database itself refuses, whoever writes to it."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import F

from accounts.models import Action, LibrarySettings, NumberSequence
from accounts.services.members import edit_member
from accounts.services.numbers import take_numbers
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db
JOINED = date(2020, 1, 1)


@pytest.mark.parametrize("fields", [{"name": ""}, {"card_number": ""}, {"expires_on": date(2019, 12, 31)}], ids=str)
def test_member_that_cannot_be(fields: dict) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        MemberFactory(joined_on=JOINED, **fields)
    assert MemberFactory(joined_on=JOINED, expires_on=JOINED).pk


def test_membership_that_ends_before_it_begins_is_told_in_words() -> None:
    member = MemberFactory.build(joined_on=JOINED, expires_on=date(2019, 12, 31))
    with pytest.raises(ValidationError) as error:
        member.validate_constraints()
    assert error.value.messages == ["The membership ends on the day it begins or later."]


@pytest.mark.parametrize("fields", [{"undone_by": F("pk")}, {"key": ""}, {"verb": ""}], ids=str)
def test_action_that_cannot_be(fields: dict) -> None:
    edit_member(MemberFactory(), phone="1", by=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Action.objects.update(**fields)


@pytest.mark.parametrize(("cards", "barcodes"), [("B", "B"), ("BU", "B"), ("B", "BU")])
def test_prefixes_that_can_be_mixed_up(cards: str, barcodes: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LibrarySettings.objects.update(card_prefix=cards, barcode_prefix=barcodes)


def test_numbers_start_at_one() -> None:
    take_numbers("x")
    with pytest.raises(IntegrityError), transaction.atomic():
        NumberSequence.objects.update(next_number=0)


def test_second_row_of_settings() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        LibrarySettings.objects.create(pk=2)
