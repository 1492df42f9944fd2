"""The form of what a record describes, from the many places where MARC 21 says it."""

import re
from dataclasses import dataclass

from catalog.normalize.formats import read_format
from catalog.normalize.text import one_line, strip_isbd

from .records import Record, subfields
from .remembering import remembered

# Leader/06: what kind of thing it is, where that decides the form.
BY_KIND = {
    "c": "sheet_music", "d": "sheet_music", "e": "map", "f": "map", "g": "video", "i": "audio", "j": "audio",
    "k": "other", "m": "ebook", "o": "other", "p": "other", "r": "other",
}  # fmt: skip
# 007/00 and 008/23: the material of the thing in hand.
BY_MATERIAL = {"s": "audio", "v": "video", "m": "video", "h": "microform", "a": "map", "c": "ebook", "q": "sheet_music"}
BY_ITEM = {"a": "microform", "b": "microform", "c": "microform", "o": "ebook", "s": "ebook", "q": "ebook"}
TEXT = frozenset("at")
QUALIFIER = re.compile(r"\(([^()]*)\)")


@dataclass(frozen=True, slots=True)
class Form:
    """The key of FORMATS, and the words for it as given."""

    format: str = ""
    text: str = ""


def form_of(record: Record, carrier: str) -> Form:
    """The form: a thing that is no text is what its leader says, a text what its binding or its carrier says.

    ``carrier``: what 245 $h says in brackets.
    """
    kind, fixed, physical = record.leader[6:7], record.control("008"), record.control("007")[:1]
    binding = _binding(record)
    by_words = _of_words(carrier or binding)
    if kind in BY_KIND:
        said = BY_KIND[kind]
        is_other = said in ("other", "ebook")
        return Form(BY_MATERIAL.get(physical, said) if is_other else said, carrier or binding)
    if carrier and by_words not in ("", "other"):
        return Form(by_words, carrier)
    by_item = BY_ITEM.get(fixed[23:24], "") if len(fixed) > 23 else ""
    coded = by_item or (BY_MATERIAL.get(physical, "") if physical in "hsv" and physical else "")
    bound = "" if coded else _of_words(binding)
    return Form(coded or bound, binding if bound else carrier or binding)


def _binding(record: Record) -> str:
    """What 020 says beside the number, in $q or in brackets, if it is about the form."""
    texts = record.by_tag.get("020")
    if not texts:
        return ""
    for text in texts:
        if "\x1fq" not in text and "(" not in text:
            continue
        for code, value in subfields(text):
            words = [value] if code == "q" else QUALIFIER.findall(value) if code in "az" else []
            for word in words:
                plain = strip_isbd(one_line(word, 100)).strip("() ")
                if _of_words(plain) not in ("", "other"):
                    return plain
    return ""


@remembered
def _of_words(text: str) -> str:
    return read_format(text)
