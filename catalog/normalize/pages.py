"""Numbers of pages out of a number or a statement of extent."""

import re

MOST_PAGES = 50_000
TOKEN = re.compile(r"\d+|[^\W\d_]+|[][().]")
PAGE_WORDS = {"p", "pp", "pg", "pgs", "page", "pages", "pag", "s", "ss", "str", "seiten", "sidor", "sider", "с", "стр"}
NOT_THE_TEXT = {"l", "leaves", "plates", "of"}  # "6 p. l." are preliminary leaves, "[32] p. of plates" pictures
VOLUMES = re.compile(r"\W*(\d+)\W*(?:v|vols?|volumes|bde?|bände|t|tomes?)\b", re.IGNORECASE)
ROMAN = re.compile(r"[ivxlcdm]+")


def read_pages(number: object, pagination: str = "") -> int | None:
    """The number of pages: ``number`` if it is one from 1 to 50,000, else what ``pagination`` says.

    "xi, 265 p." -> 265, "320, 11 p." -> 320, "300 p., [32] p. of plates" -> 300, "[96] p." -> 96,
    "109 (i. e. 131) p." -> 131; "p. cm.", "24 v." and leaves say nothing, and 24 is no number of pages beside "24 v.".
    """
    given, volumes = _as_number(number), VOLUMES.match(pagination[:300])
    if volumes and volumes[1] == str(given):
        given = None
    return given if given is not None else _from_extent(pagination[:300])


def _as_number(number: object) -> int | None:
    if isinstance(number, str) and number.strip().isdecimal() and len(number) < 10:
        number = int(number)
    if not isinstance(number, int) or isinstance(number, bool):
        return None
    return number if 1 <= number <= MOST_PAGES else None


def _from_extent(pagination: str) -> int | None:
    if pagination.strip().isdecimal():
        return _as_number(pagination)
    found: list[int] = []
    numbers: list[tuple[bool, int]] = []  # (in brackets, number) before the next word
    tokens, in_brackets = TOKEN.findall(pagination.casefold()), False
    for position, word in enumerate(tokens):
        if word in ("[", "]"):
            in_brackets = word.startswith("[")
        elif word.isdecimal():
            numbers.append((in_brackets, int(word[:9])))
        elif word in PAGE_WORDS:
            found += _counted(numbers, tokens[position + 1 : position + 3])
            numbers = []
        elif word.isalpha() and (word == "e" or not ROMAN.fullmatch(word)):
            numbers = []  # "i.e." corrects the number before it; any other word counts something else
    return _as_number(max(found, default=0))


def _counted(numbers: list[tuple[bool, int]], following: list[str]) -> list[int]:
    next_word = next((word for word in following if word.isalpha()), "")
    if next_word in NOT_THE_TEXT:
        return []
    plain = [number for is_supplied, number in numbers if not is_supplied]
    return plain or [number for _, number in numbers]
