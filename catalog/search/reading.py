"""How a question is understood: to the letter, as something still being typed, or with its spelling mended."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from . import marks
from .asking import Question, expression, tiers
from .counting import count
from .expressions import Expression, Mark, any_of
from .spelling import corrected

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
    languages = tuple(languages)
    if question.is_empty:
        everything = Mark(marks.ALL)
        return Reading(question, How.EVERYTHING, (everything,), everything)
    literal = _literal(question, languages)
    if _finds(literal):
        return literal
    better = corrected(question)
    if better and _finds(mended := _literal(better, languages)):
        return replace(mended, how=How.CORRECTED)
    if len(question.wanted) > 1 and _finds(loose := _read(replace(question, is_any=True), languages)):
        return replace(loose, how=How.ANY_WORD)
    return literal


def _literal(question: Question, languages: tuple[str, ...]) -> Reading:
    """Every word as it is; where that finds few books, those too in which the last one, or each, only begins a word."""
    exact = _read(question, languages)
    found = count(exact.whole, FEW)
    begun = question.as_typing(every=not found) if found < FEW else None
    if begun is None:
        return exact
    typing = _read(begun, languages)
    whole = any_of([exact.whole, typing.whole])
    return Reading(question, How.LITERAL, (*exact.tiers, *typing.tiers), whole)


def _read(question: Question, languages: tuple[str, ...]) -> Reading:
    said = tuple(dict.fromkeys(expression(question, languages, parts) for parts in tiers(question)))
    return Reading(question, How.LITERAL, said, said[-1])


def _finds(reading: Reading) -> bool:
    return count(reading.whole, 1) > 0
