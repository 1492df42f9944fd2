"""Which lines of a dump are wanted, found in whole blocks so that the others need not be parsed."""

import re
from collections.abc import Iterable, Iterator
from operator import mul
from typing import Any, Protocol

from catalog.isbn import Isbn, find_isbns
from catalog.normalize.languages import read_language, read_languages

from .dump import DumpRecord
from .json_values import items, strings

ISBN_FIELDS = ("isbn_13", "isbn_10", "isbn")
# A list of ISBNs without hyphens, labels and the like. Lines with anything else behind such a name are parsed.
PLAIN = re.compile(rb'"isbn_1[03]":\s*\[([0-9X", ]*)\]')
ODD = re.compile(rb'"isbn(?:":|_1[03]":(?!\s*\[[0-9X", ]*+\]))')
LONG = re.compile(rb"[0-9X]{14}")  # several in one, or with something behind
NAMED = b'"isbn'
LANGUAGE = re.compile(rb'"/(?:languages|l)/([a-z]+)"|"(language_code)"')
LARGEST_IN_BITS = 1 << 28
WEIGHTS_13, WEIGHTS_10 = (1, 3) * 6, tuple(range(10, 1, -1))


class Sieve(Protocol):
    """Finds lines: quickly and perhaps too many, then exactly."""

    def places(self, block: bytes) -> Iterable[int]:
        """Places in ``block`` within all lines that may be wanted; within others perhaps too."""

    def wants(self, record: DumpRecord) -> bool:
        """Whether this record is wanted."""


class EveryLine:
    """Wants everything."""

    def places(self, block: bytes) -> Iterator[int]:
        place = 0
        while place < len(block):
            yield place
            place = block.index(b"\n", place) + 1

    def wants(self, record: DumpRecord) -> bool:
        return True


class IsbnSieve:
    """Wants the editions that bear one of ``isbns``."""

    def __init__(self, isbns: Iterable[Isbn]) -> None:
        wanted = list(isbns)
        self._values = {isbn.value for isbn in wanted}
        self._forms = frozenset(form for isbn in wanted for form in _forms(isbn))

    def places(self, block: bytes) -> list[int]:
        lists, found = PLAIN.findall(block), []
        if self._may_want(b", ".join(lists)):
            found += [match.start() for match in PLAIN.finditer(block) if self._may_want(match[1])]
        if block.count(NAMED) > len(lists):
            found += [match.start() for match in ODD.finditer(block)]
        return found

    def wants(self, record: DumpRecord) -> bool:
        return not self._values.isdisjoint(isbn_values(record.value))

    def _may_want(self, plain: bytes) -> bool:
        """Whether a wanted ISBN is among these; also when one of them has to be read slowly."""
        is_odd = LONG.search(plain) or plain.count(b" ") > plain.count(b", ")
        return bool(is_odd) or not self._forms.isdisjoint(plain.split(b'"'))


class LanguageSieve:
    """Wants the editions in one of ``languages`` (MARC codes)."""

    def __init__(self, languages: Iterable[str]) -> None:
        self._languages = frozenset(languages)
        self._judged: dict[bytes, bool] = {}

    def places(self, block: bytes) -> list[int]:
        return [match.start() for match in LANGUAGE.finditer(block) if match[2] or self._is_wanted(match[1])]

    def wants(self, record: DumpRecord) -> bool:
        named = items(record.value.get("languages")) or record.value.get("language_code")
        return not self._languages.isdisjoint(read_languages(named))

    def _is_wanted(self, code: bytes) -> bool:
        if code not in self._judged:
            self._judged[code] = read_language(code.decode()) in self._languages
        return self._judged[code]


class BothSieves:
    """Wants what both want; ``first`` should want less."""

    def __init__(self, first: Sieve, second: Sieve) -> None:
        self._first, self._second = first, second

    def places(self, block: bytes) -> Iterable[int]:
        return self._first.places(block)

    def wants(self, record: DumpRecord) -> bool:
        return self._first.wants(record) and self._second.wants(record)


class NumberSet:
    """Whole numbers, tens of millions of them in a few megabytes; meant for the numbers in keys."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._large: set[int] = set()
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, number: int) -> bool:
        if number >= LARGEST_IN_BITS:
            return number in self._large
        byte = number >> 3
        return byte < len(self._bits) and bool(self._bits[byte] >> (number & 7) & 1)

    def add(self, number: int) -> None:
        """Put ``number`` (0 or more) in."""
        if number in self:
            return
        self._count += 1
        if number >= LARGEST_IN_BITS:
            self._large.add(number)
            return
        byte = number >> 3
        if byte >= len(self._bits):
            self._bits.extend(bytes(byte + 1 + len(self._bits) // 4 - len(self._bits)))
        self._bits[byte] |= 1 << (number & 7)


class KeySieve:
    """Wants the works or authors with these ``numbers`` in their keys; ``kind``: work or author."""

    def __init__(self, kind: str, numbers: NumberSet) -> None:
        self._numbers = numbers
        self._keys = re.compile({
            "work": rb"\n/type/work\t/(?:works|w)/OL(\d+)W\t",
            "author": rb"\n/type/author\t/(?:authors|a)/OL(\d+)A\t",
        }[kind])  # fmt: skip

    def places(self, block: bytes) -> list[int]:
        wanted = self._numbers
        lines = self._keys.finditer(b"\n" + block)  # a regular expression that begins with plain text is faster
        return [match.start() for match in lines if int(match[1]) in wanted]

    def wants(self, record: DumpRecord) -> bool:
        return int(record.olid[2:-1]) in self._numbers


def isbn_values(edition: dict[str, Any]) -> set[str]:
    """As hits.edition_isbns, but at once for numbers that are written plainly."""
    written = [each for name in ISBN_FIELDS if name in edition for each in items(edition[name])]
    return {value for each in written for value in _values_of(each)}


def _values_of(written: Any) -> Iterable[str]:
    plain = _plain_value(written) if isinstance(written, str) and written.isascii() else ""
    return (plain,) if plain else [isbn.value for text in strings([written]) for isbn in find_isbns(text)]


def _plain_value(text: str) -> str:
    """The ISBN-13 that ``text`` is, or the one of the ISBN-10 that it is; "" for anything that is not plainly right."""
    if len(text) == 13 and text.isdigit():
        is_isbn = text.startswith(("978", "979")) and not text.startswith("9790")
        return text if is_isbn and _check(text[:12]) == text[12] and len(set(text[3:12])) > 1 else ""
    body = text[:9]
    if len(text) != 10 or not body.isdigit() or len(set(body)) == 1:
        return ""
    is_right = text[9].upper() == "0X987654321"[_weighted(body, WEIGHTS_10) % 11]
    return f"978{body}{_check('978' + body)}" if is_right else ""


def _check(twelve: str) -> str:
    """The check digit of an ISBN-13 by its first ``twelve`` digits."""
    return str(-_weighted(twelve, WEIGHTS_13) % 10)


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    return sum(map(mul, weights, digits.encode())) - ord("0") * sum(weights)


def _forms(isbn: Isbn) -> set[bytes]:
    """The spellings, without hyphens, in which ``isbn`` may stand in a list of plain ISBNs."""
    ten = isbn.isbn10
    forms = {isbn.value, ten, ten[1:] if ten.startswith("0") else ""} - {""}
    return {form.encode() for form in forms}
