"""Hands out running numbers, each exactly once."""

from django.db import transaction
from django.db.models import F

from accounts.models import NumberSequence

CARDS = "card"
BARCODES = "barcode"


@transaction.atomic
def take_numbers(name: str, count: int = 1) -> range:
    """Take the next ``count`` numbers of the sequence ``name``.

    The row stays locked until the surrounding transaction ends, so that numbers of one kind are given out one
    transaction at a time and a number is never given twice, not even after a rollback elsewhere.
    """
    NumberSequence.objects.get_or_create(name=name)
    NumberSequence.objects.filter(name=name).update(next_number=F("next_number") + count)
    after = NumberSequence.objects.values_list("next_number", flat=True).get(name=name)
    return range(after - count, after)


def hold(name: str) -> None:
    """Wait until no other transaction takes numbers of ``name``, and keep others waiting until this one ends.

    Makes "look whether it is here, else add it" safe for things that no unique constraint can tell apart.
    """
    NumberSequence.objects.get_or_create(name=name)
    NumberSequence.objects.select_for_update().get(name=name)
