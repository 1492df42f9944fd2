"""Tables of books: their columns, by whatever names, and a row of any of them as a BookDraft."""

import re
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from catalog.drafts import BookDraft, DraftContributor
from catalog.isbn import find_isbns
from catalog.normalize.descriptions import read_description
from catalog.normalize.formats import read_format
from catalog.normalize.languages import read_language_names
from catalog.normalize.numbers import read_call_number, read_lccn, read_oclc
from catalog.normalize.pages import read_pages
from catalog.normalize.publishers import read_imprint
from catalog.normalize.subjects import read_subjects
from catalog.normalize.text import one_line, strip_isbd
from catalog.normalize.titles import is_in_capitals, read_title, sort_title
from catalog.normalize.years import read_year

from . import own
from .book_columns import COLUMNS
from .cells import ROUNDED
from .columns import CellProblem, Facts, Row, Spec
from .copies import copies_of
from .people import DIVIDERS, person, read_people

SERIES_BEHIND = re.compile(r"^(.+?)\s*\(([^()]+?),?\s*#\s?([\d.–-]+)\)\s*$")  # "The Hobbit (Middle Earth, #1)"
PUBLICATION = re.compile(r"^(?P<publisher>.*?)\s*\((?P<date>[^()]*\d{4}[^()]*)\)(?P<rest>.*)$", re.DOTALL)
EDITION = re.compile(r"Edition:\s*([^,]+)")
DIVIDES_SUBJECTS = re.compile(r"[|;\n\t]")
SUBJECTS_APART = re.compile(r"\s*[|;\n\t]\s*")
PARTS = {"authors": "aut", "editors": "edt", "translators": "trl", "illustrators": "ill", "other_people": "ctb"}
SHELVES_OF_READERS = {"to-read", "read", "currently-reading", "owned", "books-i-own"}


def make_book(row: Row, facts: Facts) -> dict[str, Any] | BookDraft:
    """One row of a table of books. Raises CellProblem."""
    return join_books([row], facts) if own.KEY in row else book_draft(row, facts)


def join_books(rows: list[Row], facts: Facts) -> dict[str, Any]:
    """The values of a book whose copies have a row each."""
    return own.draft_of(rows, facts).as_json() | own.WHOLE


def book_draft(row: Row, facts: Facts) -> BookDraft:
    """A row of somebody else's table as a draft, cleaned as everything else that comes in. Raises CellProblem."""
    row = _taken_apart(row)
    first = {name: cells[0] for name, cells in row.items()}
    title = read_title(first.get("title", ""), first.get("subtitle", ""))
    published = one_line(first.get("published") or first.get("year", ""), 100)
    year = read_year(first.get("year") or published, this_year=facts.today.year)
    first_year = read_year(first.get("first_year", ""), this_year=facts.today.year).year
    languages = read_language_names(" | ".join([*row.get("language", ()), *row.get("other_languages", ())]))
    imprint = read_imprint(row.get("publisher", []), row.get("place", []))
    isbns, isbns_10, wrong = _isbns(row)
    pagination = strip_isbd(one_line(first.get("pagination", ""), 200))
    form = one_line(first.get("format", ""), 100) or one_line(title.carrier, 100)
    flags = {
        "title_missing": not title.title, "title_capitals": is_in_capitals(title.title), "isbn_invalid": bool(wrong),
        year.warning: bool(year.warning),
    }  # fmt: skip
    return BookDraft(
        title=title.title,
        subtitle=title.subtitle,
        sort_title=sort_title(title.title, languages[0] if languages else ""),
        statement=strip_isbd(one_line(first.get("statement", ""), 500)),
        edition=strip_isbd(one_line(first.get("edition", ""), 200)),
        contributors=_contributors(row),
        isbns=isbns,
        isbns_10=isbns_10,
        isbns_invalid=wrong,
        lccns=tuple(filter(None, map(read_lccn, row.get("lccn", ())))),
        oclcs=tuple(filter(None, map(read_oclc, row.get("oclc", ())))),
        publisher=imprint.publisher,
        publishers=imprint.publishers,
        place=imprint.place,
        published=published,
        year=year.year,
        first_year=None if first_year and year.year and first_year > year.year else first_year,
        language=languages[0] if languages else "",
        other_languages=languages[1:],
        pages=read_pages(first.get("pages", ""), pagination or first.get("pages", "")),
        pagination=pagination,
        format=read_format(form),
        format_text=form,
        series=_series(first),
        subjects=_subjects(row),
        description=read_description(first.get("description", "")),
        call_number=one_line(first.get("call_number", ""), 60)
        or read_call_number(row.get("dewey", []), row.get("lcc", [])),
        warnings=tuple(code for code, is_so in flags.items() if is_so),
        copies=copies_of(row, facts),
    )


