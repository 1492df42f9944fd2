"""Numbers of other catalogues (LCCN, OCLC) and call numbers out of classifications."""

import re

from .text import cut, one_line

CALL_NUMBER_LENGTH = 60


def read_lccn(text: str) -> str:
    """A Library of Congress control number in its normal form: "sa 64-9058" -> "sa64009058"; "" if it is none.

    After www.loc.gov/marc/lccn-namespace.html: no blanks, nothing from a slash on, six digits after a hyphen.
    """
    number = re.sub(r"\s", "", text[:100]).split("/")[0].lower()
    head, hyphen, tail = number.partition("-")
    if hyphen:
        number = head + tail.rjust(6, "0")
    return number if re.fullmatch(r"[a-z]{0,3}\d{7,10}", number) else ""


def read_oclc(text: str) -> str:
    """An OCLC number without its prefixes and leading zeros: "(OCoLC)ocm00012345" -> "12345"; "" if it is none."""
    found = re.fullmatch(r"\s*(?:\(ocolc\))?\s*(?:oc[mn]|on)?0*([1-9]\d{0,13})\s*", text[:100], re.IGNORECASE)
    return found[1] if found else ""


def read_call_number(dewey: list[str], library_of_congress: list[str]) -> str:
    """A call number to propose: the first Dewey number up to its prime mark, "Fic" for "[Fic]", else the first LC one.

    A prime mark (/) shows where a small library may end the number.
    """
    for text in dewey:
        number = one_line(text, CALL_NUMBER_LENGTH).strip("[]() ")
        if re.fullmatch(r"\d{3}(?:[./].*)?", number):
            return number.split("/")[0].rstrip(". ")
        if re.fullmatch(r"[A-Za-z]{1,4}", number):
            return number
    return next((cut(text, CALL_NUMBER_LENGTH) for text in map(one_line, library_of_congress) if text), "")
