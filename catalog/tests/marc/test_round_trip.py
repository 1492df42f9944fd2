"""Whatever a draft says survives being written as MARC and read again."""

import io
from dataclasses import replace

import pytest

from catalog.drafts import BookDraft, CopyDraft, DraftContributor, DraftSource
from catalog.marc.reading import read_marc
from catalog.marc.writing import LONGEST_RECORD, marc_again, marcxml_again, write_marc, write_marcxml
from catalog.marc.xml import read_marcxml

FULL = BookDraft(
    title="The map : a tale [of sorts]",
    subtitle="with = signs / and : others.",
    sort_title="map a tale of sorts",
    statement="by A. Writer ; pictures by B. Drawer.",
    edition="2nd ed., rev.",
    contributors=(
        DraftContributor("Ursula K. Le Guin", "Le Guin, Ursula K.", "aut", "OL31353A"),
        DraftContributor("Martin Luther King Jr.", "King, Martin Luther, Jr.", "aui"),
        DraftContributor("Museum of Maps", "Museum of Maps", "edt"),
        DraftContributor("Homer", "Homer", "aut", "(DE-588)11855333X"),
        DraftContributor("Homer", "Homer", "ill"),
    ),
    isbns=("9780306406157", "9783161484100"),
    isbns_10=("0306406152",),
    isbns_invalid=("9780306406158",),
    lccns=("sa64009058",),
    oclcs=("12345",),
    publisher="Map & Sons",
    publishers=("Map & Sons", "Second House"),
    place="Reykjavík",
    published="2003, c1999",
    year=2003,
    first_year=1971,
    language="eng",
    other_languages=("ger", "grc"),
    pages=265,
    pagination="xi, 265 p.",
    format="hardcover",
    format_text="Hardcover",
    series="Maps of the world ; 7",
    subjects=("Maps -- History -- 20th century", "Tales"),
    description="First paragraph.\n\nSecond <b> & one.\nWith a line.",
    description_is_of_work=True,
    call_number="823.914 LEG",
    cover_id=123,
    source="openlibrary",
    source_key="OL7353617M",
    work_key="OL45804W",
    revision=9,
    other_sources=(DraftSource("marc", "(DE-101)17"), DraftSource("openlibrary", "OL9M", "OL9W", 2)),
    warnings=("isbn_invalid", "work_missing"),
    copies=(
        CopyDraft(
            barcode="0001", branch="MAIN", copy_type="book", call_number="823.914 LEG", location="Room 2", price=1_250,
            condition="worn", note="torn\nmended", acquired_on="2020-02-29", withdrawn_on="2024-01-01",
            lost_on="2023-01-01", damaged_on="2022-01-01",
        ),
        CopyDraft(barcode="0002", price=0),
        CopyDraft(),
    ),
)  # fmt: skip
SCRIPTS = {
    "Arabic": "ألف ليلة وليلة",
    "Hebrew": "סִפּוּר עַל אַהֲבָה וְחֹשֶׁךְ",
    "Chinese": "紅樓夢",
    "Japanese": "吾輩は猫である",
    "Korean": "채식주의자",
    "Cyrillic": "Война и мир",
    "Greek": "Ἰλιάς",
    "Devanagari": "गोदान",
    "Thai": "สี่แผ่นดิน",
    "beyond the first plane": "𐌰𐍄𐍄𐌰 𝄞 😀",
    "scripts of another kind": "<script>alert(1)</script> & \"'",
    "a formula": "=1+1",
}


def both_ways(draft: BookDraft) -> list[BookDraft]:
    in_marc = list(read_marc(io.BytesIO(write_marc(draft))))
    in_xml = list(read_marcxml(io.BytesIO(b"".join(write_marcxml([draft])))))
    assert [row.problem for row in [*in_marc, *in_xml]] == ["", ""]
    return [BookDraft.from_json(row.values) for row in [*in_marc, *in_xml]]


def test_a_draft_that_says_everything() -> None:
    assert both_ways(FULL) == [FULL, FULL]


def test_a_draft_that_says_nothing_but_its_title() -> None:
    draft = BookDraft(title="Title", sort_title="title")
    assert both_ways(draft) == [draft, draft]


