"""Makes up what is asked of the search, from the data set's own words: hundreds of different addresses of each kind."""

import csv
import random
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote_plus, urlencode

SAMPLE = 100_000  # titles read; the others are of the same kind
MOST = 400  # addresses of each kind
PER_PAGE = 20
COMMON, MIDDLING = 1 / 500, 1 / 10_000  # of the titles, and more
RARE = 3  # of the titles that were read, at most
SMALL_WORDS = {"the", "of", "and", "a", "in", "to", "for", "on", "with", "from"}
WORD = re.compile(r"[^\W\d_]+")
SORTS = ("title", "newest", "year", "popularity")
DEPTHS = (2, 50, 500)

Kinds = dict[str, list[str]]


class Vocabulary:
    """The words of a data set in the folder ``data``: in how many titles, and in how many records, each stands."""

    def __init__(self, data: Path, chance: random.Random) -> None:
        self.chance = chance
        self.in_titles: Counter[str] = Counter()
        self.in_records: Counter[str] = Counter()
        self.titles: list[list[str]] = []
        self.isbns: list[str] = []
        authors, subjects = _column(data, "authors", "name"), _column(data, "subjects", "heading")
        people: Counter[str] = Counter()
        for row in islice(_rows(data, "titles"), SAMPLE):
            title = _words(row["title"])
            writers = [authors[int(each) - 1] for each in row["author_ids"].split("|") if each]
            about = [subjects[int(each) - 1] for each in row["subject_ids"].split("|") if each]
            self.titles.append(title)
            self.in_titles.update(set(title))
            self.in_records.update(
                set(_words(" ".join([row["title"], row["subtitle"], row["summary"], *writers, *about])))
            )
            self.isbns += [row["isbn"]] * bool(row["isbn"])
            people.update(writers)
        self.people = list(people)

    @property
    def size(self) -> int:
        return len(self.titles)

    def words(self, least: float, most: float) -> list[str]:
        """Words that stand in at least and at most so many of the titles, commonest first."""
        return [
            word
            for word, count in self.in_titles.most_common()
            if least <= count <= most and word not in SMALL_WORDS and len(word) > 2
        ]

    def some(self, things: list[Any], count: int = MOST) -> list[Any]:
        """Up to ``count`` of ``things``, drawn by chance."""
        return self.chance.sample(things, min(count, len(things)))

    def in_half(self) -> list[str]:
        """The ten words that stand in most records, small words aside: the first in half of all and more."""
        return [word for word, _count in self.in_records.most_common(60) if word not in SMALL_WORDS][:10]

    def phrases(self, length: int) -> list[list[str]]:
        """Words in a row from titles."""
        long_enough = [title for title in self.titles if len(title) >= length]
        return [
            title[at : at + length]
            for title in self.some(long_enough)
            for at in [self.chance.randrange(len(title) - length + 1)]
        ]

    def pairs(self) -> list[str]:
        """Two words that stand in one title."""
        drawn = map(_two, self.some(self.titles, MOST * 3))
        return [" ".join(two) for two in drawn if two][:MOST]

    def misspelt(self, word: str) -> str:
        """``word`` with one letter left out, doubled, or changed places with the next; never a word that is here."""
        at = self.chance.randrange(1, len(word) - 1)
        ways = [
            word[:at] + word[at + 1 :],
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        ]
        ways = [way for way in ways if way not in self.in_records] or [word[:at] + "q" + word[at:]]
        return self.chance.choice(ways)

    def invented(self) -> str:
        """A word that nobody has written."""
        return "".join(self.chance.choices("bcdfghjklmnpqrstvwxz", k=9))


def kinds(vocabulary: Vocabulary, titles: int, facts: dict[str, list]) -> Kinds:
    """Addresses by kind of question, for a library of so many titles with ``facts`` (languages, formats, authors)."""
    size = vocabulary.size
    common, rare = vocabulary.words(COMMON * size, size), vocabulary.words(1, RARE)
    middling = [word for word in vocabulary.words(MIDDLING * size, COMMON * size) if len(word) > 4]
    return {
        "common word": _asked(common),
        "two words": _asked(vocabulary.pairs()),
        "author": _asked([_natural(name) for name in vocabulary.some(vocabulary.people)]),
        "rare word": _asked(vocabulary.some(rare)),
        "no hit": _asked([vocabulary.invented() for _each in range(MOST)]),
        "misspelt": _asked([vocabulary.misspelt(word) for word in vocabulary.some(middling)]),
        "ISBN": _asked(vocabulary.some(vocabulary.isbns)),
        "phrase": _asked([f'"{" ".join(words)}"' for words in vocabulary.phrases(3)]),
        "in half of all": _asked(vocabulary.in_half()),
        **_filtered(vocabulary, common, facts),
        **{f"by {sort}": _asked(common, sort=sort) for sort in SORTS},
        **{f"page {depth}": _deep(vocabulary, depth, titles) for depth in DEPTHS},
        "all books": ["/search/"],
        "suggestions": [f"/search/suggest?q={quote_plus(start)}" for start in _starts(vocabulary)],
    }  # fmt: skip


def _filtered(vocabulary: Vocabulary, common: list[str], facts: dict[str, list]) -> Kinds:
    chance = vocabulary.chance
    words = chance.choices(common, k=MOST)
    found = {
        "one language": [_address(q=word, language=chance.choice(facts["languages"])) for word in words],
        "available": _asked(common, available="1"),
        "years": [_address(q=word, **_span(chance)) for word in words],
        "one author": [_address(author=author) for author in facts["authors"]],
    }
    if facts["formats"]:
        found["one format"] = [_address(q=word, format=chance.choice(facts["formats"])) for word in words]
    return found


def _span(chance: random.Random) -> dict[str, int]:
    first = chance.randrange(1960, 2020)
    return {"from": first, "to": first + chance.choice([0, 5, 20])}


def _deep(vocabulary: Vocabulary, depth: int, titles: int) -> list[str]:
    """Page ``depth`` of what has so many hits; of all books where no word has."""
    needed = depth * PER_PAGE / titles * vocabulary.size
    words = [word for word, count in vocabulary.in_records.most_common(MOST) if count >= needed * 1.1]
    words = [word for word in words if word not in SMALL_WORDS]
    if not words:
        return [_address(page=depth - number) for number in range(min(10, depth))]
    return _asked(words, page=depth)


def _starts(vocabulary: Vocabulary) -> list[str]:
    words = [word for word in vocabulary.words(MIDDLING * vocabulary.size, vocabulary.size) if len(word) > 4]
    return [word[: vocabulary.chance.randint(2, 5)] for word in vocabulary.some(words)]


def _two(title: list[str]) -> list[str]:
    """The first two words of ``title`` that say something."""
    found = [word for word in dict.fromkeys(title) if word not in SMALL_WORDS and len(word) > 2]
    return found[:2] if len(found) > 1 else []


def _asked(texts: list[str], **more: object) -> list[str]:
    return [_address(q=text, **more) for text in texts]


def _address(**asked: object) -> str:
    return f"/search/?{urlencode(asked)}"


def _natural(name: str) -> str:
    family, _comma, given = name.partition(", ")
    return f"{given} {family}".strip()


def _words(text: str) -> list[str]:
    return WORD.findall(text.casefold())


def _column(data: Path, name: str, column: str) -> list[str]:
    return [row[column] for row in _rows(data, name)]


def _rows(data: Path, name: str) -> Iterator[dict[str, str]]:
    with (data / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
