"""What the columns of a table mean: by a known export, by their names, by what stands in them."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from catalog.isbn import read_isbn

from .columns import Spec, plain
from .layouts import LAYOUTS, Layout

ALIKE = 83  # percent: "Tittle", "Publisheer"
SHORTEST_MISSPELT = 6
MOSTLY = 0.6
BRACKETS_BEHIND = " 0123456789"


def guess_mapping(names: Sequence[str], spec: Spec, rows: Iterable[Sequence[str]] = ()) -> dict[str, str]:
    """For each column (by its name) the field of ``spec`` that it is, or "" for none.

    ``rows``: some of the table, to look into columns whose names say nothing. A field that a table says once only
    goes to the first column called so.
    """
    layout = _layout_of(names, spec.what)
    aliases = _aliases(spec, is_ours=bool(spec.key) and plain(spec.key) in map(plain, names))
    found: dict[str, str] = {}
    for name in names:
        word = plain(name).rstrip(BRACKETS_BEHIND) or plain(name)
        known = layout.columns.get(plain(name)) if layout else None
        field = _by_name(plain(name), word, aliases) if known is None else known
        found[name] = field if field and (spec.by_field[field].is_many or field not in found.values()) else ""
    for word, first, second in spec.either if not layout else ():
        for name in [each for each in names if plain(each) == word]:
            found[name] = ""
            found[name] = first if first not in found.values() else second
    _by_contents(found, names, list(rows), spec)
    return found


def known_system(names: Sequence[str], what: str) -> str:
    """The system whose export a table with columns of these ``names`` is; "" if none that is known."""
    layout = _layout_of(names, what)
    return layout.system if layout else ""


def likeness(names: Sequence[str], spec: Spec) -> float:
    """How well ``names`` fit tables of the kind ``spec``: the share that has a meaning there, more if nothing lacks."""
    meant = guess_mapping(names, spec)
    share = sum(map(bool, meant.values())) / max(1, len(names))
    return share + (0 if spec.lacks(meant) else 0.5) + (1 if _layout_of(names, spec.what) else 0)


def is_name_in(specs: Iterable[Spec]) -> frozenset[str]:
    """Every name (folded) that a column of one of ``specs`` has: to tell a header from data."""
    return frozenset(name for spec in specs for name in _aliases(spec, is_ours=True))


def _layout_of(names: Sequence[str], what: str) -> Layout | None:
    given = frozenset(map(plain, names))
    return next((layout for layout in LAYOUTS if layout.what == what and layout.is_of(given)), None)


@lru_cache(maxsize=16)
def _aliases(spec: Spec, *, is_ours: bool) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in spec.columns:
        if is_ours or not each.is_hidden:
            found[plain(each.field)] = each.field
    for each in spec.columns:
        for name in each.names:
            found.setdefault(name, each.field)
    return found


def _by_name(name: str, bare: str, aliases: dict[str, str]) -> str:
    """The field of a column called so; with a slip of the pen where the word is long enough."""
    if field := aliases.get(name) or aliases.get(bare):
        return field
    if len(bare) < SHORTEST_MISSPELT:
        return ""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 3 MB that few processes ever need

    best = process.extractOne(bare, aliases.keys(), scorer=fuzz.ratio, score_cutoff=ALIKE)
    return aliases[best[0]] if best else ""


def _by_contents(found: dict[str, str], names: Sequence[str], rows: list[Sequence[str]], spec: Spec) -> None:
    """A column full of ISBNs is one; where no name says anything, the first two with words are title and author."""
    if spec.what != "book" or not rows:
        return
    is_nameless = not any(found.values())
    columns = {name: [row[n] for row in rows if n < len(row) and row[n].strip()] for n, name in enumerate(names)}
    if "isbn" not in found.values():
        for name, cells in columns.items():
            if not found[name] and cells and sum(map(_is_isbn, cells)) > MOSTLY * len(cells):
                found[name] = "isbn"
    if is_nameless:
        wordy = [name for name, cells in columns.items() if not found[name] and _are_words(cells)]
        found |= dict(zip(wordy, ("title", "authors"), strict=False))


def _is_isbn(cell: str) -> bool:
    isbn = read_isbn(cell)
    return isbn is not None and isbn.is_valid


def _are_words(cells: list[str]) -> bool:
    return bool(cells) and sum(any(c.isalpha() for c in cell) for cell in cells) > MOSTLY * len(cells)