def test_a_usual_book_needs_no_field_of_our_own() -> None:
    people = (
        DraftContributor("Ursula K. Le Guin", "Le Guin, Ursula K."),
        DraftContributor("Museum of Maps", "Museum of Maps", "edt"),
        DraftContributor("Anna Smith", "Smith, Anna", "ill"),
    )
    draft = BookDraft(
        title="The tale of the map", subtitle="a guide", sort_title="tale of the map", contributors=people,
        isbns=("9780306406157",), publisher="Map & Sons", publishers=("Map & Sons",), place="Reykjavík", year=2003,
        published="2003", language="eng", pages=265, pagination="xi, 265 p.", format="paperback",
        format_text="paperback", series="Maps of the world ; 7", subjects=("Maps -- History",),
        description="One.\n\nTwo.", call_number="823.914", source="marc",
        source_key="(DE-101)17", copies=FULL.copies[:1],
    )  # fmt: skip
    assert b"openshelf" not in write_marc(draft)
    assert both_ways(draft) == [draft, draft]


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_in_every_text(script: str) -> None:
    text = SCRIPTS[script]
    texts = dict.fromkeys(
        ["title", "subtitle", "sort_title", "statement", "edition", "publisher", "place", "published", "pagination",
         "format_text", "series", "description", "call_number"], text,
    )  # fmt: skip
    people = (DraftContributor(text, text, "aut"), DraftContributor(text, f"{text}, {text}", "trl", text))
    copy = CopyDraft(barcode="1", branch=text, call_number=text, location=text, note=text)
    draft = replace(FULL, **texts, contributors=people, publishers=(text,), subjects=(text,), copies=(copy,))
    assert both_ways(draft) == [draft, draft]


def test_texts_longer_than_a_field_may_be() -> None:
    draft = replace(
        FULL, description="Длинно. " * 1_200 + "Конец", subjects=tuple(f"{'ж' * 290} {n}" for n in range(25))
    )
    assert len(write_marc(draft)) < LONGEST_RECORD
    assert both_ways(draft) == [draft, draft]


@pytest.mark.parametrize(
    ("copies", "are_whole"),
    [((CopyDraft(barcode="1"),), True), ((CopyDraft(barcode="1", call_number="823"),), None), ((), None)],
)
def test_a_copy_without_a_call_number_is_told_from_one_with_that_of_its_book(
    copies: tuple[CopyDraft, ...], are_whole: bool | None
) -> None:
    (row,) = read_marc(io.BytesIO(write_marc(BookDraft(title="Emma", call_number="823", copies=copies))))
    assert row.values.get("copies_are_whole") is are_whole


def test_more_copies_than_the_length_of_a_record_allows() -> None:
    copies = tuple(CopyDraft(barcode=f"{n:06}", branch="MAIN", note="note " * 79 + "end") for n in range(250))
    draft = replace(FULL, copies=copies)
    assert write_marc(draft)[:5] == b"99999"
    assert both_ways(draft) == [draft, draft]


def test_prices_in_a_currency_without_minor_units() -> None:
    draft = replace(FULL, copies=(CopyDraft(barcode="1", price=1_500),))
    written = write_marc(draft, digits=0)
    assert b"\x1fv1500" in written
    (row,) = read_marc(io.BytesIO(written), digits=0)
    assert BookDraft.from_json(row.values) == draft


def test_rows_are_written_out_again_as_they_came() -> None:
    written = write_marc(FULL)
    (row,) = read_marc(io.BytesIO(written))
    assert b"".join(marc_again([row.raw])) == written
    (row,) = read_marcxml(io.BytesIO(b"".join(write_marcxml([FULL]))))
    (again,) = read_marcxml(io.BytesIO(b"".join(marcxml_again([row.raw]))))
    assert again == row


def test_our_own_field_is_not_believed_what_is_of_the_wrong_kind() -> None:
    draft = BookDraft(title="Title", sort_title="title", first_year=1999)
    forged = write_marc(draft).replace(b'{"first_year":1999,"source":""}', b'{"first_year":"x","pages":[ ] }')
    (row,) = read_marc(io.BytesIO(forged))
    assert (row.problem, row.values["title"], row.values["first_year"], row.values["pages"]) == (
        "",
        "Title",
        None,
        None,
    )
