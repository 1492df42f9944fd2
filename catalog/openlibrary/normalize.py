"""What Open Library says about an edition, as a BookDraft: pure and total, whatever the JSON looks like."""

import re
from datetime import UTC, datetime
from typing import Any

from catalog.drafts import BookDraft
from catalog.isbn import find_isbns
from catalog.normalize.descriptions import read_description
from catalog.normalize.formats import read_format
from catalog.normalize.languages import read_languages
from catalog.normalize.numbers import read_call_number, read_lccn, read_oclc
from catalog.normalize.pages import read_pages
from catalog.normalize.publishers import read_imprint
from catalog.normalize.subjects import read_subjects
from catalog.normalize.text import one_line, plain_text, strip_isbd
from catalog.normalize.titles import Title, is_in_capitals, read_title, sort_title
from catalog.normalize.years import Year, read_year

from .contributors import missing_authors, read_contributors
from .hits import SearchHit, search_hits
from .json_values import integer, items, key_of, mapping, strings
from .keys import olid_of
from .records import FetchedRecord

__all__ = ["SearchHit", "book_draft", "edition_draft", "search_hits"]

SOURCE = "openlibrary"
TRADE = ("amazon:", "bwb:", "promise:")
MOST_NUMBERS = 50
LARGEST_COVER = 2**62


def edition_draft(edition: Any) -> BookDraft:
    """The draft of an edition record alone; ``{}`` gives an empty draft."""
    return book_draft(FetchedRecord(edition=mapping(edition)))


def book_draft(record: FetchedRecord, *, this_year: int | None = None) -> BookDraft:
    """The draft of a fetched edition. ``this_year``: for finding misprinted years; today's by default.

    From the edition what is printed in it; from the work authors, subjects and first year, and description and
    cover where the edition has none. Never raises. Warnings are codes: title_missing, title_capitals,
    isbn_invalid, year_unclear, year_future, year_suspect, contributors_incomplete, work_missing.
    """
    edition, work = mapping(record.edition), mapping(record.work)
    title, year = _title(record), _year(edition, this_year or datetime.now(UTC).year)
    languages = read_languages(items(edition.get("languages")) or edition.get("language_code"))
    imprint = read_imprint(strings(edition.get("publishers")), strings(edition.get("publish_places")))
    description, is_of_work = _description(edition, work)
    numbers: dict[str, Any] = _isbns(edition)
    pagination = strip_isbd(one_line(edition.get("pagination"), 200))
    form = _form(edition, title)
    return BookDraft(
        title=title.title,
        subtitle=title.subtitle,
        sort_title=sort_title(title.title, languages[0] if languages else ""),
        statement=strip_isbd(one_line(edition.get("by_statement"), 500)),
        edition=strip_isbd(one_line(edition.get("edition_name"), 200)),
        contributors=read_contributors(record),
        **numbers,
        lccns=_numbers(edition, read_lccn, "lccn"),
        oclcs=_numbers(edition, read_oclc, "oclc_numbers", "oclc_number"),
        publisher=imprint.publisher,
        publishers=imprint.publishers,
        place=imprint.place,
        published=_date(edition),
        year=year.year,
        first_year=_first_year(record, year.year, this_year or datetime.now(UTC).year),
        language=languages[0] if languages else "",
        other_languages=languages[1:],
        pages=read_pages(edition.get("number_of_pages"), pagination),
        pagination=pagination,
        format=read_format(form),
        format_text=form,
        series=_series(edition),
        subjects=read_subjects(strings(work.get("subjects"))) or read_subjects(strings(edition.get("subjects"))),
        description=description,
        description_is_of_work=is_of_work,
        call_number=read_call_number(
            strings(edition.get("dewey_decimal_class")), strings(edition.get("lc_classifications"))
        ),
        cover_id=_cover(edition) or _cover(work),
        source=SOURCE,
        source_key=_source_key(edition),
        work_key=_work_key(record),
        revision=integer(edition.get("revision")),
        warnings=_warnings(record, title, year, bool(numbers["isbns_invalid"])),
    )


def _title(record: FetchedRecord) -> Title:
    edition = mapping(record.edition)
    own = _without_imprint(plain_text(edition.get("title")), strings(edition.get("publishers")))
    title = read_title(own, edition.get("subtitle"), edition.get("title_prefix"))
    others = (mapping(record.work).get("title"), mapping(record.search_doc).get("title"))
    return title if title.title else next((found for found in map(read_title, others) if found.title), title)


def _without_imprint(title: str, publishers: list[str]) -> str:
    """A few titles have "Place : Publisher" behind them, after several blanks."""
    text, *behind = re.split(r"\s{3,}", title.strip()[:2_000], maxsplit=1)
    is_imprint = any(part.rpartition(" : ")[2].strip() in publishers and " : " in part for part in behind)
    return text if is_imprint else title


