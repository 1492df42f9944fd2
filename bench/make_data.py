"""Writes an invented library of any size as CSV files (see README.md): the same for the same arguments.

Words and names are made of syllables. How often a word, an author or a subject occurs falls with its rank (Zipf), as
in real catalogues; some books are lent much more than others and some members borrow much more.
"""

import argparse
import csv
import json
import random
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Any

SEED = 1605
STARTS = [
    "b", "br", "c", "ch", "d", "dr", "f", "fr", "g", "gl", "h", "j", "k", "l", "m", "n", "p", "pr", "qu", "r", "s",
    "sl", "st", "t", "tr", "v", "w",
]  # fmt: skip
VOWELS = ["a", "e", "i", "o", "u", "ai", "ea", "ou"]
ENDS = ["", "", "n", "r", "l", "s", "t", "nd", "rk", "m"]
SMALL_WORDS = ["the", "of", "and", "a", "in", "to", "for", "on", "with"]
LANGUAGES = ["en"] * 8 + ["fr", "de"]
LOCATIONS = ["Main stacks"] * 7 + ["Children", "Reference", "Store"]
KINDS = ["student"] * 6 + ["adult"] * 3 + ["staff"]
LOAN_DAYS = 21
MOST_LOANS = 8
ROWS_TO_IMPORT = 2_000


class Ranked:
    """Draws from ``things``, the first ones most often."""

    def __init__(self, rng: random.Random, things: Sequence[Any], steepness: float = 1.0) -> None:
        self.rng, self.things = rng, things
        self.weights = list(accumulate(1 / (rank + 3) ** steepness for rank in range(len(things))))

    def draw(self, count: int = 1) -> list[Any]:
        return self.rng.choices(self.things, cum_weights=self.weights, k=count)


class Language:
    """The invented words and names."""

    def __init__(self, rng: random.Random, words: int) -> None:
        self.rng = rng
        self.words = self._different(words, 2, 3)
        self.by_rank = Ranked(rng, self.words)
        self.surnames = Ranked(rng, [word.capitalize() for word in self._different(3_000, 2, 2)], 0.7)
        self.given = [word.capitalize() for word in self._different(150, 1, 2)]

    def phrase(self, count: int) -> str:
        drawn = self.by_rank.draw(count)
        joined = [drawn[0]]
        for word in drawn[1:]:
            joined += [self.rng.choice(SMALL_WORDS), word] if self.rng.random() < 0.4 else [word]
        return " ".join(joined).capitalize()

    def person(self) -> tuple[str, str]:
        return self.surnames.draw()[0], self.rng.choice(self.given)

    def _different(self, count: int, shortest: int, longest: int) -> list[str]:
        made: dict[str, None] = {}
        while len(made) < count:
            word = "".join(map(self._syllable, range(self.rng.randint(shortest, longest))))
            if len(word) > 3:
                made[word] = None
        return list(made)

    def _syllable(self, _number: int) -> str:
        return self.rng.choice(STARTS) + self.rng.choice(VOWELS) + self.rng.choice(ENDS)


