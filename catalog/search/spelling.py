"""Did you mean: words known from titles, people and subjects in place of those that find nothing together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from enum import Enum
from itertools import islice, pairwise, product
from typing import NamedTuple

from django.db.models.functions import Length

from catalog.models import SearchWord

from .asking import Question, Term
from .counting import count
from .expressions import Expression, Words, all_of, any_of
from .sounding import skeleton, skeletons_near
from .words import is_unspaced

MOST_COMPARED = 5_000  # known words
NEAREST = 10  # of them, those that are tried
SHORTEST, LONGEST = 3, 40
SHORTEST_HALF = 3  # of a word that was written together
MOST_TERMS = 8
MOST_DOUBTED = 4  # words of a question in which one that exists may still be wrong
MOST_COMBINED = 2_000  # combinations that are thought of
MOST_TRIED = 32  # and tried
MOST_COUNTED = 100
# What makes a mistake less likely, or more: people seldom mistake the first letter and seldom type another word that
# exists, but often write one letter for two.
DOUBLED = re.compile(r"(.)\1")
OTHER_START, OF_A_KNOWN_WORD, ONLY_DOUBLED, SOUNDS_ALIKE = 0.5, 0.75, -0.5, -0.25
LEFT_OUT = 2.5  # a word of three or more


class Doubt(Enum):
    """What is doubted: only words that no book has; those that some have too; or whether each is needed at all."""

    UNKNOWN = 1
    KNOWN = 2
    NEED = 3


class Guess(NamedTuple):
    """``terms`` in place of one term or two; ``cost``: how unlikely that is."""

    cost: float
    terms: tuple[Term, ...]


class Mender:
    """Looks for what was meant by ``question``, which finds nothing. ``said``: what a question finds."""

    def __init__(self, question: Question, said: Callable[[Question], Expression]) -> None:
        self._question, self._said = question, said
        self._terms = question.wanted
        self._near: dict[str, list[tuple[float, str]]] = {}
        asked = {term.words[0] for term in self._terms if _can_be_misspelt(term)}
        self._joined = [_joined(one, next_one) for one, next_one in pairwise(self._terms)]
        halves = {half for word in asked for pair in _halves(word) for half in pair}
        looked_up = asked | halves | {term.words[0] for term in self._joined if term}
        self._known = set(SearchWord.objects.filter(word__in=looked_up).values_list("word", flat=True))
        self._all_known = asked <= self._known

    def mended(self) -> Question | None:
        """The question with other words, joined or divided ones, so that it finds something; None if nothing near does.

        The likeliest combination of words counts, of equally likely ones the one that finds most. Words that exist are
        doubted only where mending the others does not help.
        """
        if len(self._terms) > MOST_TERMS:
            return None
        best = self._best(Doubt.UNKNOWN)
        if best is None and len(self._question.telling) <= MOST_DOUBTED:
            best = self._best(Doubt.KNOWN)
        return best

    def mended_in_part(self) -> Question | None:
        """As ``mended``, with a word left out; None if each word is known."""
        return None if self._all_known or not 2 < len(self._terms) <= MOST_TERMS else self._best(Doubt.NEED)

    def _best(self, doubt: Doubt) -> Question | None:
        best: tuple[int, Question] | None = None
        reached = 0.0
        for cost, wanted in islice(self._guesses(doubt), MOST_TRIED):
            if best and cost > reached:
                break
            other = self._question.asking_for(wanted)
            found = count(self._said(other), MOST_COUNTED)
            if found and (best is None or found > best[0]):
                best, reached = (found, other), cost
        return best[1] if best else None

    def _guesses(self, doubt: Doubt) -> Iterator[tuple[float, list[Term]]]:
        """Other terms, the likeliest first."""
        each = [sorted(self._instead_of(term, doubt), key=lambda guess: guess.cost) for term in self._terms]
        uncertain = sum(len(guesses) > 1 for guesses in each)
        most = max(2, int(MOST_COMBINED ** (1 / max(1, uncertain))))
        each = [guesses[:most] for guesses in each]
        chosen: list[tuple[float, list[Term]]] = []
        if uncertain and self._may_find(each):
            chosen = [
                (sum(guess.cost for guess in choice), [term for guess in choice for term in guess.terms])
                for choice in product(*each)
                if sum(not guess.terms for guess in choice) <= 1
            ]
        chosen += [
            (1.0, [*self._terms[:n], term, *self._terms[n + 2 :]])
            for n, term in enumerate(self._joined)
            if term and term.words[0] in self._known
        ]
        chosen.sort(key=lambda guess: guess[0])
        return ((cost, wanted) for cost, wanted in chosen if wanted and wanted != list(self._terms))

    def _may_find(self, each: list[list[Guess]]) -> bool:
        """Whether any combination finds something, which one look tells."""
        needed = [
            any_of([all_of([Words(term.words) for term in guess.terms]) for guess in guesses])
            for guesses in each
            if all(guess.terms for guess in guesses) and not guesses[0].terms[0].says_little
        ]
        return not needed or count(all_of(needed), 1) > 0

    def _instead_of(self, term: Term, doubt: Doubt) -> list[Guess]:
        """``term`` itself and what may have been meant by it."""
        word = term.words[0]
        is_known = word in self._known
        if not _can_be_misspelt(term):
            return [Guess(0.0, (term,))]
        guesses = [Guess(0.0 if is_known else 1.0, (term,))]
        if doubt is Doubt.NEED:
            guesses.append(Guess(LEFT_OUT, ()))
        if is_known and doubt is not Doubt.KNOWN:
            return guesses
        if word not in self._near:
            self._near[word] = nearest(word)
        extra = OF_A_KNOWN_WORD if is_known else 0.0
        near = [(cost, replace(term, words=(other,), accented="")) for cost, other in self._near[word]]
        guesses += [Guess(cost + extra, (other,)) for cost, other in near]
        for one, other in _halves(word):
            if one in self._known and other in self._known:
                guesses.append(Guess(1.0 + extra, (Term((one,)), Term((other,)))))
        return guesses


def has_unknown_words(question: Question) -> bool:
    """Whether a word of ``question`` stands in no title, no name and no subject."""
    asked = {term.words[0] for term in question.wanted if _can_be_misspelt(term)}
    return len(asked) > SearchWord.objects.filter(word__in=asked).count()


def nearest(word: str) -> list[tuple[float, str]]:
    """The known words for which ``word`` may have been typed, with how unlikely that is, the likeliest first.

    Counted are the strokes between them (letters added, left out, wrong or swapped): at most one for up to four
    letters, two for up to eight, else three.
    """
    from rapidfuzz import process  # noqa: PLC0415 - 3 MB; the tasks beside the site never need it
    from rapidfuzz.distance import OSA  # noqa: PLC0415 - the same

    most = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    alike = SearchWord.objects.annotate(length=Length("word")).filter(
        skeleton__in=skeletons_near(word), length__gte=len(word) - most, length__lte=len(word) + most
    )
    candidates = alike.exclude(word=word).values_list("word", flat=True)[:MOST_COMPARED]
    found = process.extract(word, list(candidates), scorer=OSA.distance, score_cutoff=most, limit=None)
    return sorted((_cost(word, near, strokes), near) for near, strokes, _n in found)[:NEAREST]


def _cost(word: str, near: str, strokes: int) -> float:
    cost = strokes + (OTHER_START if near[0] != word[0] else 0.0)
    if DOUBLED.sub(r"\1", word) == DOUBLED.sub(r"\1", near):
        return cost + ONLY_DOUBLED
    return cost + (SOUNDS_ALIKE if skeleton(word) == skeleton(near) else 0.0)


def _joined(one: Term, other: Term) -> Term | None:
    """Two words written as one."""
    word = one.words[0] + other.words[0]
    are_words = one.is_plain and other.is_plain and word.isalpha() and not is_unspaced(word)
    return Term((word,)) if are_words and len(word) <= LONGEST else None


def _halves(word: str) -> list[tuple[str, str]]:
    return [(word[:n], word[n:]) for n in range(SHORTEST_HALF, len(word) - SHORTEST_HALF + 1)]


def _can_be_misspelt(term: Term) -> bool:
    if not term.is_plain or term.says_little:
        return False
    word = term.words[0]
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not is_unspaced(word)
