"""Running numbers that are never given out twice."""

from django.db import models


class NumberSequence(models.Model):
    """The next free number of a kind (cards, barcodes). Only ever raised, by accounts.services.numbers."""

    name = models.CharField(max_length=20, primary_key=True)
    next_number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"{self.name}: {self.next_number}"
