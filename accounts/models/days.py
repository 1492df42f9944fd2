"""Which days make sense in a library's records."""

from datetime import date

from django.core.validators import MaxValueValidator, MinValueValidator

# Further away no clock of any time zone has to reckon, and no library kept records.
REAL_DAYS = [MinValueValidator(date(1900, 1, 1)), MaxValueValidator(date(2999, 12, 31))]
