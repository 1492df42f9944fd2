"""Which books here, or which earlier lines of the same file, some drafts are: one truth for one draft and for many."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from catalog.drafts import BookDraft
from catalog.models import Book, BookIdentifier, Contributor, Copy, ImportBatch, ImportRow, SourceRecord
from catalog.normalize.text import title_key
from catalog.services.seeking import TELLING, Facts, Sought, facts_from, facts_of

SIMILAR = 0.6  # below this, two titles under one ISBN are two books: publishers use ISBNs again
MOST_ALIKE = 5_000  # books with the same titles and authors that are looked at for one call
APPLIED = (ImportRow.Outcome.ADDED, ImportRow.Outcome.COPY_ADDED, ImportRow.Outcome.KNOWN)


@dataclass(frozen=True, slots=True)
class Match:
    """A book here that a draft may be. ``is_certain``: it is; else a person has to say."""

    book: Book
    by: str
    is_certain: bool


@dataclass(frozen=True, slots=True)
class Found:
    """As Match, before the book is fetched: ``id`` is its key; below zero it is that line of the same file."""

    id: int
    by: str
    is_certain: bool


class _FactsById(dict[int, Facts]):
    """By what books are judged; of those that some drafts are made of when it is asked for, which is seldom."""

    def __init__(self) -> None:
        self.drafts: dict[int, BookDraft] = {}

    def __missing__(self, id: int) -> Facts:
        self[id] = found = facts_of(self.drafts[id])
        return found


@dataclass(slots=True)
class Known:
    """What is known of the books that some drafts may be: by which keys and numbers each is found, and its facts."""

    rows: dict[str, int] = field(default_factory=dict)
    keys: dict[tuple[str, str], int] = field(default_factory=dict)
    barcodes: dict[str, int] = field(default_factory=dict)
    numbers: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    texts: dict[tuple[str, str], list[int]] = field(default_factory=lambda: defaultdict(list))
    facts: _FactsById = field(default_factory=_FactsById)

    def add(self, sought: Sought, id: int) -> None:
        """Know the book of this draft too, by ``id``; whoever was known before comes first."""
        self.facts.drafts[id] = sought.draft
        for key in sought.keys:
            self.keys.setdefault(key, id)
        for code in sought.barcodes:
            self.barcodes.setdefault(code, id)
        for number in sought.numbers:
            self.numbers[number].append(id)
        self.texts[sought.text].append(id)


def find_match(draft: BookDraft) -> Match | None:
    """The book here that ``draft`` describes, most certain way first (see ``best``)."""
    return find_matches([draft])[0]


def find_matches(drafts: Sequence[BookDraft]) -> list[Match | None]:
    """For each of ``drafts`` the book here that it describes, in a constant number of queries."""
    wanted = [Sought.of(draft) for draft in drafts]
    known = known_here(wanted)
    found = [best(each, known) for each in wanted]
    books = Book.objects.in_bulk({each.id for each in found if each}) if any(found) else {}
    return [Match(books[each.id], each.by, each.is_certain) if each else None for each in found]


def match_by_key(draft: BookDraft) -> Match | None:
    """The book here that came from the very record of ``draft``, whatever else it says."""
    if not draft.source_key:
        return None
    record = SourceRecord.objects.filter(source=draft.source, key=draft.source_key).select_related("book").first()
    return Match(record.book, "key", True) if record else None


def best(sought: Sought, known: Known, digest: str = "") -> Found | None:
    """Which of the books ``known`` the draft is, most certain way first.

    The line brought in before (``digest``), key in the source, barcode of a copy, ISBN, other numbers, text.
    """
    if digest in known.rows:
        return Found(known.rows[digest], "row", True)
    return (
        _by_key(sought, known)
        or _by_barcode(sought, known)
        or _by_isbn(sought, known)
        or _by_number(sought, known)
        or _by_text(sought, known)
    )


def similar(one: str, other: str) -> bool:
    """Whether two titles are close enough to be the same book's, given that a number is the same already."""
    a, b = title_key(one), title_key(other)
    return f" {a} " in f" {b} " or f" {b} " in f" {a} " or SequenceMatcher(None, a, b).ratio() >= SIMILAR


def known_here(sought: Sequence[Sought], digests: Iterable[str] = (), batch: ImportBatch | None = None) -> Known:
    """What is known of the books here that the drafts may be, in a constant number of queries.

    ``digests``: of the lines the drafts come from; those that another batch than ``batch`` brought in count.
    """
    known = Known()
    if wanted := [digest for digest in digests if digest]:
        known.rows = _brought_in(wanted, batch)
    if keys := [key for each in sought for _source, key in each.keys]:
        records = SourceRecord.objects.filter(key__among=keys).values_list("source", "key", "book")
        known.keys = {(source, key): pk for source, key, pk in records}
    if codes := [code for each in sought for code in each.barcodes]:
        known.barcodes = dict(Copy.objects.filter(barcode__among=codes).values_list("barcode", "book"))
    _learn_numbers(known, sought)
    _learn_texts(known, sought)
    ids = {*known.rows.values(), *known.keys.values(), *known.barcodes.values()}
    ids.update(pk for found in (known.numbers, known.texts) for pks in found.values() for pk in pks)
    known.facts.update(facts_here(ids))
    return known


