"""Did you mean: words known from titles, people and subjects in place of those that find nothing together."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice, product
from typing import NamedTuple

from rapidfuzz.distance import OSA

from catalog.models import SearchWord

from .asking import Question, Term
from .counting import count
from .engine import engine
from .expressions import Expression
from .words import is_unspaced

CANDIDATES = 40  # words that look like the one asked for
NEAREST = 5  # of them, those that are tried
SHORTEST, LONGEST = 3, 40
SHORTEST_HALF = 3  # of a word that was written together
MOST_TERMS = 8
MOST_TRIED = 24  # combinations
MOST_COUNTED = 100
# What makes a mistake less likely, or more: people seldom mistake the first letter and seldom type another word that
# exists, but often write one letter for two.
DOUBLED = re.compile(r"(.)\1")
OTHER_START, OF_A_KNOWN_WORD, ONLY_DOUBLED = 0.5, 0.75, -0.5
LEFT_OUT = 2.5  # a word of three or more


class Guess(NamedTuple):
    """``terms`` in place of one term or two; ``cost``: how unlikely that is."""

    cost: float
    terms: tuple[Term, ...]


def mended(question: Question, said: Callable[[Question], Expression]) -> Question | None:
    """``question`` with other words, joined or divided ones, so that it finds something; None if nothing near does.

    The likeliest combination of words counts, of equally likely ones the one that finds most. ``said``: what a
    question finds.
    """
    if question.is_any or len(question.wanted) > MOST_TERMS:
        return None
    best: tuple[int, Question] | None = None
    reached = 0.0
    for cost, other in islice(_guesses(question), MOST_TRIED):
        if best and cost > reached:
            break
        found = count(said(other), MOST_COUNTED)
        if found and (best is None or found > best[0]):
            best, reached = (found, other), cost
    return best[1] if best else None


def has_unknown_words(question: Question) -> bool:
    """Whether a word of ``question`` stands in no title, no name and no subject."""
    asked = {term.words[0] for term in question.wanted if _can_be_misspelt(term)}
    return len(asked) > SearchWord.objects.filter(word__in=asked).count()


def nearest(word: str) -> list[tuple[float, str]]:
    """The known words for which ``word`` may have been typed, with how unlikely that is, the likeliest first.

    Counted are the strokes between them (letters added, left out, wrong or swapped): at most one for up to four
    letters, two for up to eight, else three.
    """
    most = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    ranked = sorted(
        (_cost(word, near, distance), n, near)
        for n, near in enumerate(engine().near_words(word, CANDIDATES))
        if near != word and (distance := OSA.distance(word, near, score_cutoff=most)) <= most
    )
    return [(cost, near) for cost, _n, near in ranked[:NEAREST]]


def _cost(word: str, near: str, distance: int) -> float:
    other_start = OTHER_START if near[0] != word[0] else 0.0
    return distance + other_start + (ONLY_DOUBLED if DOUBLED.sub(r"\1", word) == DOUBLED.sub(r"\1", near) else 0.0)


def _guesses(question: Question) -> Iterator[tuple[float, Question]]:
    """Other questions, the likeliest first."""
    terms = question.wanted
    asked = {term.words[0] for term in terms if _can_be_misspelt(term)}
    joined = [_joined(one, next_one) for one, next_one in zip(terms, terms[1:], strict=False)]
    halves = {half for word in asked for pair in _halves(word) for half in pair}
    looked_up = asked | halves | {term.words[0] for term in joined if term}
    known = set(SearchWord.objects.filter(word__in=looked_up).values_list("word", flat=True))
    each = [_instead_of(term, known) for term in terms]
    if len(question.telling) > 2:
        each = [[*guesses, Guess(LEFT_OUT, ())] for guesses in each]
    guesses = [
        (sum(guess.cost for guess in chosen), [t for guess in chosen for t in guess.terms]) for chosen in product(*each)
    ]
    for n, term in enumerate(joined):
        if term and term.words[0] in known:
            guesses.append((1.0, [*terms[:n], term, *terms[n + 2 :]]))
    guesses.sort(key=lambda guess: guess[0])
    return ((cost, question.asking_for(wanted)) for cost, wanted in guesses if wanted and wanted != list(terms))


def _instead_of(term: Term, known: set[str]) -> list[Guess]:
    """``term`` itself and what may have been meant by it."""
    if not _can_be_misspelt(term):
        return [Guess(0.0, (term,))]
    word = term.words[0]
    extra = OF_A_KNOWN_WORD if word in known else 0.0
    guesses = [Guess(0.0 if extra else 1.0, (term,))]
    for cost, near in nearest(word):
        guesses.append(Guess(cost + extra, (replace(term, words=(near,), accented=""),)))
    for one, other in _halves(word):
        if one in known and other in known:
            guesses.append(Guess(1.0 + extra, (Term((one,)), Term((other,)))))
    return guesses


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
