"""Did you mean: the known words nearest to words that no book has."""

from rapidfuzz.distance import OSA

from catalog.models import SearchWord

from .asking import Question
from .engine import engine
from .words import is_unspaced

CANDIDATES = 60
SHORTEST = 3
LONGEST = 40


def corrected(question: Question) -> Question | None:
    """``question`` with the nearest known word in place of each that no book has; None if there is none."""
    asked = {word for term in question.wanted for word in term.words if _can_be_misspelt(word)}
    known = set(SearchWord.objects.filter(word__in=asked).values_list("word", flat=True))
    others = {word: near for word in asked - known if (near := nearest(word))}
    return question.with_words(others) if others else None


def nearest(word: str) -> str:
    """The known word that takes fewest strokes to turn into ``word`` (letters added, left out, wrong or swapped).

    "" if none is near: one stroke for up to four letters, two for up to eight, else three.
    """
    most = 1 if len(word) <= 4 else 2 if len(word) <= 8 else 3
    ranked = [
        (distance, near[0] != word[0], abs(len(near) - len(word)), n, near)
        for n, near in enumerate(engine().near_words(word, CANDIDATES))
        if (distance := OSA.distance(word, near, score_cutoff=most)) <= most
    ]
    return min(ranked)[-1] if ranked else ""


def _can_be_misspelt(word: str) -> bool:
    return SHORTEST <= len(word) <= LONGEST and word.isalpha() and not is_unspaced(word)
