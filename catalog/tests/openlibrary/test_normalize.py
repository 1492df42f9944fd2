"""Drafts of recorded editions, and of everything that JSON can be."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.drafts import FORMATS, ROLES, WARNINGS, BookDraft
from catalog.openlibrary.normalize import book_draft, edition_draft
from catalog.openlibrary.records import FetchedRecord

from . import records

FIELDS = sorted({name for value in records.everything().values() if isinstance(value, dict) for name in value})
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(
        ["/works/OL1W", "/books/OL1M", "/authors/OL1A", "/languages/eng", "9780140328721", "c1999", "x, 5 p.", "A : B"]
    ),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*FIELDS, "value", "key", "author", "role"]), inner, max_size=4)
    ),
    max_leaves=12,
)


def shown(draft, *names):
    return {name: getattr(draft, name) for name in names}


def test_edition_draft_of_nothing_is_empty():
    assert edition_draft({}) == BookDraft(source="openlibrary", warnings=("title_missing",))
    assert edition_draft(None) == edition_draft([]) == edition_draft("x") == edition_draft({})


def test_book_draft_of_a_whole_record():
    work, edition = records.work("OL5702375W"), records.edition("OL22842654M")
    authors = {f"/authors/{key}": records.author(key) for key in ("OL1434011A", "OL2660280A")}
    draft = book_draft(FetchedRecord(edition=edition, work=work, authors=authors))
    assert [(person.name, person.sort_name, person.role, person.key) for person in draft.contributors] == [
        ("Greg Mortenson", "Mortenson, Greg", "aut", "OL1434011A"),
        ("David Oliver Relin", "Relin, David Oliver", "aut", "OL2660280A"),
        ("Sarah Thomson", "Thomson, Sarah", "ctb", ""),
        ("Dr. Jane Goodall", "Goodall, Dr. Jane", "aui", ""),
    ]
    assert {**asdict(draft), "contributors": (), "subjects": draft.subjects[:2], "description": ""} == asdict(
        BookDraft(
            title="Three cups of tea",
            subtitle="one man's mission to promote peace--one school at a time",
            sort_title="three cups of tea",
            statement="Greg Mortenson and David Oliver Relin ; adapted for young readers by Sarah Thomson.",
            edition="Young readers edition",
            isbns=("9780142414125",),
            lccns=("2008053042",),
            oclcs=draft.oclcs,
            publisher="Puffin Books",
            publishers=("Puffin Books",),
            place="New York, N.Y",
            published="2009",
            year=2009,
            language="eng",
            pagination="p. cm.",
            format="paperback",
            format_text="Paperback",
            subjects=("American Humanitarian assistance", "Biography & Autobiography"),
            description_is_of_work=True,
            call_number="371.82209549",
            source="openlibrary",
            source_key="OL22842654M",
            work_key="OL5702375W",
            revision=edition["revision"],
        )
    )
    assert draft.description.endswith("celebration of the humanitarian spirit.")


@pytest.mark.parametrize(
    ("olid", "expected"),
    [
        ("OL1M", {"title": "Kabitā", "isbns": (), "pages": 304, "call_number": "PK2579.R255 K3", "publisher": ""}),
        ("OL100249M", {"title": "The Civil Rights Act of 1997", "sort_title": "civil rights act of 1997"}),
        ("OL101336M", {"title": "Az utolsó kenet", "sort_title": "utolso kenet", "language": "hun"}),
        (
            "OL1002068M",
            {
                "isbns": ("9780203281116", "9780415145060", "9780415145077"),
                "isbns_10": ("020328111X", "0415145066", "0415145074"),
            },
        ),
        ("OL1006194M", {"isbns": (), "isbns_invalid": ("1557869241",), "work_key": ""}),
        ("OL1007742M", {"pages": None, "pagination": "1 v. (unpaged)", "call_number": "E", "format": ""}),
        (
            "OL10145962M",
            {"format": "other", "format_text": "CD-ROM", "pages": 1240, "publisher": "Oxford University Press, USA"},
        ),
        ("OL10207752M", {"title": "Street Entrepreneurs", "year": 2007}),
        (
            "OL14065582M",
            {"isbns": ("9780583324205", "9780394800165"), "series": "Beginner books ; B-16.", "first_year": None},
        ),
        ("OL20431791M", {"title": "Flatland", "subtitle": "A Romance of Many Dimensions", "year": 1885}),
        ("OL24197430M", {"publisher": "Harper & Bros.", "place": "New York", "edition": "Authorized ed."}),
        ("OL24206818M", {"cover_id": None, "pages": 90, "series": "Young puffin"}),
        ("OL24503867M", {"isbns": ("9780984442522",), "series": "A Book Apart, No. 2"}),
        ("OL24605334M", {"isbns": ("9781935928324",), "isbns_10": (), "format": "ebook"}),
        ("OL24755423M", {"published": "", "year": None, "place": "London"}),
        ("OL26964454M", {"title": "Dr. STONE, Vol. 1", "year": 2018, "published": "2018-Sep-04", "format": "other"}),
        ("OL27345783M", {"title": "El superzorro", "subtitle": "", "publisher": "Alfaguara"}),
        ("OL29345231M", {"description": "", "subtitle": "The Play"}),
        ("OL35326784M", {"title": "すばらしき父さん狐", "language": "jpn", "place": "Tokyo, Japan"}),
        ("OL38238484M", {"language": "wel", "series": "Juvenil Alfaguara - 5"}),
        ("OL43160787M", {"publishers": (), "year": None, "cover_id": None}),
        ("OL7353617M", {"cover_id": 8739161, "published": "October 1, 1988", "pages": 96, "isbns_10": ("0140328726",)}),
        ("OL8M", {"series": "His Kathalu ; v[2]", "language": "tel", "lccns": ("sa64009064",)}),
    ],
)
def test_edition_draft_of_recorded_editions(olid, expected):
    draft = edition_draft(records.edition(olid))
    assert shown(draft, *expected) == expected
    assert draft.source_key == olid


@pytest.mark.parametrize("olid", ["OL100483M", "OL43160787M"])
def test_edition_draft_warns(olid):
    warnings = {"OL100483M": (), "OL43160787M": ("title_capitals",)}
    assert set(edition_draft(records.edition(olid)).warnings) - {"work_missing", "contributors_incomplete"} == set(
        warnings[olid]
    )


def test_description_is_the_editions_before_the_works():
    work = {"description": {"type": "/type/text", "value": "Of the work.\r\n----------\r\nAlso in:"}}
    own = book_draft(FetchedRecord(edition={"description": "Own."}, work=work))
    borrowed = book_draft(FetchedRecord(edition={}, work=work))
    assert shown(own, "description", "description_is_of_work") == {
        "description": "Own.",
        "description_is_of_work": False,
    }
    assert shown(borrowed, "description", "description_is_of_work") == {
        "description": "Of the work.",
        "description_is_of_work": True,
    }


def test_what_the_work_knows_fills_what_the_edition_does_not():
    work = {"key": "/works/OL2W", "title": "Of the work", "covers": [None, -1, 7], "subjects": ["Of work"]}
    draft = book_draft(
        FetchedRecord(edition={"works": [{"key": "/works/OL1W"}], "subjects": ["Of edition"]}, work=work)
    )
    assert shown(draft, "title", "cover_id", "subjects", "work_key") == {
        "title": "Of the work",
        "cover_id": 7,
        "subjects": ("Of work",),
        "work_key": "OL2W",
    }
    assert edition_draft({"subjects": ["Of edition"], "covers": [True, 9]}).subjects == ("Of edition",)
    assert edition_draft({"covers": [True, "8", 9]}).cover_id == 9


@pytest.mark.parametrize(
    ("work", "doc", "first"),
    [
        ({"first_publish_date": "March 1970"}, {"first_publish_year": 1965}, 1970),
        ({}, {"first_publish_year": 1965}, 1965),
        ({"first_publish_date": "2001"}, {}, None),
        ({}, {"first_publish_year": "1965"}, None),
        ({}, {"first_publish_year": 12}, None),
    ],
)
def test_first_year_is_the_works_and_not_after_the_editions(work, doc, first):
    record = FetchedRecord(edition={"publish_date": "1998"}, work=work, search_doc=doc)
    assert book_draft(record).first_year == first


def test_year_is_judged_by_the_source_and_the_present():
    trade = {"publish_date": "1900", "source_records": ["amazon:0123"]}
    assert (edition_draft(trade).year, edition_draft(trade).warnings) == (None, ("title_missing", "year_suspect"))
    assert edition_draft({**trade, "source_records": ["marc:x"]}).year == 1900
    assert book_draft(FetchedRecord(edition={"publish_date": "2030"}), this_year=2026).year is None
    assert book_draft(FetchedRecord(edition={"publish_date": "2030"}), this_year=2029).year == 2030
    assert edition_draft({"publish_date": "n.d.", "copyright_date": "1958"}).year == 1958


def test_isbns_are_sorted_by_what_they_are():
    edition = {
        "isbn_13": ["978-0-7653-9116-2 (hardcover)", "978-0132567088", "9790260000438"],
        "isbn_10": ["0819130834\t0819130842", "B000FC1PJI", "087279811", "675093686", "0000000000", 7, None],
        "isbn_invalid": ["0789411711", "9780765391162"],
    }
    assert shown(edition_draft(edition), "isbns", "isbns_10", "isbns_invalid") == {
        "isbns": ("9780765391162", "9780819130839", "9780819130846", "9780675093682"),
        "isbns_10": ("0819130834", "0819130842", "0675093686"),
        "isbns_invalid": ("9780132567088", "9790260000438", "087279811", "0789411711"),
    }


def test_draft_of_an_archive_record():
    draft = edition_draft(
        {"key": "/books/ia:egwoerter", "publishers": ["Alsbach : Leuchtturm-Verl."], "author_names": ["E. Eg"]}
    )
    assert shown(draft, "source_key", "publisher", "place") == {
        "source_key": "ia:egwoerter",
        "publisher": "Leuchtturm-Verl.",
        "place": "Alsbach",
    }
    assert draft.contributors[0].name == "E. Eg"


@pytest.mark.parametrize("name", sorted(records.everything()))
def test_every_recorded_answer_gives_a_draft_that_fits(name):
    assert_fits(edition_draft(records.everything()[name]))


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=12), ANY_JSON, ANY_JSON, ANY_JSON)
def test_book_draft_never_fails_and_always_fits(edition, work, authors, doc):
    assert_fits(book_draft(FetchedRecord(edition=edition, work=work, authors=authors, search_doc=doc)))


def assert_fits(draft):
    """The draft survives JSON, and fits the columns of the tables."""
    assert BookDraft.from_json(json.loads(json.dumps(draft.as_json()))) == draft
    lengths = {"title": 500, "subtitle": 500, "sort_title": 500, "statement": 500, "edition": 200, "publisher": 300}
    lengths |= {"place": 200, "published": 100, "pagination": 200, "format_text": 100, "series": 300}
    lengths |= {"description": 10_000, "call_number": 60, "source_key": 60, "work_key": 60, "language": 3}
    assert {name for name, length in lengths.items() if len(getattr(draft, name)) > length} == set()
    numbers = [*draft.isbns, *draft.isbns_10, *draft.isbns_invalid, *draft.lccns, *draft.oclcs]
    assert {len(text) for text in numbers} <= set(range(1, 41))
    assert {len(text) for text in (*draft.subjects, *draft.publishers)} <= set(range(1, 301))
    assert {person.role for person in draft.contributors} <= {code for code, _ in ROLES}
    assert all(person.name and person.sort_name and len(person.sort_name) <= 301 for person in draft.contributors)
    assert draft.format in {"", *(key for key, _ in FORMATS)}
    assert set(draft.warnings) <= WARNINGS.keys()
    assert draft.year is None or 1400 <= draft.year < 3000
