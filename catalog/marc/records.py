"""A record as both forms of MARC give it: a leader and fields of text, taken apart only where somebody asks."""

from collections.abc import Iterator
from functools import cached_property

SUBFIELD = "\x1f"
NO_FIELDS: list[str] = []


class Damaged(Exception):
    """A record that cannot be understood. The message is for people: what is wrong and what to do."""


class Record:
    """Leader and fields in order. A field is its tag and its text: "10", then "a" and the title behind a delimiter."""

    def __init__(self, leader: str, fields: list[tuple[str, str]]) -> None:
        self.leader = leader
        self.fields = fields

    @cached_property
    def by_tag(self) -> dict[str, list[str]]:
        """The texts of the fields of each tag."""
        found: dict[str, list[str]] = {}
        for tag, text in self.fields:
            if tag in found:
                found[tag].append(text)
            else:
                found[tag] = [text]
        return found

    def control(self, tag: str) -> str:
        """The first control field ``tag``, without the delimiters that wrong records have there."""
        texts = self.by_tag.get(tag)
        if not texts:
            return ""
        return texts[0] if SUBFIELD not in texts[0] else texts[0].split(SUBFIELD)[1][1:]

    def texts(self, *tags: str) -> Iterator[str]:
        """The fields of these tags, in this order of tags."""
        for tag in tags:
            yield from self.by_tag.get(tag, NO_FIELDS)

    def values(self, tags: tuple[str, ...], codes: str) -> list[str]:
        """What stands in the subfields ``codes`` of the fields ``tags``, each by itself."""
        by_tag = self.by_tag
        return [
            part[1:] for tag in tags if tag in by_tag for text in by_tag[tag] for part in text.split(SUBFIELD)[1:]
            if part[:1] in codes and len(part) > 1
        ]  # fmt: skip


def subfields(text: str) -> list[tuple[str, str]]:
    """Codes and values of a field, in order; those without a code or a value are left out."""
    return [(part[0], part[1:]) for part in text.split(SUBFIELD)[1:] if len(part) > 1]


def indicators(text: str) -> str:
    """The two indicators of a field; blanks where the record has none."""
    head = text.split(SUBFIELD, 1)[0]
    return head if len(head) == 2 else f"{head[:2]:2}"


def first(text: str, code: str) -> str:
    """The first subfield ``code`` of a field, or ""."""
    start = text.find(SUBFIELD + code)
    if start < 0:
        return ""
    end = text.find(SUBFIELD, start + 2)
    return text[start + 2 :] if end < 0 else text[start + 2 : end]
