"""Titles: title and subtitle apart, no library punctuation, and the form to sort by."""

import re
from dataclasses import dataclass

from .text import (
    TITLE_LENGTH,
    cut,
    fold,
    match_key,
    one_line,
    plain_text,
    strip_full_stop,
    strip_isbd,
    unescape_numbers,
)

# Leading articles by MARC language (MARC 21, appendix F); an apostrophe or hyphen joins without a blank.
ARTICLES = {
    "afr": "die 'n",
    "ara": "al- el-",
    "cat": "el els en l' la les un una",
    "dan": "de den det en et",
    "dut": "de een het 't 'n",
    "eng": "a an the",
    "fre": "l' la le les un une",
    "gla": "a' am an an t- na",
    "gle": "an na",
    "ger": "das der die dem den des ein eine einem einen einer",
    "glg": "a as o os un unha",
    "gre": "ho he to hoi ta ο η το οι τα",
    "heb": "ha-",
    "hun": "a az egy",
    "ita": "gli i il l' la le lo un un' una uno",
    "mlt": "il- l-",
    "nob": "de den det ei en et",
    "nor": "de den det ei en et",
    "oci": "l' la las lo los un una",
    "por": "a as o os um uma",
    "rum": "o un una",
    "sco": "a an ane the",
    "spa": "el la las lo los un una",
    "swe": "de den det en ett",
    "wel": "y yr",
    "yid": "a an der di dos",
}
# Without a known language only a word that is an article wherever it stands: "Die Hard", "A nagy ...".
SURE_ARTICLES = "the"
LONGEST_GIVEN = 20_000
CARRIER = re.compile(
    r"\s*\[\s*((?:electronic|computer|sound|video|micro|text|audio|braille|large print|printed|cartographic)[^][]*)\]",
    re.IGNORECASE,
)
COLON = re.compile(r"\s:\s|:\s")
NOT_A_SUBTITLE = re.compile(r"(?:https?:)?//|www\.|[\d\s:.,]*$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart. ``carrier`` is what stood in brackets about the form: "electronic resource"."""

    title: str = ""
    subtitle: str = ""
    carrier: str = ""


def read_title(title: object, subtitle: object = "", prefix: object = "") -> Title:
    """``title`` with its split-off article (``prefix``) joined, cleaned and divided at the first colon.

    A given ``subtitle`` is taken instead of dividing. A colon inside brackets, before a number or before an
    address does not divide. Case is left as it is.
    """
    whole, carrier = _without_carrier(_join(_clean(prefix), _clean(title)))
    rest, other_carrier = _without_carrier(_clean(subtitle))
    parts = (whole, rest) if rest else _divide(whole)
    first, second = (_tidy(part) for part in parts)
    return Title(title=first or second, subtitle=second if first else "", carrier=carrier or other_carrier)


def sort_title(title: str, language: str = "") -> str:
    """``title`` folded for sorting, without the leading article of its ``language`` (MARC code), never another's."""
    lowered = title.casefold().replace("’", "'").lstrip('"“„«¿¡([ ')
    for article in ARTICLES.get(language, "" if language else SURE_ARTICLES).split():
        joined = article if article.endswith(("'", "-")) else f"{article} "
        if lowered.startswith(joined) and fold(lowered[len(joined) :]):
            return match_key(lowered[len(joined) :], TITLE_LENGTH)
    return match_key(title, TITLE_LENGTH)


def is_in_capitals(title: str) -> bool:
    """Whether a title of more than one word is written in capitals throughout."""
    return title.isupper() and len(title.split()) > 1 and sum(map(str.isalpha, title)) > 7


def _clean(value: object) -> str:
    return one_line(unescape_numbers(plain_text(value)[:LONGEST_GIVEN])) if value != "" else ""


def _join(prefix: str, title: str) -> str:
    if not prefix or title.casefold().startswith(f"{prefix.casefold()} "):
        return title
    return f"{prefix}{title}" if prefix.endswith(("'", "’", "-")) else f"{prefix} {title}"


def _without_carrier(text: str) -> tuple[str, str]:
    found = CARRIER.search(text) if "[" in text else None
    return (CARRIER.sub("", text), found[1].strip()) if found else (text, "")


def _divide(whole: str) -> tuple[str, str]:
    for colon in COLON.finditer(whole) if ":" in whole else ():
        before, after = whole[: colon.start()], whole[colon.end() :]
        is_inside = any(before.count(opens) > before.count(closes) for opens, closes in ("()", "[]"))
        if not is_inside:
            divides = before.strip() and sum(map(str.isalpha, after)) >= 3 and not NOT_A_SUBTITLE.match(after)
            return (before, after) if divides else (whole, "")
    return whole, ""


def _tidy(text: str) -> str:
    if not text:
        return ""
    while (shorter := strip_full_stop(strip_isbd(text))) != text:
        text = shorter
    return cut(text, TITLE_LENGTH)
