"""How a question is understood: to the letter, as something still being typed, with its spelling mended, in part."""

from collections.abc import Callable, Iterable, Iterator
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

Visible = Callable[[Expression], Expression]


class How(StrEnum):
    """How the question was taken."""

    EVERYTHING = "everything"
    LITERAL = "literal"
    CORRECTED = "corrected"
    ANY_WORD = "any_word"


@dataclass(frozen=True, slots=True)
class Reading:
    """The ``question`` as it was taken: ``tiers`` from the weightiest to the least, each finding what the ones before
    it do not; ``whole`` is what any of them finds. ``only_begins``: no book has these words themselves, only
    words that begin so."""

    question: Question
    how: How
    tiers: tuple[Expression, ...]
    whole: Expression
    only_begins: bool = False


def read(question: Question, languages: Iterable[str], visible: Visible = lambda said: said) -> Reading:
    """Understand ``question`` in the way that finds something, the most literal one first.

    ``languages``: those of the books, the most frequent first. ``visible``: what of an expression may be seen; books
    that may not do not count as found.
    """
    return _Reader(tuple(dict.fromkeys((UNKNOWN_LANGUAGE, *languages))), visible).read(question)


@dataclass(frozen=True, slots=True)
class _Reader:
    languages: tuple[str, ...]
    visible: Visible

    def read(self, question: Question) -> Reading:
        if question.is_empty:
            everything = Mark(marks.ALL)
            return Reading(question, How.EVERYTHING, (everything,), everything)
        literal, finds = self._literal(question)
        if finds:
            return literal
        if begun := question.without_letter():
            reading, finds = self._literal(begun)
            if finds:
                return replace(reading, how=How.CORRECTED)
        mender = Mender(question, self._said)
        if better := mender.mended():
            return self._corrected(better)
        return self._loose(question, mender) or literal

    def _literal(self, question: Question) -> tuple[Reading, bool]:
        """Every word as it is; where that finds few books, those too in which the last one only begins a word.

        And whether that finds anything.
        """
        exact = tiers(question, self.languages)
        everything = exact.all[-1]
        found = self._count(everything, FEW)
        begun = question.as_typing() if found < FEW else None
        if begun is None:
            return Reading(question, How.LITERAL, exact.all, everything), found > 0
        typing = tiers(begun, self.languages)
        in_order = dict.fromkeys((*exact.heads, *typing.heads, *exact.rest, *typing.rest))
        both = any_of([everything, typing.all[-1]])
        reading = Reading(question, How.LITERAL, tuple(in_order), both, only_begins=not found)
        return reading, found > 0 or self._finds(reading)

    def _corrected(self, better: Question) -> Reading:
        mended, _finds_some = self._literal(replace(better, typed=fold(better.text)))
        return replace(mended, how=How.CORRECTED)

    def _loose(self, question: Question, mender: Mender) -> Reading | None:
        """Every word as the beginning of one; else some of the words: all that books have, all but one, those that can
        be mended, any."""
        begun = question.as_typing(every=True)
        if begun and self._finds(reading := self._read(begun)):
            return replace(reading, only_begins=True)
        if len(question.telling) < 2:
            return None
        for less in self._less(question):
            if self._finds(reading := self._read(less)):
                return replace(reading, how=How.ANY_WORD)
        if better := mender.mended_in_part():
            return self._corrected(better)
        anything = self._read(replace(question, is_any=True))
        return replace(anything, how=How.ANY_WORD) if self._finds(anything) else None

    def _read(self, question: Question) -> Reading:
        said = tiers(question, self.languages).all
        return Reading(question, How.LITERAL, said, said[-1])

    def _less(self, question: Question) -> Iterator[Question]:
        """The question without the words that no book has, then without one more."""
        terms = question.telling
        known = [term for term in terms if self._count(whole(question.asking_for([term]), self.languages), 1)]
        if known and len(known) < len(terms):
            yield question.asking_for(known)
        if len(known) > 2:
            yield from (question.asking_for(t for t in known if t is not left_out) for left_out in reversed(known))

    def _said(self, question: Question) -> Expression:
        return self.visible(whole(question))

    def _finds(self, reading: Reading) -> bool:
        return self._count(reading.whole, 1) > 0

    def _count(self, expression: Expression, most: int) -> int:
        return count(self.visible(expression), most)
