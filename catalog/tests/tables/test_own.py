"""Our own table gives back the very draft that was written, with any field in any script."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.drafts import BookDraft, CopyDraft, DraftContributor, DraftSource
from catalog.normalize.names import sort_name
from catalog.normalize.titles import sort_title
from catalog.tables import own
from catalog.tables.cells import harmless
from catalog.tests.tables.tables import books, problems, read

TITLES = [
    "Příliš žluťoučký kůň", "Ελληνικά γράμματα", "Война и мир", "ألف ليلة وليلة", "תורה", "紅樓夢", "ノルウェイの森",
    "한국어", "हिन्दी", "ไทย", "🏳️\u200d🌈 emoji 👩\u200d🔬", "e\u0301 combining \u0301 marks", '"Quoted" \'both\'',
    "=SUM(A1)", "+1", "-1", "@x", "'=guarded", "a|b\\c | d", "line\nbreak\r\nand another", " blanks ",
    "semi;colon,comma\ttab",
]  # fmt: skip


def full(title: str) -> BookDraft:
    """A draft with something in every field that an export writes."""
    return BookDraft(
        title=title, subtitle=f"{title}: more", sort_title=f"~{title}", statement=title, edition="2nd",
        contributors=(
            DraftContributor("Jane Austen", "Austen, Jane", "aut", "OL1A"),
            DraftContributor(f"x{title}x".replace("\n", " ").replace("\r", ""), "sorted | so", "trl"),
            DraftContributor("Body (aut)", sort_name("Body (aut)"), "aut"),
        ),
        isbns=("9780141439587", "9780141439570"), isbns_10=("0141439580",), isbns_invalid=("9780141439588", "12345678"),
        lccns=("sa64009058",), oclcs=("12345",), publisher=title, publishers=(title,), place="-München",
        published="c1999 [i.e. 2000]", year=1999, first_year=1815, language="grc", other_languages=("ger", "fre"),
        pages=474, pagination="xi, 474 p.", format="board", format_text="=board", series="Series ; 3",
        subjects=("A|b", "Krieg -- 1939"), description=f"{title}\n\n=more", call_number="823.7 AUS", cover_id=8_231_990,
        source="openlibrary", source_key="OL1M", work_key="OL1W", revision=7,
        other_sources=(DraftSource("marc", "(DE-101) 1|7"), DraftSource("openlibrary", "OL2M", "OL2W", 3)),
        copies=(
            CopyDraft("B0001", "MAIN", "BOOK", "FIC", "=shelf", 1250, "worn", f"{title}\n=note", "2020-02-29"),
            CopyDraft("0012", "EAST", "DVD", price=0, condition="good", withdrawn_on="2021-01-01",
                      lost_on="2021-01-02", damaged_on="2021-01-03"),
        ),
    )  # fmt: skip


def table_of(drafts: list[BookDraft], delimiter: str = ",") -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(own.COLUMNS)
    for n, draft in enumerate(drafts, 1):
        writer.writerows([map(harmless, row) for row in own.rows_of(str(n), draft, "EUR")])
    return text.getvalue()


def test_every_field_in_every_script_comes_back():
    drafts = [full(title) for title in TITLES] + [BookDraft(title="Bare", sort_title="bare")]
    assert books(table_of(drafts)) == drafts


def test_a_spreadsheet_may_have_changed_the_delimiter_and_the_days():
    table = table_of([full("Emma")], ";").replace("2020-02-29", "29.02.2020").replace("2021-01-0", "01.01.202")
    table = (
        table.replace("01.01.2021", "01.01.2021")
        .replace("01.01.2022", "02.01.2021")
        .replace("01.01.2023", "03.01.2021")
    )
    assert books(table) == [full("Emma")]


def test_rows_of_a_book_that_stand_apart_are_told():
    table = "openshelf_book,title,barcode\n1,Emma,A1\n1,Emma,A2\n2,Dracula,B1\n1,Emma,A3\n3,X,C1\n"
    rows = read(table)
    assert [(row.n, [copy["barcode"] for copy in row.values.get("copies", ())]) for row in rows] == [
        (2, ["A1", "A2"]), (4, ["B1"]), (5, []), (6, ["C1"]),
    ]  # fmt: skip
    assert rows[0].raw == "1,Emma,A1\n1,Emma,A2\n"
    assert "Sort it by the column openshelf_book" in problems(table)[5]


def test_what_a_person_wrote_into_the_table_is_taken_as_well_as_it_can_be():
    table = (
        "openshelf_book,title,language,format,year,pages,isbn,barcode,condition\n"
        "1,Emma,en,Paperback,MMIII,474.0,0-14-143958-0,b0001,worn out\n"
    )
    (draft,) = books(table)
    assert (draft.language, draft.format, draft.year, draft.pages, draft.isbns) == (
        "eng", "paperback", None, 474, ("9780141439587",),
    )  # fmt: skip
    assert draft.copies == (CopyDraft("B0001", condition="worn"),)


def test_a_row_that_a_person_added_without_a_number_is_a_book():
    (old, new) = books('openshelf_book,title,authors\n1,Emma,Jane Austen\n,Dracula,"Stoker, Bram"\n')
    assert (old.contributors[0].name, new.contributors[0].name) == ("Jane Austen", "Bram Stoker")


TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=12)


@settings(max_examples=50, deadline=None)
@given(TEXT, TEXT, TEXT, st.sampled_from(sorted(own.ROLE_CODES)))
def test_any_text_comes_back(title, name, note, role):
    name = name.strip() or "x"
    draft = BookDraft(
        title=title, sort_title=sort_title(title), description=note,
        contributors=(DraftContributor(name, sort_name(name), role),), copies=(CopyDraft("B1", note=note),),
    )  # fmt: skip
    assert books(table_of([draft])) == [draft]