def facts_here(pks: Iterable[int]) -> dict[int, Facts]:
    """By what these books are judged, in three queries."""
    pks = list(pks)
    if not pks:
        return {}
    isbns, people = defaultdict(set), defaultdict(list)
    for pk, value in BookIdentifier.objects.filter(book__among=pks, kind="isbn13").values_list("book", "value"):
        isbns[pk].add(value)
    parts = Contributor.objects.filter(book__among=pks).order_by("order", "pk").values_list("book", "author__match_key")
    for pk, key in parts:
        people[pk].append(key)
    rows = Book.objects.filter(pk__among=pks).order_by().values_list("pk", *TELLING)
    return {pk: facts_from(telling, isbns[pk], people[pk]) for pk, *telling in rows}


def _brought_in(digests: list[str], batch: ImportBatch | None) -> dict[str, int]:
    """The books that lines with these ``digests`` led to, as far as they are still here."""
    rows = ImportRow.objects.filter(raw_digest__among=digests, outcome__in=APPLIED).order_by("-pk")
    rows = rows.exclude(batch=batch) if batch else rows
    return {
        digest: created or matched
        for digest, created, matched in rows.values_list("raw_digest", "created_book", "matched_book")
        if created or matched
    }


def _learn_numbers(known: Known, sought: Sequence[Sought]) -> None:
    wanted = {number for each in sought for number in each.numbers}
    if not wanted:
        return
    values = {value for _kind, value in wanted}
    rows = BookIdentifier.objects.filter(value__among=values).order_by("book").values_list("kind", "value", "book")
    for kind, value, pk in rows:
        if (kind, value) in wanted:
            known.numbers[kind, value].append(pk)


def _learn_texts(known: Known, sought: Sequence[Sought]) -> None:
    """The books with the title and an author of a draft, and those of nobody whose draft names nobody."""
    wanted = {each.text for each in sought if each.draft.title}
    named = [text for text in wanted if text[1]]
    if named:
        parts = Contributor.objects.filter(
            author__match_key__among={name for _title, name in named},
            book__match_key__among={title for title, _name in named},
        )
        rows = parts.order_by("book").values_list("book__match_key", "author__match_key", "book")
        for title, name, pk in rows[:MOST_ALIKE]:
            if (title, name) in wanted and pk not in known.texts[title, name]:
                known.texts[title, name].append(pk)
    if bare := [title for title, name in wanted if not name]:
        books = Book.objects.filter(match_key__among=bare, contributors=None).order_by("pk")
        for title, pk in books.values_list("match_key", "pk")[:MOST_ALIKE]:
            known.texts[title, ""].append(pk)


def _by_key(sought: Sought, known: Known) -> Found | None:
    id = next((known.keys[key] for key in sought.keys if key in known.keys), None)
    return Found(id, "key", True) if id is not None else None


def _by_barcode(sought: Sought, known: Known) -> Found | None:
    """The book of a copy with the same barcode. Under another title the barcode was given twice: a person looks."""
    ids = [known.barcodes[code] for code in sought.barcodes if code in known.barcodes]
    return _best("barcode", ids, sought.draft, known)


def _by_isbn(sought: Sought, known: Known) -> Found | None:
    return _best("isbn", _with_number(("isbn13", "isbn_invalid"), sought, known), sought.draft, known)


def _by_number(sought: Sought, known: Known) -> Found | None:
    """A book with the same LCCN or OCLC number. Hardback and paperback may share one: their ISBNs say what is what."""
    for kind in ("lccn", "oclc"):
        if found := _best(kind, _with_number((kind,), sought, known), sought.draft, known):
            is_certain = found.is_certain and not _has_other_isbns(known.facts[found.id], sought.draft)
            return Found(found.id, kind, is_certain)
    return None


def _with_number(kinds: Sequence[str], sought: Sought, known: Known) -> list[int]:
    pairs = [number for number in sought.numbers if number[0] in kinds and number in known.numbers]
    return [id for pair in pairs for id in known.numbers[pair]]


def _best(by: str, ids: Sequence[int], draft: BookDraft, known: Known) -> Found | None:
    """Of those with the same number the first one called alike, which is certain, else the first; ours before lines."""
    if not ids:
        return None
    found = sorted(dict.fromkeys(ids), key=lambda id: (id < 0, abs(id)))
    alike = next((id for id in found if similar(known.facts[id].title, draft.title)), None)
    return Found(found[0] if alike is None else alike, by, alike is not None)


def _by_text(sought: Sought, known: Known) -> Found | None:
    """One with the same title and first author that says nothing else; certain where all that tells books is equal.

    Where both have none, year and publisher must be the same: titles alone say little.
    """
    draft = sought.draft
    if not draft.title or (ids := known.texts.get(sought.text)) is None:
        return None
    wanted = facts_of(draft)
    same = [id for id in ids if _agrees(known.facts[id], wanted) and not _has_other_isbns(known.facts[id], draft)]
    equal = next((id for id in same if _is_equal(known.facts[id], wanted)), None)
    return Found(same[0] if equal is None else equal, "text", equal is not None) if same else None


def _agrees(one: Facts, other: Facts) -> bool:
    years = one.year is None or other.year is None or abs(one.year - other.year) <= 1
    publishers = not one.publisher or not other.publisher or one.publisher == other.publisher
    if other.people:
        return years and publishers
    return one.year is not None and one.year == other.year and bool(one.publisher) and one.publisher == other.publisher


def _is_equal(one: Facts, other: Facts) -> bool:
    return one.people == other.people and one.telling == other.telling and one.isbns == other.isbns


def _has_other_isbns(facts: Facts, draft: BookDraft) -> bool:
    """Whether both have ISBNs and none in common: then they are different editions, whatever else they share."""
    return bool(facts.isbns and draft.isbns and facts.isbns.isdisjoint(draft.isbns))
