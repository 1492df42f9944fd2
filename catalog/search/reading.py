"""How a question is understood: to the letter, as still being typed, with its spelling mended, or less of it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum

from . import marks
from .asking import Question, tiers, whole
from .counting import count
from .documents import UNKNOWN_LANGUAGE
from .expressions import Expression, Mark, any_of
from .spelling import mended

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
    """Understand ``question`` in the way that finds something, the most literal one first."""
    languages = tuple(dict.fromkeys((*languages, UNKNOWN_LANGUAGE)))
    if question.is_empty:
        everything = Mark(marks.ALL)
        return Reading(question, How.EVERYTHING, (everything,), everything)
    literal, finds = _literal(question, languages)
    if finds:
        return literal
    if better := mended(question, whole):
        return replace(_literal(better, languages)[0], how=How.CORRECTED)
    loose = next((reading for less in _less(question, languages) if _finds(reading := _read(less, languages))), None)
    return replace(loose, how=How.ANY_WORD) if loose else literal


def _literal(question: Question, languages: tuple[str, ...]) -> tuple[Reading, bool]:
    """Every word as it is; where that finds few books, those too in which the last one, or each, only begins a word.
    And whether that finds anything."""
    exact = tiers(question, languages)
    everything = exact.all[-1]
    found = count(everything, FEW)
    begun = question.as_typing(every=not found) if found < FEW else None
    if begun is None:
        return Reading(question, How.LITERAL, exact.all, everything), found > 0
    typing = tiers(begun, languages)
    in_order = dict.fromkeys((*exact.heads, *typing.heads, *exact.rest, *typing.rest))
    reading = Reading(question, How.LITERAL, tuple(in_order), any_of([everything, typing.all[-1]]))
    return reading, found > 0 or _finds(reading)


def _read(question: Question, languages: tuple[str, ...]) -> Reading:
    said = tiers(question, languages).all
    return Reading(question, How.LITERAL, said, said[-1])


def _less(question: Question, languages: tuple[str, ...]) -> Iterator[Question]:
    """The question without the words that no book has, then without one more, then any of its words."""
    terms = question.telling
    if len(terms) < 2:
        return
    known = [term for term in terms if count(whole(question.asking_for([term]), languages), 1)]
    if known and len(known) < len(terms):
        yield question.asking_for(known)
    if len(known) > 2:
        yield from (question.asking_for(t for t in known if t is not left_out) for left_out in reversed(known))
    yield replace(question, is_any=True)


def _finds(reading: Reading) -> bool:
    return count(reading.whole, 1) > 0
