"""Dates with the month as a word and the day with a full stop; the day has 24 hours."""

DATE_FORMAT = "j. F Y"
SHORT_DATE_FORMAT = "j. N Y"
MONTH_DAY_FORMAT = "j. N"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j. F Y, H:i"
SHORT_DATETIME_FORMAT = "j. N Y, H:i"
FIRST_DAY_OF_WEEK = 1
