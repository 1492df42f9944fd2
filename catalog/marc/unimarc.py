"""UNIMARC: what a bibliographic record says about one edition, as a BookDraft."""

import re
from datetime import UTC, datetime

from catalog.drafts import BookDraft
from catalog.normalize.names import read_name
from catalog.normalize.numbers import read_call_number, read_lccn, read_oclc
from catalog.normalize.text import cut, match_key, one_line, strip_isbd
from catalog.normalize.titles import is_in_capitals, read_title, sort_title

from .cleaning import (
    NON_SORTING,
    area,
    description_of,
    format_of,
    imprint_of,
    isbns_of,
    language_of,
    pages_of,
    sentence,
    subjects_of,
    year_of,
)
from .copies import copies_of
from .forms import BY_KIND
from .people import Named, contributors
from .records import Record, first, indicators, subfields
from .relators import roles_of
from .remembering import remembered
from .sources import source_of_unimarc

MAIN = frozenset({"700", "710", "720"})
PEOPLE = ("700", "701", "702", "710", "711", "712", "720", "721", "722")
SUBJECTS = ("600", "601", "602", "604", "605", "606", "607", "608", "610")
SUBDIVISIONS = frozenset("jxyz")
DATES = re.compile(r"\(?\d{3,4}.*")


def is_unimarc(record: Record) -> bool:
    """Whether the record has its title where UNIMARC has it and MARC 21 has nothing."""
    return "200" in record.by_tag and "245" not in record.by_tag


def book_draft(record: Record, *, this_year: int | None = None, digits: int = 2) -> BookDraft:
    """The draft of a bibliographic record; never raises. ``digits``: of the currency in which copies are priced."""
    year_now = this_year or datetime.now(UTC).year
    languages = _languages(record)
    title, subtitle, sorted_by, carrier = _title(record, languages[0] if languages else "")
    statement = _statement(record)
    imprint = imprint_of(record.values(("210", "214"), "c"), record.values(("210", "214"), "a"))
    published = sentence(next(iter(record.values(("210", "214"), "d")), ""), 100)
    coded = next(iter(record.values(("100",), "a")), "")
    year = year_of(published, year_now)
    numbers = isbns_of(record.values(("010",), "a"), record.values(("010",), "z"))
    extent = area(next(iter(record.values(("215",), "a")), ""), 200)
    binding = strip_isbd(one_line(next(iter(record.values(("010",), "b")), ""), 100)).strip("() ")
    form = _form(record, carrier, binding)
    source, source_key = source_of_unimarc(record)
    flags = {
        "title_missing": not title,
        "title_capitals": is_in_capitals(title),
        "isbn_invalid": bool(numbers["isbns_invalid"]),
    }
    return BookDraft(
        title=title,
        subtitle=subtitle,
        sort_title=sorted_by,
        statement=statement,
        edition=sentence(" ".join(record.values(("205",), "ab")[:2]), 200),
        contributors=contributors(_people(record), statement),
        **numbers,
        lccns=_lccns(record),
        oclcs=_oclcs(record),
        publisher=imprint.publisher,
        publishers=imprint.publishers,
        place=imprint.place,
        published=published,
        year=year.year or year_of(coded[9:13], year_now).year,
        language=languages[0] if languages else "",
        other_languages=languages[1:],
        pages=pages_of(extent),
        pagination=extent,
        format=form,
        format_text=carrier or binding,
        series=_series(record),
        subjects=subjects_of([_heading(text) for tag in SUBJECTS for text in record.by_tag.get(tag, ())]),
        description=description_of(record.values(("330",), "a")),
        call_number=_call_number(record),
        source=source,
        source_key=source_key,
        warnings=tuple(code for code, is_so in flags.items() if is_so),
        copies=copies_of(record, digits),
    )


