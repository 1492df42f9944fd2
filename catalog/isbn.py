"""ISBNs as people and scanners write them, read into one form."""

import re
import unicodedata
from dataclasses import dataclass

from stdnum import isbn as numbers

LONGEST_TEXT = 2_000
# AIM symbology identifiers that scanners can be told to send before the data: "]E0", "]C1", "]d2".
AIM_PREFIX = re.compile(r"\][A-Za-z][0-9A-Za-z](?=[0-9])")
LABEL = re.compile(r"e?-?isbn(?:[\s-]*1[03](?=[\s:)]))?[\s:#=.]*", re.IGNORECASE)
QUALIFIER = re.compile(r"\([^()]*\)|\[[^][]*\]")  # MARC 020 $q: "(hardcover)"
PRICE = re.compile(r"\s+:\s.*$", re.DOTALL)  # MARC 020 $c: " : $12.95"
SEPARATOR = re.compile(r"[\t\n;,/|]|\s{2,}")
RUN = re.compile(r"(?<![0-9A-Za-z])[0-9][0-9 .-]*[0-9X](?![0-9A-Za-z])")
THIRTEEN = re.compile(r"[0-9]{13}")
BOOKLAND = ("978", "979")
MUSIC = "9790"  # an ISMN, the number of printed music


@dataclass(frozen=True, slots=True)
class Isbn:
    """One ISBN. A wrong one (its check digit does not fit) keeps what was written and has no canonical forms."""

    text: str  # as written, without label and qualifier
    isbn13: str = ""
    isbn10: str = ""
    is_valid: bool = True

    @property
    def digits(self) -> str:
        """What was written, without hyphens and blanks."""
        return _compact(self.text)

    @property
    def value(self) -> str:
        """The form to keep: the ISBN-13, or the digits of a wrong one."""
        return self.isbn13 or self.digits


def read_isbn(text: object) -> Isbn | None:
    """The ISBN that ``text`` is, right or with a wrong check digit.

    Takes ISBN-10 and -13 with any hyphens, blanks and full-width digits, "ISBN:", scanner prefixes (]E0), a
    qualifier in brackets, a 9-digit SBN and the add-on of 2 or 5 digits printed beside a barcode (cut off).
    Of a list the first. None for anything else: words, ISMN (979-0), ASIN, digits all alike, other lengths.
    """
    plain = _plain(text)
    found = _find(plain)
    return found[0] if found and not _has_words(plain) else None


def find_isbns(text: object) -> list[Isbn]:
    """Every ISBN in ``text``, each once, in order: lists, two numbers in a row, numbers among words."""
    if isinstance(text, str) and THIRTEEN.fullmatch(text) and (isbn := _read_digits(text, text)):
        return [isbn]  # most of those in files
    once: dict[str, Isbn] = {}
    for isbn in _find(_plain(text)):
        once.setdefault(isbn.value, isbn)
    return list(once.values())


def looks_like_isbn(text: object) -> bool:
    """Whether somebody who typed ``text`` meant an ISBN: one that can be read, or an ISBN-13 not typed to the end."""
    plain = _plain(text)
    is_started = re.fullmatch(r"97[89]\d{5,9}", _compact(plain)) and not _has_words(plain)
    return bool(is_started) or read_isbn(text) is not None


def forms(text: object) -> set[str]:
    """Every spelling under which the ISBNs in ``text`` may be stored: 13 digits, 10 digits, digits as typed."""
    return {form for isbn in _find(_plain(text)) for form in (isbn.isbn13, isbn.isbn10, isbn.digits) if form}


def hyphenated(isbn13: str) -> str:
    """``isbn13`` with its hyphens, for people. What cannot be split (unknown publisher range) stays as it is."""
    return numbers.format(isbn13) if numbers.is_valid(isbn13) else isbn13


