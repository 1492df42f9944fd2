"""How a question is understood: to the letter, as something still being typed, with its spelling mended, in part."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from catalog.normalize.text import fold

from . import marks
from .asking import Question, tiers, whole
from .counting import count
from .documents import UNKNOWN_LANGUAGE
from .expressions import Expression, Mark, any_of
from .spelling import Mender

FEW = 20  # hits below which words that only begin like the last one are shown too


class How(StrEnum):
    """How the question was taken."""

    EVERYTHING = "everything"
    LITERAL = "literal"
    CORRECTED = "corrected"
    ANY_WORD = "any_word"


@dataclass(frozen=True, slots=True)
class Reading:
    """The ``question`` as it was taken: ``tiers`` from the weightiest to the least, each finding what the ones before
    it do not; ``whole`` is what any of them finds."""

    question: Question
    how: How
    tiers: tuple[Expression, ...]
    whole: Expression


def read(question: Question, languages: Iterable[str]) -> Reading:
    """Understand ``question`` in the way that finds something, the most literal one first.

    ``languages``: those of the books, the most frequent first.
    """
    languages = tuple(dict.fromkeys((UNKNOWN_LANGUAGE, *languages)))
    if question.is_empty:
        everything = Mark(marks.ALL)
        return Reading(question, How.EVERYTHING, (everything,), everything)
    literal, finds = _literal(question, languages)
    if finds:
        return literal
    if begun := question.without_letter():
        reading, finds = _literal(begun, languages)
        if finds:
            return reading
    mender = Mender(question, whole)
    if better := mender.mended():
        return _corrected(better, languages)
    return _loose(question, mender, languages) or literal


def _literal(question: Question, languages: tuple[str, ...]) -> tuple[Reading, bool]:
    """Every word as it is; where that finds few books, those too in which the last one only begins a word.

    And whether that finds anything.
    """
    exact = tiers(question, languages)
    everything = exact.all[-1]
    found = count(everything, FEW)
    begun = question.as_typing() if found < FEW else None
    if begun is None:
        return Reading(question, How.LITERAL, exact.all, everything), found > 0
    typing = tiers(begun, languages)
    in_order = dict.fromkeys((*exact.heads, *typing.heads, *exact.rest, *typing.rest))
    reading = Reading(question, How.LITERAL, tuple(in_order), any_of([everything, typing.all[-1]]))
    return reading, found > 0 or _finds(reading)


def _corrected(better: Question, languages: tuple[str, ...]) -> Reading:
    mended, _finds_some = _literal(replace(better, typed=fold(better.text)), languages)
    return replace(mended, how=How.CORRECTED)


def _loose(question: Question, mender: Mender, languages: tuple[str, ...]) -> Reading | None:
    """Every word as the beginning of one; else some of the words: all that books have, all but one, those that can be
    mended, any."""
    begun = question.as_typing(every=True)
    if begun and _finds(reading := _read(begun, languages)):
        return reading
    if len(question.telling) < 2:
        return None
    for less in _less(question, languages):
        if _finds(reading := _read(less, languages)):
            return replace(reading, how=How.ANY_WORD)
    if better := mender.mended_in_part():
        return _corrected(better, languages)
    anything = _read(replace(question, is_any=True), languages)
    return replace(anything, how=How.ANY_WORD) if _finds(anything) else None


def _read(question: Question, languages: tuple[str, ...]) -> Reading:
    said = tiers(question, languages).all
    return Reading(question, How.LITERAL, said, said[-1])


def _less(question: Question, languages: tuple[str, ...]) -> Iterator[Question]:
    """The question without the words that no book has, then without one more."""
    terms = question.telling
    known = [term for term in terms if count(whole(question.asking_for([term]), languages), 1)]
    if known and len(known) < len(terms):
        yield question.asking_for(known)
    if len(known) > 2:
        yield from (question.asking_for(t for t in known if t is not left_out) for left_out in reversed(known))


def _finds(reading: Reading) -> bool:
    return count(reading.whole, 1) > 0
