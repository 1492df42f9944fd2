"""Running numbers that are never given out twice."""

from django.db import models


class NumberSequence(models.Model):
    """The next free number of a kind (cards, barcodes). Only ever raised, by accounts.services.numbers."""

    name = models.CharField(max_length=20, primary_key=True)
    next_number = models.PositiveBigIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(next_number__gte=1), name="numbers_start_at_one")]

    def __str__(self) -> str:
        return f"{self.name}: {self.next_number}"
