"""Which of two hits a librarian would put first."""

from collections.abc import Callable
from typing import NamedTuple

from .asking import Question
from .documents import exact_keys
from .marks import popularity
from .stems import STOP_WORDS


class Hit(NamedTuple):
    """A book that fits, as its document has it; ``tier``: where the question was found in it."""

    pk: int
    tier: int
    title_key: str
    sort_title: str
    sort_author: str
    year: int
    times_lent: int
    available: int
    facets: str
    in_at: str


def relevance(question: Question) -> Callable[[Hit], tuple]:
    """The key to sort by: exact titles, then tier by tier.

    In each tier first what says in title and author just what was asked for, or says it in one piece; then what has
    every word as it was typed, then other forms of the words and longer words. Among these the popular first, then
    titles that begin with what was asked for, those that say little else, the available, the newest.
    """
    keys = exact_keys(question.text)
    asked = [word for term in question.wanted for word in term.words]
    phrase = f" {' '.join(asked)} "
    wanted = set(asked)

    def key(hit: Hit) -> tuple:
        is_exact = hit.title_key in keys or hit.sort_title in keys
        title = hit.title_key.split()
        fit = _any_fit(wanted, title, hit) if question.is_any else _fit(wanted, phrase, title, hit)
        starts = bool(question.typed) and (
            hit.title_key.startswith(question.typed) or hit.sort_title.startswith(question.typed)
        )
        if starts and fit > 1:
            fit = 1
        share = sum(word in wanted for word in title) / len(title) if title else 0.0
        return (
            -1 if is_exact else hit.tier, 0 if is_exact else fit, -popularity(hit.times_lent), not starts,
            -round(share, 2), not hit.available, -hit.times_lent, -hit.pk,
        )  # fmt: skip

    return key


def _fit(wanted: set[str], phrase: str, title: list[str], hit: Hit) -> int:
    in_title = wanted.intersection(title)
    author = set(hit.sort_author.split())
    if not wanted <= in_title | author:
        return 2
    says_no_more = not in_title or set(title) - STOP_WORDS <= wanted
    return 0 if says_no_more or phrase in f" {hit.title_key} " else 1


def _any_fit(wanted: set[str], title: list[str], hit: Hit) -> int:
    """The more of the words, the better."""
    return -len((wanted - STOP_WORDS).intersection([*title, *hit.sort_author.split()]))