def _date(edition: dict[str, Any]) -> str:
    return next((text for text in (one_line(date, 100) for date in strings(edition.get("publish_date"))) if text), "")


def _year(edition: dict[str, Any], this_year: int) -> Year:
    is_from_trade = any(origin.startswith(TRADE) for origin in strings(edition.get("source_records")))
    year = read_year(_date(edition), this_year=this_year, is_from_trade=is_from_trade)
    if year.year or year.warning:
        return year
    return read_year(" ".join(strings(edition.get("copyright_date")))[:100], this_year=this_year)


def _first_year(record: FetchedRecord, year: int | None, this_year: int) -> int | None:
    """The work's first year; none when it comes after the edition's, which cannot be."""
    dated = read_year(" ".join(strings(mapping(record.work).get("first_publish_date")))[:100], this_year=this_year)
    first = dated.year or integer(mapping(record.search_doc).get("first_publish_year"), 1000, this_year + 1)
    return None if first and year and first > year else first


def _isbns(edition: dict[str, Any]) -> dict[str, Any]:
    valid: dict[str, None] = {}
    ten: dict[str, None] = {}
    wrong: dict[str, None] = {}
    for text in [*strings(edition.get("isbn_13")), *strings(edition.get("isbn_10"))][:MOST_NUMBERS]:
        found = find_isbns(text)
        for isbn in found:
            (valid if isbn.is_valid else wrong)[isbn.value] = None
            if isbn.isbn10 and len(isbn.digits) < 13:
                ten[isbn.isbn10] = None
        if not found:
            wrong |= _unread_number(text)
    for text in strings(edition.get("isbn_invalid"))[:MOST_NUMBERS]:
        wrong |= _unread_number(text)
    return {"isbns": tuple(valid), "isbns_10": tuple(ten), "isbns_invalid": tuple(n for n in wrong if n not in valid)}


def _unread_number(text: str) -> dict[str, None]:
    """Digits of a wrong length, kept because somebody may search for what is printed in the book; not ASINs."""
    number = "".join(character for character in text[:60].upper() if character.isascii() and character.isalnum())
    is_number = 8 <= len(number) <= 20 and number[:-1].isdigit() and len(set(number)) > 1
    return {number: None} if is_number else {}


def _numbers(edition: dict[str, Any], read: Any, *fields: str) -> tuple[str, ...]:
    texts = [text for name in fields for text in strings(edition.get(name))][:MOST_NUMBERS]
    return tuple(dict.fromkeys(number for number in map(read, texts) if number))


def _form(edition: dict[str, Any], title: Title) -> str:
    given = strip_isbd(one_line(edition.get("physical_format"), 100)).strip("[] ")
    return strip_isbd(given) or one_line(title.carrier, 100)


def _series(edition: dict[str, Any]) -> str:
    """The first series; a bare number that follows it in the list belongs to it."""
    parts = [strip_isbd(one_line(text.replace(" -- ", " ; "), 300)) for text in strings(edition.get("series"))]
    parts = [part for part in parts if part]
    if len(parts) > 1 and parts[1].strip("[]")[-1:].isdigit() and len(parts[1]) < 12:
        return one_line(f"{parts[0]} ; {parts[1]}", 300)
    return parts[0] if parts else ""


def _description(edition: dict[str, Any], work: dict[str, Any]) -> tuple[str, bool]:
    own = read_description(edition.get("description"))
    of_work = "" if own else read_description(work.get("description"))
    return own or of_work, bool(of_work)


def _cover(record: dict[str, Any]) -> int | None:
    """The first real cover; -1 and null stand where one was taken away."""
    return next((cover for cover in items(record.get("covers")) if integer(cover, 1, LARGEST_COVER)), None)


def _source_key(edition: dict[str, Any]) -> str:
    key = key_of(edition)
    return olid_of(key) or one_line(key.rsplit("/", 1)[-1], 60)


def _work_key(record: FetchedRecord) -> str:
    """The work's own key, which after a merger is not the one the edition names."""
    named = [key_of(work) for work in items(mapping(record.edition).get("works"))]
    keys = map(olid_of, [key_of(mapping(record.work)), *named])
    return next((key for key in keys if key.endswith("W")), "")


def _warnings(record: FetchedRecord, title: Title, year: Year, has_wrong_isbn: bool) -> tuple[str, ...]:
    flags = {
        "title_missing": not title.title,
        "title_capitals": is_in_capitals(title.title),
        "isbn_invalid": has_wrong_isbn,
        year.warning: bool(year.warning),
        "contributors_incomplete": bool(missing_authors(record)),
        "work_missing": bool(items(mapping(record.edition).get("works"))) and not mapping(record.work),
    }
    return tuple(code for code, is_so in flags.items() if is_so)