def _title(record: Record, language: str) -> tuple[str, str, str, str]:
    """Title, subtitle, the form to sort by and what is said in brackets about the carrier."""
    parts: list[str] = []
    rest: list[str] = []
    carrier = ""
    for code, value in subfields(next(record.texts("200"), "")):
        if code == "a" and not parts:
            parts.append(value)
        elif code == "e":
            rest.append(value.translate(NON_SORTING).strip())
        elif code in "hi" and not rest:
            parts.append(value)
        elif code == "b":
            carrier = strip_isbd(one_line(value, 100)).strip("[] ")
    raw = ". ".join(part.strip() for part in parts)
    title = read_title(raw.translate(NON_SORTING), " : ".join(rest))
    if "\x98" in raw and "\x9c" in raw:
        return title.title, title.subtitle, match_key(raw.split("\x9c", 1)[1].translate(NON_SORTING), 500), carrier
    return title.title, title.subtitle, sort_title(title.title, language), carrier or title.carrier


def _statement(record: Record) -> str:
    values = [value.translate(NON_SORTING) for code, value in subfields(next(record.texts("200"), "")) if code in "fg"]
    return sentence(" ; ".join(map(str.strip, values)), 500)


def _people(record: Record) -> list[tuple[Named, bool]]:
    found = []
    for tag in PEOPLE:
        for text in record.by_tag.get(tag, ()):
            person = _body(text) if tag[1] == "1" else _person(text)
            if person is not None:
                found.append((person, tag in MAIN or (tag == "701" and person.roles is None)))
    return found


@remembered
def _person(text: str) -> Named | None:
    """$a is the family name or all of it, $b the rest; the second indicator says whether they are to be turned."""
    family = read_name(first(text, "a").translate(NON_SORTING))
    given = read_name(first(text, "b").translate(NON_SORTING).strip(", "))
    if not family:
        return None
    if not given:
        head, _comma, given = (part.strip() for part in family.partition(","))
        family, given = head, "" if DATES.match(given) else given
    is_turned = indicators(text)[1] != "0"
    if not given:
        number = one_line(first(text, "d"), 40)
        whole = read_name(f"{family} {number}".strip())
        return Named(whole, whole, "", _roles(text))
    natural = f"{given} {family}" if is_turned else f"{family} {given}"
    return Named(natural, f"{family}, {given}" if is_turned else natural, "", _roles(text))


@remembered
def _body(text: str) -> Named | None:
    name = read_name(". ".join(value.translate(NON_SORTING) for code, value in subfields(text) if code in "ab"))
    return Named(name, name, "", _roles(text)) if name else None


def _roles(text: str) -> tuple[str, ...] | None:
    found = roles_of([value for code, value in subfields(text) if code == "4"], [])
    return None if found is None else tuple(found)


def _languages(record: Record) -> tuple[str, ...]:
    codes = record.values(("101",), "a")
    return tuple(dict.fromkeys(code for code in map(language_of, codes[:20]) if code))


def _form(record: Record, carrier: str, binding: str) -> str:
    kind = record.leader[6:7]
    said = {**BY_KIND, "l": "ebook", "m": "other"}.get(kind, "")
    return said or format_of(carrier) or format_of(binding)


def _series(record: Record) -> str:
    text = next(record.texts("225", "410"), "")
    name = sentence(first(text, "a").translate(NON_SORTING), 300) if text else ""
    number = sentence(first(text, "v"), 100) if text else ""
    return one_line(f"{name} ; {number}" if name and number else name, 300)


@remembered
def _heading(text: str) -> str:
    main = [value for code, value in subfields(text) if code in "abcdfgh" and not (code == "f" and DATES.match(value))]
    divisions = [value for code, value in subfields(text) if code in SUBDIVISIONS]
    head = ", ".join(value.translate(NON_SORTING).strip(", ") for value in main)
    return " -- ".join([head, *(value.translate(NON_SORTING).strip() for value in divisions)])


def _call_number(record: Record) -> str:
    local = record.values(("930",), "a")
    proposed = read_call_number(record.values(("676",), "a"), record.values(("680",), "ab"))
    return proposed or next((cut(one_line(text), 60) for text in local), "")


def _lccns(record: Record) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in map(read_lccn, record.values(("020",), "b")) if number))


def _oclcs(record: Record) -> tuple[str, ...]:
    given = [value for value in record.values(("035",), "a") if value[:7].casefold() == "(ocolc)"]
    return tuple(dict.fromkeys(number for number in map(read_oclc, given) if number))