def _taken_apart(row: Row) -> Row:
    """With what some exports put into one cell in cells of their own: the series behind a title, a whole imprint."""
    found = dict(row)
    if behind := SERIES_BEHIND.match(row.get("title", [""])[0][:1_000]):
        found["title"] = [behind[1]]
        found.setdefault("series", [behind[2]])
        found.setdefault("series_number", [behind[3]])
    for cell in found.pop("imprint", [])[:1]:
        parts = PUBLICATION.match(cell[:1_000])
        found.setdefault("publisher", [parts["publisher"] if parts else cell[:1_000]])
        if parts:
            found.setdefault("published", [parts["date"]])
            if edition := EDITION.search(parts["rest"]):
                found.setdefault("edition", [edition[1]])
    return found


def _isbns(row: Row) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """ISBN-13s, the ten-digit forms that were given, and those that are wrong."""
    valid: dict[str, None] = {}
    ten: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for cell in row.get("isbn", ()):
        if ROUNDED.fullmatch(cell):
            message = _("A spreadsheet has rounded the ISBN to %(text)s. Format the column as text and fill it again.")
            raise CellProblem(message % {"text": one_line(cell, 40)})
        found = find_isbns(cell.strip("[]"))
        for isbn in found:
            (valid if isbn.is_valid else wrong)[isbn.value] = None
            if isbn.isbn10 and len(isbn.digits) < 13:
                ten[isbn.isbn10] = None
        if not found and (number := _with_lost_zeros(cell)):
            valid[number[0]] = ten[number[1]] = None
    return tuple(valid), tuple(ten), tuple(number for number in wrong if number not in valid)


def _with_lost_zeros(cell: str) -> tuple[str, str] | None:
    """An ISBN-10 of which a spreadsheet has dropped the zeros at the beginning."""
    digits = cell.strip()
    found = find_isbns(digits.zfill(10)) if 7 <= len(digits) <= 8 and digits[:-1].isdigit() else []
    return (found[0].isbn13, found[0].isbn10) if found and found[0].is_valid else None


def _contributors(row: Row) -> tuple[DraftContributor, ...]:
    people = []
    if "author_last" in row and "authors" not in row:
        whole = ", ".join([row["author_last"][0], *row.get("author_first", [])[:1]])
        people += [found for found in [person(whole)] if found]
    for name, role in PARTS.items():
        roles = DIVIDERS.split(row["author_role"][0]) if name == "authors" and "author_role" in row else []
        for cell in row.get(name, ()):
            people += _with_roles(read_people(cell, role), roles)
    return tuple({(each.name, each.role): each for each in people}.values())


def _with_roles(people: list[DraftContributor], roles: list[str]) -> list[DraftContributor]:
    """People with the parts that another cell says, in the same order."""
    if not any(roles):
        return people
    said = [f"{each.name} ({role})" if role.strip() else each.name for each, role in zip(people, roles, strict=False)]
    return [found for text in said for found in read_people(text)] + people[len(said) :]


def _series(first: dict[str, str]) -> str:
    number = one_line(first.get("series_number", ""), 20)
    series = strip_isbd(one_line(first.get("series", ""), 300))
    return one_line(f"{series} ; {number}", 300) if series and number else series


def _subjects(row: Row) -> tuple[str, ...]:
    found: list[str] = []
    for cell in row.get("subjects", ()):
        cell = cell[:10_000]  # noqa: PLW2901 - what follows is no list of subjects
        found += SUBJECTS_APART.split(cell) if DIVIDES_SUBJECTS.search(cell) else cell.split(",")
    return read_subjects([each for each in found if each.strip() not in SHELVES_OF_READERS])


BOOKS = Spec(
    what="book",
    columns=COLUMNS,
    make=make_book,
    needs=(("title", "isbn"),),
    key=own.KEY,
    join=join_books,
)
TITLE_OF_TABLE = gettext_lazy("Books and copies")
