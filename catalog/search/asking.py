"""What somebody typed, taken apart: words, phrases, words that must not be there, beginnings of words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from catalog.isbn import forms, read_isbn

from .expressions import (
    AUTHOR,
    HEADS,
    NUMBER,
    PUBLISHER,
    SHELF,
    SUBJECT,
    TITLE,
    Expression,
    Words,
    all_of,
    any_of,
    without,
)
from .stems import STOP_WORDS, stem
from .words import is_unspaced, runs, words

LONGEST_TEXT = 1_000
MOST_TERMS = 12
SHORTEST_PREFIX = 3  # of what may be the beginning of a word without being marked as one
FIELDS = {
    "all": (), "title": (TITLE,), "author": (AUTHOR,), "subject": (SUBJECT,), "isbn": (NUMBER,),
    "publisher": (PUBLISHER,), "callnumber": (SHELF,),
}  # fmt: skip
PIECES = re.compile(r'-?"[^"]*"?|\S+')


@dataclass(frozen=True, slots=True)
class Term:
    """``words`` that stand side by side; ``is_prefix``: the last may be the beginning of one."""

    words: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False

    @property
    def is_plain(self) -> bool:
        return len(self.words) == 1 and not self.is_phrase

    @property
    def in_words(self) -> str:
        """The term as somebody may type it."""
        text = ("" if is_unspaced(self.words[0]) else " ").join(self.words)
        return f'"{text}"' if self.is_phrase else text

    @property
    def can_go_on(self) -> bool:
        """Whether this may be a word that is still being typed."""
        return not self.is_phrase and (is_unspaced(self.words[-1]) or len(self.words[-1]) >= SHORTEST_PREFIX)


@dataclass(frozen=True, slots=True)
class Question:
    """A search: all of ``wanted`` (``is_any``: one of them) and none of ``unwanted`` in ``field`` (of FIELDS).

    ``is_cut``: more was typed than is looked for.
    """

    text: str = ""
    field: str = "all"
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    is_cut: bool = False
    is_any: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether nothing was typed that could be looked for."""
        return not self.wanted

    @property
    def in_words(self) -> str:
        """What is looked for, as somebody may type it."""
        wanted = [f"{term.in_words}*" if term.is_prefix and term.is_plain else term.in_words for term in self.wanted]
        return " ".join([*wanted, *(f"-{term.in_words}" for term in self.unwanted)])

    def as_typing(self, every: bool = False) -> "Question | None":
        """The same with its last word (or ``every`` word) taken for a beginning; None if that changes nothing."""
        last = len(self.wanted) - 1
        wanted = tuple(
            replace(term, is_prefix=True) if term.can_go_on and (every or n == last) else term
            for n, term in enumerate(self.wanted)
        )
        return replace(self, wanted=wanted) if wanted != self.wanted else None

    def with_words(self, others: dict[str, str]) -> "Question":
        """The same with some words in place of others."""
        wanted = tuple(replace(t, words=tuple(others.get(word, word) for word in t.words)) for t in self.wanted)
        return replace(self, wanted=wanted)


def ask(text: str, field: str = "all") -> Question:
    """The question behind ``text`` as typed. Never fails: what cannot be looked for is left out."""
    text = text[:LONGEST_TEXT].replace("\0", " ")
    if field == "isbn" or (field == "all" and read_isbn(text)):
        return _numbers(text)
    if field == "callnumber":
        mark = tuple(words(text))[:MOST_TERMS]
        return Question(text, field, (Term(mark, is_phrase=True, is_prefix=True),) if mark else ())
    wanted: list[Term] = []
    unwanted: list[Term] = []
    for piece in PIECES.findall(text):
        is_unwanted = piece.startswith("-") and len(piece) > 1 and not piece.startswith("--")
        (unwanted if is_unwanted else wanted).extend(_terms(piece.lstrip("-")))
    wanted = list(dict.fromkeys(wanted))
    is_cut = len(wanted) > MOST_TERMS or len(unwanted) > MOST_TERMS
    return Question(text, field, tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]), is_cut)


def expression(question: Question, languages: Iterable[str] = (), parts: tuple[str, ...] | None = None) -> Expression:
    """What fits ``question``, in ``parts`` instead of those of its field. ``languages``: whose roots count.

    A word that hardly says anything ("the") is asked for only where every word of the question is such a one.
    """
    parts = FIELDS[question.field] if parts is None else parts
    telling = [term for term in question.wanted if not (term.is_plain and term.words[0] in STOP_WORDS)]
    joined = any_of if question.is_any else all_of
    wanted = joined([_said(term, parts, languages) for term in telling or question.wanted])
    return without(wanted, [_said(term, FIELDS[question.field], ()) for term in question.unwanted])


def tiers(question: Question) -> list[tuple[str, ...]]:
    """The parts of a document in which all words are looked for, the weightiest first."""
    own = FIELDS[question.field]
    if own:
        return [own]
    return [(TITLE,), (AUTHOR,), (SUBJECT,), *([HEADS] if len(question.wanted) > 1 else []), ()]


def _terms(piece: str) -> list[Term]:
    if piece.startswith('"'):
        phrase = tuple(words(piece))
        return [Term(phrase, is_phrase=True)] if phrase else []
    found = [Term(run) for run in runs(piece)]
    if found and piece.endswith("*") and found[-1].can_go_on:
        found[-1] = replace(found[-1], is_prefix=True)
    return found


def _said(term: Term, parts: tuple[str, ...], languages: Iterable[str]) -> Expression:
    said = [Words(term.words, parts, term.is_prefix)]
    if term.is_plain and not term.is_prefix:
        roots = dict.fromkeys(stem(term.words[0], language) for language in languages)
        said += [Words((root,), parts) for root in roots if root]
    return any_of(said)


def _numbers(text: str) -> Question:
    """An ISBN in any spelling, whole or its beginning."""
    if read_isbn(text):
        numbers = sorted(number.lower() for number in forms(text))
        return Question(text, "isbn", tuple(Term((number,), is_phrase=True) for number in numbers), is_any=True)
    digits = "".join(words(text.replace("-", "")))
    return Question(text, "isbn", (Term((digits,), is_phrase=True, is_prefix=len(digits) > 3),) if digits else ())
