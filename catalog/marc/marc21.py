"""MARC 21: what a bibliographic record says about one edition, as a BookDraft."""

import re
from datetime import UTC, datetime
from typing import Any

from catalog.drafts import BookDraft, DraftContributor
from catalog.normalize.numbers import read_call_number, read_lccn, read_oclc
from catalog.normalize.text import TITLE_LENGTH, cut, match_key, one_line, strip_full_stop, strip_isbd
from catalog.normalize.titles import SURE_ARTICLES, is_in_capitals, read_title, sort_title

from .cleaning import (
    NON_SORTING,
    area,
    description_of,
    imprint_of,
    isbns_of,
    language_of,
    pages_of,
    sentence,
    subjects_of,
    year_of,
)
from .copies import copies_of
from .forms import form_of
from .linked import romanised, with_originals
from .people import Named, body_of, contributors, person_of
from .records import Record, first, indicators, subfields
from .remembering import remembered
from .sources import source_of

SUBJECTS = ("600", "610", "611", "630", "647", "648", "650", "651", "655", "690")
OF_OCLC = re.compile(r"oc[mn]\d|on\d")
HAS_DIGIT = re.compile(r"\d")  # "ACQUISITION IN PROCESS" has none
SUBDIVISIONS = frozenset("vxyz")
NOT_IN_HEADINGS = frozenset("0123456789euw")
PEOPLE = {"100": person_of, "110": body_of, "111": body_of, "700": person_of, "710": body_of, "711": body_of}


def book_draft(record: Record, *, this_year: int | None = None, digits: int = 2) -> BookDraft:
    """The draft of a bibliographic record; never raises. ``digits``: of the currency in which copies are priced."""
    linked = with_originals(record)
    year_now = this_year or datetime.now(UTC).year
    languages = _languages(linked)
    title, subtitle, sorted_by, carrier = _title(linked, languages[0] if languages else "")
    statement = _statement(linked)
    imprint = imprint_of(*_imprint(linked))
    fixed = linked.control("008")
    dates = _dates(linked, fixed, year_now)
    numbers = isbns_of(linked.values(("020",), "a"), linked.values(("020",), "z"))
    extent = _extent(linked)
    form = form_of(linked, carrier)
    source, source_key = source_of(record)
    return BookDraft(
        title=title,
        subtitle=subtitle,
        sort_title=sorted_by,
        statement=statement,
        edition=sentence(" ".join(linked.values(("250",), "ab")[:2]), 200),
        contributors=_contributors(linked, statement),
        **numbers,
        lccns=_read_each(linked.values(("010",), "a"), read_lccn),
        oclcs=_oclcs(linked),
        publisher=imprint.publisher,
        publishers=imprint.publishers,
        place=imprint.place,
        **dates[0],
        language=languages[0] if languages else "",
        other_languages=languages[1:],
        pages=pages_of(extent),
        pagination=extent,
        format=form.format,
        format_text=form.text,
        series=_series(linked),
        subjects=subjects_of(_subjects(linked)),
        description=_description(record, linked),
        call_number=_call_number(linked),
        source=source,
        source_key=source_key,
        warnings=_warnings(title, dates[1], bool(numbers["isbns_invalid"])),
        copies=copies_of(record, digits),
    )


def _title(record: Record, language: str) -> tuple[str, str, str, str]:
    """Title, subtitle, the form to sort by and what is said in brackets about the carrier."""
    text = next(record.texts("245", "240", "130"), "")
    parts: list[str] = []
    rest: list[str] = []
    carrier = ""
    for code, value in subfields(text):
        if code in "anpk" and not rest:
            parts.append(value)
        elif code in "bnp":
            rest.append(value)
        elif code == "h":
            carrier = strip_isbd(one_line(value, 100)).strip("[]/:;., ")
    raw = _in_parts(parts)
    cleaned = raw.translate(NON_SORTING)
    title = read_title(strip_isbd(cleaned), strip_isbd(_in_parts(rest)).translate(NON_SORTING))
    skipped = _skipped(text, raw, title.title)
    return title.title, title.subtitle, _sorted_by(title.title, language, skipped), carrier or title.carrier


def _in_parts(values: list[str]) -> str:
    """A title with number and name of its part: "Faust. Teil 1", "History. A, Europe"."""
    if len(values) < 2:
        return values[0] if values else ""
    return " ".join([*(f"{_ended(value)}" for value in values[:-1]), values[-1]])


def _ended(value: str) -> str:
    bare = value.rstrip()
    return bare if bare.endswith((".", ",", ":", "=", ";", "?", "!")) else f"{bare}."


def _skipped(text: str, raw: str, title: str) -> int:
    """How many characters of the ``title`` do not count in sorting; 0 for none, also where the record is wrong."""
    if raw.startswith("\x98") and "\x9c" in raw:
        return len(raw[1 : raw.index("\x9c")].rstrip()) + 1
    digit = indicators(text)[1]
    count = int(digit) if digit in "123456789" else 0
    return count if 0 < count < len(title) and not title[count - 1].isalnum() else 0


def _sorted_by(title: str, language: str, skipped: int) -> str:
    if skipped:
        return match_key(title[skipped:], TITLE_LENGTH) or match_key(title, TITLE_LENGTH)
    if title[:4].casefold() == f"{SURE_ARTICLES} ":
        return sort_title(title, language if language == "eng" else "")
    return match_key(title, TITLE_LENGTH)


def _statement(record: Record) -> str:
    return sentence(first(next(record.texts("245"), ""), "c").translate(NON_SORTING), 500)


