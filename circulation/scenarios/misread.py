"""Reading JSON strictly: every value knows its place, and whatever is not expected is an error there."""

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, TypeVar

from django.utils.translation import gettext as _

from accounts.money import NotMoney, digits, to_minor

T = TypeVar("T")
MOST = 10**9  # no number of days, loans or places is above it
DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
MONEY = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


class Misread(Exception):
    """A scenario that cannot be understood. ``place`` is where, as ``steps[3].expect.due``; empty: the whole file."""

    def __init__(self, place: str, message: str) -> None:
        self.place, self.message = place, message
        super().__init__(f"{place}: {message}" if place else message)


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file and its place."""

    value: Any
    place: str = ""

    def wrong(self, message: str) -> Misread:
        return Misread(self.place, message)

    # --- what is inside ---------------------------------------------------------------------------

    def fields(self, *known: str) -> dict[str, "Node"]:
        """The values of an object by key. A key that is not ``known`` is an error at that key."""
        if not isinstance(self.value, dict):
            raise self.wrong(_("An object is expected here: {…}."))
        for key in self.value:
            if key not in known:
                raise self.at(key).wrong(
                    _("There is no such key here. Possible: %(keys)s.") % {"keys": ", ".join(known)}
                )
        return {key: self.at(key) for key in self.value}

    def at(self, key: str) -> "Node":
        value = self.value.get(key) if isinstance(self.value, dict) else None
        key = key.encode("utf-8", "backslashreplace").decode()  # half a character can be no part of an answer
        return Node(value, f"{self.place}.{key}" if self.place else key)

    def pairs(self) -> Iterator[tuple[str, "Node"]]:
        """The keys of an object, whatever they are, each with its value."""
        if not isinstance(self.value, dict):
            raise self.wrong(_("An object is expected here: {…}."))
        return ((key, self.at(key)) for key in self.value)

    def items(self) -> list["Node"]:
        """The values of a list."""
        if not isinstance(self.value, list):
            raise self.wrong(_("A list is expected here: […]."))
        return [Node(each, f"{self.place}[{n}]") for n, each in enumerate(self.value)]

    # --- what it is -------------------------------------------------------------------------------

    def text(self, most: int = 300) -> str:
        if not isinstance(self.value, str):
            raise self.wrong(_("A text is expected here."))
        if not self.value.strip() or len(self.value) > most or UNPRINTABLE.search(self.value):
            raise self.wrong(_("A text of 1 to %(most)d printable characters is expected here.") % {"most": most})
        return self.value

    def code(self) -> str:
        return self.text(20)

    def number(self, least: int = 0, most: int = MOST) -> int:
        if isinstance(self.value, bool) or not isinstance(self.value, int):
            raise self.wrong(_("A whole number is expected here."))
        if not least <= self.value <= most:
            raise self.wrong(
                _("A number from %(least)d to %(most)d is expected here.") % {"least": least, "most": most}
            )
        return self.value

    def yes_or_no(self) -> bool:
        if not isinstance(self.value, bool):
            raise self.wrong(_("true or false is expected here."))
        return self.value

    def one_of(self, words: Collection[str]) -> str:
        if not isinstance(self.value, str) or self.value not in words:
            raise self.wrong(_("One of these is expected here: %(words)s.") % {"words": ", ".join(words)})
        return self.value

    def date(self) -> date:
        return self._moment(DATE, date.fromisoformat, _("A date is expected here, as 2026-03-02."))

    def moment(self) -> datetime:
        return self._moment(MOMENT, datetime.fromisoformat, _("A time is expected here, as 2026-03-02T10:00."))

    def clock(self) -> time:
        if self.value == "24:00":
            return time(23, 59, 59)
        return self._moment(CLOCK, time.fromisoformat, _("A time of day is expected here, as 18:00."))

    def money(self, currency: str, *, least: int = 0) -> int:
        """An amount in minor units: a text with no more digits than the currency has."""
        if not isinstance(self.value, str) or not MONEY.fullmatch(self.value):
            raise self.wrong(_('Money is expected here, as a text: "0.50".'))
        if len(self.value.partition(".")[2]) > digits(currency):
            facts = {"currency": currency, "digits": digits(currency)}
            raise self.wrong(_("An amount in %(currency)s has at most %(digits)d digits after the point.") % facts)
        try:
            minor = to_minor(Decimal(self.value), currency)
        except NotMoney:
            raise self.wrong(_("This is beyond any real sum.")) from None
        if minor < least:
            raise self.wrong(_("An amount below 0 makes no sense here."))
        return minor

    def or_nothing(self, read: Callable[["Node"], T]) -> T | None:
        """None for null and for "unlimited" or "none", where both mean that there is none."""
        return None if self.value in (None, "unlimited", "none") else read(self)

    def _moment(self, pattern: re.Pattern[str], parse: Callable[[str], T], message: str) -> T:
        try:
            if isinstance(self.value, str) and pattern.fullmatch(self.value):
                return parse(self.value)
        except ValueError:
            pass
        raise self.wrong(message)


def document(text: str | bytes) -> Node:
    """The whole file as one value. Raises Misread for what is no JSON, or names one key twice in an object."""
    try:
        if isinstance(text, bytes):
            text = text.decode("utf-8-sig")
        return Node(json.loads(text, object_pairs_hook=_object, parse_constant=_no_constant))
    except UnicodeDecodeError as error:
        raise Misread("", _("This is not UTF-8 text (byte %(byte)d).") % {"byte": error.start}) from None
    except json.JSONDecodeError as error:
        place = _("line %(line)d, column %(column)d") % {"line": error.lineno, "column": error.colno}
        raise Misread(place, _("This is not JSON: %(problem)s.") % {"problem": error.msg}) from None
    except RecursionError:
        raise Misread("", _("This is nested too deeply.")) from None
    except ValueError as error:  # a whole number of thousands of digits
        raise Misread("", _("This is not JSON: %(problem)s.") % {"problem": error}) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Misread(key, _("This key is given twice in one object."))
        found[key] = value
    return found


def _no_constant(word: str) -> Any:
    raise Misread("", _("%(word)s is no number.") % {"word": word})
