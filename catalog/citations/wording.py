"""Words and marks that the styles for reading share."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from .facts import Facts

ENDS = ("?", "!", "…", ".", "？", "！", "。", "؟", "।")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
SHORT = {r"\bedition\b": "ed.", r"\brevised\b": "rev."}
NUMBERED = re.compile(
    rf"(?:(\d{{1,3}})(?:st|nd|rd|th)?|({'|'.join(ORDINALS)}))\.?(?:\s+ed(?:ition|n)?)?\.?", re.IGNORECASE
)


class Reference(NamedTuple):
    """A book in a style for reading: its title, which stands in italics wherever there are any, and all around it."""

    before: str
    title: str
    after: str

    def __str__(self) -> str:
        return "".join(self)


def reference(before: Sequence[str], facts: Facts, after: Sequence[str], *, beside_title: str = "") -> Reference:
    """The title with the sentences ``before`` and ``after`` it; ``beside_title`` is part of the title's sentence."""
    lead, title, rest = sentences(*before), title_of(facts), sentences(*after)
    end = stop(" ".join(filter(None, (title, beside_title)))).removeprefix(title)
    return Reference(f"{lead} " if lead else "", title, f"{end} {rest}" if rest else end)


def title_of(facts: Facts) -> str:
    """Title and subtitle; a title that ends in a mark of its own takes no colon."""
    if not facts.subtitle:
        return facts.title
    return f"{facts.title}{' ' if facts.title.endswith(ENDS) else ': '}{facts.subtitle}"


def stop(text: str) -> str:
    """``text`` ended by a full stop, unless it ends in a mark that serves as one."""
    return text if not text or text.endswith(ENDS) else f"{text}."


def sentences(*parts: str) -> str:
    """``parts`` (those that say anything) one after the other, each ended."""
    return " ".join(stop(part) for part in parts if part)


def listed(names: list[str], last: str = "and") -> str:
    """ "A", "A and B", "A, B, and C"."""
    if len(names) < 3:
        return f" {last} ".join(names)
    return f"{', '.join(names[:-1])}, {last} {names[-1]}"


def edition_of(statement: str) -> str:
    """An edition statement in short: "Second edition" -> "2nd ed."; nothing for a first edition, which goes unsaid."""
    bare = statement.strip(" []()")
    if whole := NUMBERED.fullmatch(bare):
        number = int(whole[1] or ORDINALS.index(whole[2].lower()) + 1)
        return f"{number}{_ending(number)} ed." if number > 1 else ""
    for word, short in SHORT.items():
        bare = re.sub(word + r"\.?", short, bare, flags=re.IGNORECASE)
    return bare


def capital(text: str) -> str:
    """``text`` with its first letter as at the start of a sentence."""
    return text[:1].upper() + text[1:]


def _ending(number: int) -> str:
    return "th" if number % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