def _contributors(record: Record, statement: str) -> tuple[DraftContributor, ...]:
    named: list[tuple[Named, bool]] = []
    for tag, text in record.fields:
        read = PEOPLE.get(tag)
        if read is not None and (person := read(text)) is not None:
            named.append((person, tag[0] == "1"))
    named.sort(key=_is_added)
    return contributors(named, statement) if named else ()


def _is_added(entry: tuple[Named, bool]) -> bool:
    return not entry[1]


def _imprint(record: Record) -> tuple[list[str], list[str]]:
    """Names and places of the publishers, from 264 those of publication where there are such."""
    texts = _imprints(record)
    parts = [part for text in texts for part in subfields(text)]
    return [value for code, value in parts if code == "b"], [value for code, value in parts if code == "a"]


def _imprints(record: Record) -> list[str]:
    of_260, of_264 = record.by_tag.get("260", []), record.by_tag.get("264", [])
    published = [text for text in of_264 if indicators(text)[1] == "1"]
    return [*of_260, *(published or ([] if of_260 else of_264))]


def _dates(record: Record, fixed: str, this_year: int) -> tuple[dict[str, Any], str]:
    """The fields of a draft for dates, and the code of a warning."""
    texts = _imprints(record)
    given = next((value for text in texts for code, value in subfields(text) if code == "c"), "")
    if not given:
        given = next((first(text, "c") for text in record.texts("264") if first(text, "c")), "")
    published = strip_full_stop(area(given, 100))
    year = year_of(published, this_year)
    coded = year_of(fixed[7:11], this_year) if len(fixed) > 10 else None
    number = year.year or (coded.year if coded else None)
    if coded and coded.year and str(coded.year) in published:
        number = coded.year  # "2024 [1967]" names two calendars; the code is of the common one
    first_year = None
    if fixed[6:7] == "r" and number:
        original = year_of(fixed[11:15], this_year).year
        first_year = original if original and original <= number else None
    warning = "" if number else year.warning
    return {"published": published, "year": number, "first_year": first_year}, warning


def _languages(record: Record) -> tuple[str, ...]:
    codes = [record.control("008")[35:38]]
    for value in record.values(("041",), "ade"):
        codes += [value[place : place + 3] for place in range(0, len(value), 3)] if len(value) % 3 == 0 else [value]
    return tuple(dict.fromkeys(code for code in map(language_of, codes[:20]) if code))


def _extent(record: Record) -> str:
    text = next(record.texts("300"), "")
    return area(" ".join(value for code, value in subfields(text) if code in "af"), 200)


def _series(record: Record) -> str:
    text = next(record.texts("490", "440", "830", "800"), "")
    if not text:
        return ""
    name = _in_parts([value.rstrip(" ;,") for code, value in subfields(text) if code in "anp"])
    number = first(text, "v")
    return one_line(f"{sentence(name, 300)} ; {sentence(number, 100)}" if number else sentence(name, 300), 300)


def _subjects(record: Record) -> list[str]:
    by_tag = record.by_tag
    found = [_heading(text) for tag in SUBJECTS if tag in by_tag for text in by_tag[tag]]
    return found + record.values(("653",), "a")


@remembered
def _heading(text: str) -> str:
    """A heading with its subdivisions: "Whales -- Atlantic Ocean -- History"."""
    main, divisions = [], []
    for code, value in subfields(text):
        if code in SUBDIVISIONS:
            divisions.append(strip_full_stop(strip_isbd(value)))
        elif code not in NOT_IN_HEADINGS:
            main.append(value)
    head = " ".join(main)
    return " -- ".join([strip_full_stop(strip_isbd(head)) if divisions else head, *divisions])


def _description(record: Record, linked: Record) -> str:
    paragraphs = [" ".join(v for code, v in subfields(text) if code in "ab") for text in linked.texts("520")]
    if linked is not record:
        paragraphs.append(romanised(record, linked))
    return description_of([paragraph for paragraph in paragraphs if paragraph])


def _call_number(record: Record) -> str:
    """Dewey, then the Library of Congress', then the local one, which is the one to take where it is the only one."""
    by_tag = record.by_tag
    if "099" in by_tag and not by_tag.keys() & {"082", "092"}:
        return cut(one_line(" ".join(v for _code, v in subfields(by_tag["099"][0]) if _code == "a")), 60)
    congress = [" ".join(v for code, v in subfields(text) if code in "ab") for text in record.texts("050", "090")]
    return read_call_number(record.values(("082", "092"), "a"), [text for text in congress if HAS_DIGIT.search(text)])


def _oclcs(record: Record) -> tuple[str, ...]:
    given = [value for value in record.values(("035",), "a") if value[:7].casefold() == "(ocolc)"]
    own = record.control("001")
    if record.control("003").strip() == "OCoLC" or (own[:1] == "o" and OF_OCLC.match(own)):
        given.insert(0, own)
    return _read_each(given, read_oclc)


def _read_each(texts: list[str], read: Any) -> tuple[str, ...]:
    return tuple(dict.fromkeys(number for number in map(read, texts[:50]) if number))


def _warnings(title: str, of_year: str, has_wrong_isbn: bool) -> tuple[str, ...]:
    flags = {
        "title_missing": not title,
        "title_capitals": title.isupper() and is_in_capitals(title),
        "isbn_invalid": has_wrong_isbn,
        of_year: bool(of_year),
    }
    return tuple(code for code, is_so in flags.items() if is_so)
