"""Days as tables write them. Whether the day or the month comes first is decided for a whole column."""

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cache

from babel import Locale

from catalog.normalize.text import fold

NUMBERS = re.compile(r"(\d{1,2})\s?([./-])\s?(\d{1,2})\s?[./-]\s?(\d{4}|\d{2})(?!\d)")
YEAR_FIRST = re.compile(r"(\d{4})\s?[./-]\s?(\d{1,2})\s?[./-]\s?(\d{1,2})(?!\d)")
COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
SERIAL = re.compile(r"([2-7]\d{4})(?:\.\d+)?")  # days since 1899-12-30, how Excel keeps them
WITH_TIME = re.compile(r"(?:T|\s+|,\s*)(\d{1,2}):(\d{2})(?::\d{2}(?:\.\d+)?)?\s*([ap]\.?m\.?)?$", re.IGNORECASE)
ORDINAL = re.compile(r"(\d)(?:st|nd|rd|th|er|º)\b")
WORD = re.compile(r"\d+|[^\W\d_]+")
SERIAL_ZERO = date(1899, 12, 30)
MONTH_LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt")
NO_DAY = re.compile(r"[0\s./-]*|n/?a|null|none|-+|1900-01-00", re.IGNORECASE)
CENTURY_TURNS = 20  # a year of two digits is at most so far ahead


class Days:
    """What a column of days tells about its order: ``see`` every cell, then ask ``day_first``."""

    def __init__(self) -> None:
        self.day_first_seen = self.month_first_seen = self.dots_seen = 0

    def see(self, text: str) -> None:
        found = NUMBERS.match(text)
        if found:
            first, second = int(found[1]), int(found[3])
            self.day_first_seen += first > 12 >= second
            self.month_first_seen += second > 12 >= first
            self.dots_seen += found[2] == "."

    def day_first(self, otherwise: bool) -> bool:
        """Whether the day comes first: by the days after the twelfth, by the dots, else as the library writes it."""
        if self.day_first_seen != self.month_first_seen:
            return self.day_first_seen > self.month_first_seen
        return bool(self.dots_seen) or otherwise


def order_of(texts: Iterable[str], *, otherwise: bool) -> bool:
    """Whether the day comes first in a column of these ``texts``."""
    days = Days()
    for text in texts:
        days.see(text)
    return days.day_first(otherwise)


def read_day(text: str, *, day_first: bool, today: date) -> date | None:
    """The day in ``text`` (numbers in any order, a month's name in seven languages, Excel's number of days).

    None if it names no day at all ("", "0000-00-00", "n/a"). Raises ValueError for what cannot be a day.
    """
    text = text.strip()
    if NO_DAY.fullmatch(text):
        return None
    text = WITH_TIME.sub("", text)
    if found := YEAR_FIRST.match(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := NUMBERS.match(text):
        day, month = (found[1], found[3]) if day_first else (found[3], found[1])
        return date(_whole_year(found[4], today), int(month), int(day))
    if found := COMPACT.fullmatch(text):
        return date(int(found[1]), int(found[2]), int(found[3]))
    if found := SERIAL.fullmatch(text):
        return SERIAL_ZERO + timedelta(days=int(found[1]))
    return _with_name(text, today)


def read_moment(text: str, *, day_first: bool, today: date) -> str:
    """The day in ``text`` as YYYY-MM-DD, or with its time as YYYY-MM-DDTHH:MM (with an offset if it has one); "".

    Raises ValueError.
    """
    text = text.strip()
    if len(text) > 10 and text[4:5] == "-" and "T" in text:
        return datetime.fromisoformat(text).isoformat()
    day = read_day(text, day_first=day_first, today=today)
    time = WITH_TIME.search(text)
    if day is None or not time:
        return day.isoformat() if day else ""
    hour = int(time[1]) % 12 + 12 * (time[3][0] in "pP") if time[3] else int(time[1])
    return datetime(day.year, day.month, day.day, hour, int(time[2])).isoformat(timespec="minutes")  # noqa: DTZ001 - a clock on the wall


def _whole_year(text: str, today: date) -> int:
    year = int(text)
    if len(text) == 4:
        return year
    year += today.year - today.year % 100
    return year if year <= today.year + CENTURY_TURNS else year - 100


def _with_name(text: str, today: date) -> date:
    """ "31 January 2020", "Jan 31, 2020", "31. Jänner 2020"."""
    words = WORD.findall(fold(ORDINAL.sub(r"\1", text)))
    month = next((_months()[word] for word in words if word in _months()), 0)
    numbers = [word for word in words if word.isdecimal()]
    if not month or len(numbers) != 2:
        raise ValueError(text)
    day, year = numbers if len(numbers[0]) <= 2 else reversed(numbers)
    return date(_whole_year(year, today), month, int(day))


@cache
def _months() -> dict[str, int]:
    names = {
        fold(name): number
        for language in MONTH_LANGUAGES
        for width in ("wide", "abbreviated")
        for number, name in Locale(language).months["format"][width].items()
    }
    return names | {"janner": 1, "feber": 2, "sept": 9}
