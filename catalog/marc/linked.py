"""Two scripts in one record: what stands in the book is in 880, its transliteration in the field that links to it.

The book gets title, statement, edition, publisher and series as they are printed in it, because that is what its
readers look for. Its people keep the heading of the record, which brings all their books together whatever they are
written in. The transliterated title goes on in the description, so that it is found by both.
"""

import re

from .records import SUBFIELD, Record, first, subfields

AS_PRINTED = frozenset({"245", "250", "260", "264", "490", "440", "520"})
LINK = re.compile(r"(\d{3})-(\d\d)")
LATIN = re.compile(r"[A-Za-z\u00C0-\u024F\u1E00-\u1EFF]")
LETTER = re.compile(r"[^\W\d_]")


def with_originals(record: Record) -> Record:
    """``record`` with the fields of AS_PRINTED in the script of the book; itself where it has but one script."""
    if "880" not in record.by_tag:
        return record
    originals = {link: text for text in record.by_tag["880"] if (link := _link_of(text))}
    fields = [(tag, originals.get(_link_to(tag, text), text)) for tag, text in record.fields]
    linked = {_link_to(tag, text) for tag, text in record.fields}
    alone = [(tag, text) for (tag, n), text in originals.items() if (tag, n) not in linked or n == "00"]
    present = record.by_tag.keys()
    fields += [(tag, text) for tag, text in alone if tag not in present]
    return Record(record.leader, fields)


def romanised(record: Record, linked: Record) -> str:
    """The title and statement in Latin letters that the script of the book has taken the place of; "" for none."""
    ours, printed = next(record.texts("245"), ""), next(linked.texts("245"), "")
    if ours == printed:
        return ""
    return " ".join(value.strip() for code, value in subfields(ours) if code in "abcnp")


def _link_of(text: str) -> tuple[str, str] | None:
    found = LINK.match(first(text, "6"))
    if not found or found[1] not in AS_PRINTED or not _is_other_script(text):
        return None
    return found[1], found[2]


def _link_to(tag: str, text: str) -> tuple[str, str]:
    found = LINK.match(first(text, "6")) if tag in AS_PRINTED else None
    return (tag, found[2]) if found and found[1] == "880" and found[2] != "00" else ("", "")


def _is_other_script(text: str) -> bool:
    """Whether most letters are not Latin: some systems repeat Latin fields in 880."""
    letters = "".join(value for part in text.split(SUBFIELD)[1:] if (value := part[1:]) and part[0] != "6")
    return len(LATIN.findall(letters)) * 2 < len(LETTER.findall(letters))