def _plain(text: object) -> str:
    """ASCII digits, plain hyphens, capital X, no labels, prefixes or control characters."""
    letters = str(text or "")[:LONGEST_TEXT]
    if not (letters.isascii() and letters.isprintable()):
        letters = "".join(map(_plain_character, unicodedata.normalize("NFKC", letters)))
    letters = letters.upper()
    if not letters.strip("0123456789X-"):
        return letters
    return PRICE.sub("", QUALIFIER.sub(" ", AIM_PREFIX.sub("", LABEL.sub("", letters))))


def _plain_character(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "\N{MINUS SIGN}":
        return "-"
    if category in ("Cf", "Cs"):
        return ""
    if category == "Zs":
        return " "
    return " " if category == "Cc" and character not in "\t\n" else character


def _compact(text: str) -> str:
    return re.sub(r"[^0-9X]", "", text.upper())


def _has_words(plain: str) -> bool:
    return any(character.isalnum() for character in RUN.sub("", plain))


def _find(plain: str) -> list[Isbn]:
    found: list[Isbn] = []
    for piece in SEPARATOR.split(plain):
        for run in RUN.findall(piece):
            found += _read_run(run) or [isbn for word in run.split() for isbn in _read_run(word)]
    return found


def _read_run(run: str) -> list[Isbn]:
    """The ISBNs of one run of digits: usually one, two when typed in a row, none when it is something else."""
    digits = _compact(run)
    parts = _cut(digits)
    texts = [run.strip(" .-")] if len(parts) == 1 and parts[0] == digits else parts
    read = [_read_digits(part, text) for part, text in zip(parts, texts, strict=True)]
    return [isbn for isbn in read if isbn] if all(read) else []


def _cut(digits: str) -> list[str]:
    size, is_ean = len(digits), digits.startswith(BOOKLAND)
    if size in (9, 10, 13):
        return [digits]
    if size == 14 and digits.startswith("097"):  # a scanner set to GTIN-14
        return [digits[1:]]
    if size in (15, 18) and is_ean:  # EAN with its add-on (price or issue)
        return [digits[:13]]
    if size == 23:
        return [digits[:13], digits[13:]] if is_ean else [digits[:10], digits[10:]]
    for length in (13, 10):
        if size % length == 0 and (length == 10 or is_ean):
            return [digits[start : start + length] for start in range(0, size, length)]
    return []


def _read_digits(digits: str, text: str) -> Isbn | None:
    if "X" in digits[:-1]:
        return None
    if len(digits) == 9:  # SBN, before 1970
        return _valid("0" + digits, text) if _is_right("0" + digits) else None
    body = digits[3:-1] if len(digits) == 13 else digits[:-1]
    is_foreign = len(digits) == 13 and (
        not digits.startswith(BOOKLAND) or digits.startswith(MUSIC) or digits[-1] == "X"
    )
    if is_foreign or len(set(body)) == 1:  # 000000000, 111111111: typed to fill a field
        return None
    return _valid(digits, text) if _is_right(digits) else Isbn(text=text, is_valid=False)


def _valid(digits: str, text: str) -> Isbn:
    body = digits[3:-1] if len(digits) == 13 else digits[:-1]
    isbn13 = digits if len(digits) == 13 else _ended_13(f"978{body}")
    isbn10 = _ended_10(body) if isbn13.startswith("978") else ""
    return Isbn(text=text, isbn13=isbn13, isbn10=isbn10)


# Every record that comes in has its ISBNs looked at: these three are twenty times as fast as the package's.
def _is_right(digits: str) -> bool:
    return digits == (_ended_13 if len(digits) == 13 else _ended_10)(digits[:-1])


def _ended_13(body: str) -> str:
    """Twelve digits with the check digit of an EAN."""
    figures = [int(digit) for digit in body]
    return f"{body}{-(sum(figures[::2]) + 3 * sum(figures[1::2])) % 10}"


def _ended_10(body: str) -> str:
    """Nine digits with the check digit of an ISBN-10."""
    check = sum(place * int(digit) for place, digit in enumerate(body, 1)) % 11
    return f"{body}{'X' if check == 10 else check}"
