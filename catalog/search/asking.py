"""What somebody typed, taken apart: words, phrases, words that must not be there, beginnings of words."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

from catalog.isbn import forms, read_isbn
from catalog.normalize.text import fold

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
from .stems import STOP_WORDS, roots
from .words import accented_words, is_unspaced, name_key, runs, words

LONGEST_TEXT = 1_000
MOST_TERMS = 12
SHORTEST_PREFIX = 3  # of what may be the beginning of a word without being marked as one
HEADINGS = ("eng",)  # the language of most subject headings
MOST_LANGUAGES = 6  # whose roots are looked for, of a word in plain letters; others tell their language
MOST_NAMED = 4  # words of which one may be the author's and the others the title's
FIELDS = {
    "all": (), "title": (TITLE,), "author": (AUTHOR,), "subject": (SUBJECT,), "isbn": (NUMBER,),
    "publisher": (PUBLISHER,), "callnumber": (SHELF,),
}  # fmt: skip
PIECES = re.compile(r'-?"[^"]*"?|\S+')


@dataclass(frozen=True, slots=True)
class Term:
    """``words`` that stand side by side; ``is_prefix``: the last may be the beginning of one.

    ``accented``: a single word as it was typed, for finding its root.
    """

    words: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False
    accented: str = ""

    @property
    def is_plain(self) -> bool:
        return len(self.words) == 1 and not self.is_phrase

    @property
    def says_little(self) -> bool:
        """Whether this is a word that stands in nearly every title."""
        return self.is_plain and self.words[0] in STOP_WORDS

    @property
    def in_words(self) -> str:
        """The term as somebody may type it."""
        text = ("" if is_unspaced(self.words[0]) else " ").join(self.words)
        return f'"{text}"' if self.is_phrase else text

    def can_go_on(self, shortest: int = SHORTEST_PREFIX) -> bool:
        """Whether this may be a word that is still being typed, of which ``shortest`` letters are there."""
        if self.is_phrase or self.says_little:
            return False
        return is_unspaced(self.words[-1]) or len(self.words[-1]) >= shortest


@dataclass(frozen=True, slots=True)
class Question:
    """A search: all of ``wanted`` (``is_any``: one of them) and none of ``unwanted`` in ``field`` (of FIELDS).

    ``typed``: the text, folded, of which this is a reading. ``is_cut``: more was typed than is looked for.
    """

    text: str = ""
    field: str = "all"
    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    is_cut: bool = False
    is_any: bool = False
    typed: str = ""

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
        shortest = SHORTEST_PREFIX - (len(self.telling) > 1)  # beside another word a shorter beginning says enough
        wanted = tuple(
            replace(term, is_prefix=True) if term.can_go_on(shortest) and (every or n == last) else term
            for n, term in enumerate(self.wanted)
        )
        return replace(self, wanted=wanted) if wanted != self.wanted else None

    def without_letter(self) -> "Question | None":
        """The same without a single letter at its end, with which a word begins; None if there is none."""
        if len(self.telling) < 2 or not self.wanted[-1].is_plain or len(self.wanted[-1].words[0]) > 1:
            return None
        return self.asking_for(self.wanted[:-1])

    @property
    def telling(self) -> tuple[Term, ...]:
        """Those of ``wanted`` that say something; all of them where none does."""
        return tuple(term for term in self.wanted if not term.says_little) or self.wanted

    def asking_for(self, wanted: Iterable[Term]) -> "Question":
        """The same with other terms; its text is made of them."""
        asked = replace(self, wanted=tuple(wanted))
        return replace(asked, text=asked.in_words)


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
    return Question(text, field, tuple(wanted[:MOST_TERMS]), tuple(unwanted[:MOST_TERMS]), is_cut, typed=fold(text))


def whole(question: Question, languages: Iterable[str] = ()) -> Expression:
    """Everything that fits ``question``. ``languages``: whose roots count.

    A word that hardly says anything ("the") is asked for only where every word of the question is such a one.
    """
    return _in(question, FIELDS[question.field], tuple(languages))


def titled(question: Question) -> Expression:
    """What has all words of ``question`` in its title, as they were typed."""
    return _in(question, (TITLE,), ())


class Tiers(NamedTuple):
    """What fits a question in the weightiest parts of a document first: in ``heads`` one by one, then in the rest of
    it; the last of all is everything that fits."""

    heads: tuple[Expression, ...]
    rest: tuple[Expression, ...] = ()

    @property
    def all(self) -> tuple[Expression, ...]:
        return tuple(dict.fromkeys((*self.heads, *self.rest)))


def tiers(question: Question, languages: Iterable[str] = ()) -> Tiers:
    """First what has all words in the title, or one as the author's surname and the others in the title; then the books
    by somebody whose whole name or surname was typed; then titles with other forms of the words, author, subject, all
    three, anything."""
    languages = tuple(languages)
    everything = _in(question, FIELDS[question.field], languages)
    if question.field == "author":
        return Tiers((*_by_name(question), everything))
    if question.field != "all":
        return Tiers((everything,))
    titles = any_of([titled(question), *_by_surname_and_title(question)])
    other_forms = _in(question, (TITLE,), languages)
    about = _in(question, (SUBJECT,), HEADINGS)
    mixed = [_in(question, HEADS, languages)] if len(question.wanted) > 1 else []
    heads = (titles, *_by_name(question), other_forms, _in(question, (AUTHOR,), ()), about)
    return Tiers(heads, (*mixed, everything))


def _in(question: Question, parts: tuple[str, ...], languages: tuple[str, ...]) -> Expression:
    joined = any_of if question.is_any else all_of
    wanted = joined([_said(term, parts, languages) for term in question.telling])
    return without(wanted, [_said(term, FIELDS[question.field], ()) for term in question.unwanted])


def _by_name(question: Question) -> list[Expression]:
    """Books by somebody whose whole name, or surname, this is."""
    terms = question.wanted
    if question.is_any or not all(term.is_plain for term in terms):
        return []
    if len(terms) == 1:
        return [_but_unwanted(question, _surname(terms[0]))]
    key = name_key(term.words[0] for term in terms)
    return [_but_unwanted(question, Words((f"_n_{key}",), (AUTHOR,)))]


def _by_surname_and_title(question: Question) -> list[Expression]:
    """Books by somebody with one of the words as surname that have all others in the title."""
    terms = question.telling if len(question.telling) > 1 else question.wanted
    if question.is_any or not 2 <= len(terms) <= MOST_NAMED or not all(term.is_plain for term in terms):
        return []
    return [
        _but_unwanted(question, all_of([_surname(term), *(_said(t, (TITLE,), ()) for t in terms if t is not term)]))
        for term in terms
    ]


def _surname(term: Term) -> Expression:
    return Words((f"_s_{term.words[0]}",), (AUTHOR,), term.is_prefix)


def _but_unwanted(question: Question, wanted: Expression) -> Expression:
    return without(wanted, [_said(term, FIELDS[question.field], ()) for term in question.unwanted])


def _terms(piece: str) -> list[Term]:
    if piece.startswith('"'):
        phrase = tuple(words(piece))
        return [Term(phrase, is_phrase=True)] if phrase else []
    accented = accented_words(piece)
    found = [Term(run) for run in runs(piece)]
    if len(found) == len(accented):
        found = [
            replace(term, accented=word) if len(term.words) == 1 else term
            for term, word in zip(found, accented, strict=True)
        ]
    if found and piece.endswith("*") and found[-1].can_go_on():
        found[-1] = replace(found[-1], is_prefix=True)
    return found


def _said(term: Term, parts: tuple[str, ...], languages: tuple[str, ...]) -> Expression:
    said = [Words(term.words, parts, term.is_prefix)]
    if term.is_plain and not term.is_prefix:
        word = term.accented or term.words[0]
        tried = languages[:MOST_LANGUAGES] if word.isascii() else languages
        said += [Words((root,), parts) for language in tried for root in roots(word, language)]
    return any_of(said)


def _numbers(text: str) -> Question:
    """An ISBN in any spelling, whole or its beginning."""
    if read_isbn(text):
        numbers = sorted(number.lower() for number in forms(text))
        return Question(text, "isbn", tuple(Term((number,), is_phrase=True) for number in numbers), is_any=True)
    digits = "".join(words(text.replace("-", "")))
    return Question(text, "isbn", (Term((digits,), is_phrase=True, is_prefix=len(digits) > 3),) if digits else ())
