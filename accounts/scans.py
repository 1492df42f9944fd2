"""What a hand scanner or a keyboard sends, made into codes that can be looked up."""

import re
import unicodedata
from functools import lru_cache

LONGEST_NUMBER = 14  # digits; numbers on cards and labels are not longer

_AIM_PREFIX = re.compile(r"^\][A-Za-z][0-9A-Za-z]")  # "]C1": which symbology the scanner read
_CODABAR_FRAME = re.compile(r"^[A-D](\d[\d./+-]*)[A-D]$")  # start and stop letters some scanners send along
_NUMBER = re.compile(r"0*([1-9][0-9]*)")


@lru_cache(maxsize=2_000)
def clean_code(text: str) -> str:
    """``text`` as a code is stored: full-width forms narrowed, no control characters or blanks, in capitals.

    Returns at most 200 characters; what is longer was never one scan.
    """
    if text.isascii() and text.isalnum():
        return text.upper()[:200]
    narrow = unicodedata.normalize("NFKC", text[:400])
    return "".join(c for c in narrow if c.isprintable() and not c.isspace()).upper()[:200]


def readings(text: str) -> list[str]:
    """The codes that one scan may stand for, likeliest first.

    Scanners add what they are told to: an AIM prefix ("]C1C001"), Code 39's stars ("*C001*"), Codabar's start and
    stop letters ("A12345B"); tables lose the zeros a number begins with. The text as sent always comes first, so that
    a code that looks like noise still works.
    """
    code = clean_code(text)
    found = [code]
    bare = _AIM_PREFIX.sub("", code)
    found.append(bare)
    if len(bare) > 2 and bare.startswith("*") and bare.endswith("*"):
        bare = bare[1:-1]
        found.append(bare)
    if frame := _CODABAR_FRAME.match(bare):
        found.append(frame[1])
    found += _with_other_zeros(found[-1])
    return [c for c in dict.fromkeys(found) if c]


def _with_other_zeros(code: str) -> list[str]:
    """The same number with fewer and with more zeros in front, if ``code`` is one."""
    number = _NUMBER.fullmatch(code)
    return [number[1].zfill(width) for width in range(len(number[1]), LONGEST_NUMBER + 1)] if number else []