class Library:
    """The invented library of ``titles`` books as of ``today``. ``past``: so many loans that ended, or half as many."""

    def __init__(self, titles: int, today: date, seed: int = SEED, past: int | None = None) -> None:
        self.rng = rng = random.Random(seed)
        self.today = today
        self.language = Language(rng, 12_000)
        self.authors = list({f"{s}, {g}": None for s, g in (self.language.person() for _each in range(titles // 3))})
        self.subjects = list({self.language.phrase(rng.choice([1, 1, 2])): None for _each in range(titles // 40 + 20)})
        self.publishers = [f"{name} Press" for name in self.language.surnames.things[: titles // 80 + 20]]
        self.places = [name.capitalize() for name in self.language.words[-20:]]
        self._draw_author = Ranked(rng, range(1, len(self.authors) + 1), 0.7)
        self._draw_subject = Ranked(rng, range(1, len(self.subjects) + 1), 0.9)
        self.titles = [self._title(n) for n in range(1, titles + 1)]
        self.to_import = [self._title(titles + n) for n in range(1, ROWS_TO_IMPORT + 1)]
        popular = Ranked(rng, rng.sample(range(1, titles + 1), titles), 0.8)
        owners = [*range(1, titles + 1), *popular.draw(titles // 2)]
        self.copies = [self._copy(n, title) for n, title in enumerate(owners, 1)]
        self.members = [self._member(n) for n in range(1, max(100, titles // 20) + 1)]
        self._draw_copy = Ranked(rng, rng.sample(range(1, len(owners) + 1), len(owners)), 0.5)
        self._draw_member = Ranked(rng, rng.sample(range(1, len(self.members) + 1), len(self.members)), 0.9)
        self.past = [self._past_loan(n) for n in range(1, (titles // 2 if past is None else past) + 1)]
        self.active = list(self._active_loans(max(50, titles * 3 // 100)))

    def write(self, folder: Path) -> None:
        """Write every file into ``folder``."""
        folder.mkdir(parents=True, exist_ok=True)
        lists = {
            "authors": ("name", self.authors), "subjects": ("heading", self.subjects),
            "publishers": ("name", self.publishers), "places": ("name", self.places),
        }  # fmt: skip
        for name, (column, values) in lists.items():
            _write(folder / f"{name}.csv", ["id", column], enumerate(values, 1))
        for name, rows in {
            "titles": self.titles, "copies": self.copies, "members": self.members, "loans_past": self.past,
            "loans_active": self.active, "import": map(self.spelled_out, self.to_import),
        }.items():  # fmt: skip
            dicts = list(rows)
            _write(folder / f"{name}.csv", list(dicts[0]), (row.values() for row in dicts))
        (folder / "terms.json").write_text(json.dumps(self.terms(), indent=1), encoding="utf-8")

    def terms(self) -> dict[str, list[list[Any]]]:
        """What to search for, by kind, with the number of titles that have it as whole words."""
        texts = [set(f"{row['title']} {row['subtitle']}".lower().split()) for row in self.titles]
        counts = Counter(word for text in texts for word in text)
        common = self.language.words[:8]
        two = [(common[n], common[n + 4]) for n in range(4)]
        rare = [word for word in self.language.words if counts[word] == 3][:8] or self.language.words[-8:]
        surnames = Counter(
            self.authors[int(pk) - 1].partition(",")[0] for row in self.titles for pk in row["author_ids"].split("|")
        )
        return {
            "common": [[word, counts[word]] for word in common],
            "two": [[" ".join(pair), sum(set(pair) <= text for text in texts)] for pair in two],
            "author": [[name, count] for name, count in surnames.most_common(4)],
            "rare": [[word, counts[word]] for word in rare],
            "nohit": [["xyzzyx", 0], ["qqwwzz", 0]],
        }

    def _title(self, number: int) -> dict[str, Any]:
        rng, phrase = self.rng, self.language.phrase
        dewey = f"{rng.randrange(1000):03d}"
        authors = dict.fromkeys(self._draw_author.draw(rng.choices([1, 2, 3], [75, 20, 5])[0]))
        subjects = dict.fromkeys(self._draw_subject.draw(rng.randint(1, 4)))
        return {
            "id": number, "isbn": isbn13(number), "title": phrase(rng.randint(1, 6)),
            "subtitle": phrase(rng.randint(3, 6)) if rng.random() < 0.3 else "",
            "author_ids": "|".join(map(str, authors)), "publisher_id": rng.randint(1, len(self.publishers)),
            "place_id": rng.randint(1, len(self.places)),
            "year": max(1900, self.today.year - int(rng.expovariate(1 / 18))), "lang": rng.choice(LANGUAGES),
            "pages": rng.randint(40, 900), "callno": f"{dewey} {self.authors[next(iter(authors)) - 1][:3].upper()}",
            "subject_ids": "|".join(map(str, subjects)),
            "summary": ". ".join(phrase(rng.randint(8, 16)) for _each in range(rng.randint(0, 4))),
        }  # fmt: skip

    def _copy(self, number: int, title: int) -> dict[str, Any]:
        acquired = self.today - timedelta(days=self.rng.randint(1, 4_000))
        location = self.rng.choice(LOCATIONS)
        return {
            "id": number,
            "barcode": f"7{number:08d}",
            "title_id": title,
            "location": location,
            "acquired": acquired,
        }

    def _member(self, number: int) -> dict[str, Any]:
        surname, given = self.language.person()
        return {
            "id": number, "card": f"R{number:07d}", "surname": surname, "given": given,
            "email": f"reader{number}@library.example", "kind": self.rng.choice(KINDS),
            "joined": self.today - timedelta(days=self.rng.randint(30, 2_000)),
            "expires": self.today + timedelta(days=self.rng.randint(200, 900)),
        }  # fmt: skip

    def _past_loan(self, number: int) -> dict[str, Any]:
        out = self.today - timedelta(days=self.rng.randint(40, 1_400))
        kept = self.rng.randint(1, LOAN_DAYS) if self.rng.random() < 0.9 else self.rng.randint(LOAN_DAYS + 1, 39)
        return {
            "id": number, "copy_id": self._draw_copy.draw()[0], "member_id": self._draw_member.draw()[0], "out": out,
            "due": out + timedelta(days=LOAN_DAYS), "back": out + timedelta(days=kept),
        }  # fmt: skip

    def _active_loans(self, count: int) -> Iterable[dict[str, Any]]:
        """One in five overdue; no copy twice, no member with more than MOST_LOANS."""
        taken: set[int] = set()
        of_member: Counter[int] = Counter()
        while len(taken) < count:
            copy, member = self._draw_copy.draw()[0], self._draw_member.draw()[0]
            if copy in taken or of_member[member] == MOST_LOANS:
                continue
            taken.add(copy)
            of_member[member] += 1
            late = len(taken) % 5 == 0
            due = self.today + timedelta(days=-self.rng.randint(1, 60) if late else self.rng.randint(1, 20))
            yield {
                "id": len(taken), "copy_id": copy, "member_id": member, "out": due - timedelta(days=LOAN_DAYS),
                "due": due,
            }  # fmt: skip

    def spelled_out(self, title: dict[str, Any]) -> dict[str, Any]:
        """A title with names where it has ids: not of this library yet."""
        names = {
            name: title[name] for name in ("isbn", "title", "subtitle", "year", "lang", "pages", "callno", "summary")
        }
        return names | {
            "authors": "|".join(self.authors[int(pk) - 1] for pk in title["author_ids"].split("|")),
            "subjects": "|".join(self.subjects[int(pk) - 1] for pk in title["subject_ids"].split("|")),
            "publisher": self.publishers[title["publisher_id"] - 1],
            "place": self.places[title["place_id"] - 1],
        }


def isbn13(number: int) -> str:
    """A valid ISBN-13 for each number, spread over all of them."""
    body = f"978{number * 7_368_787 % 1_000_000_000:09d}"
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return f"{body}{-total % 10}"


def _write(path: Path, columns: list[str], rows: Iterable[Iterable[Any]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--titles", type=int, default=100_000)
    parser.add_argument("--today", type=date.fromisoformat, default=None, help="the day of the data; default: now")
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    today = options.today or datetime.now().astimezone().date()
    Library(options.titles, today, options.seed).write(options.folder)


if __name__ == "__main__":
    main()
