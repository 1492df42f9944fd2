"""Each field of MARC 21 says in a draft what a librarian means by it."""

import pytest

from catalog.drafts import DraftContributor
from catalog.tests.marc.files import TITLE, draft, iso2709, rows


def fixed(*, kind: str = "s", year: str = "2003", first: str = "", language: str = "eng", form: str = " ") -> tuple:
    return ("008", f"000000{kind}{year:4}{first:4}xx {'':5}{form}{'':11}{language} d")


def test_title_with_its_parts_subtitle_and_statement() -> None:
    made = draft(("245", "14", "aThe history.", "nPart 2,", "pEurope :", "ba guide /", "cA. Smith.", "h[text] :"))
    assert (made.title, made.subtitle, made.statement) == ("The history. Part 2, Europe", "a guide", "A. Smith")
    assert made.sort_title == "history part 2 europe"


@pytest.mark.parametrize(
    ("indicator", "title", "sorted_by"),
    [
        ("4", "The map", "map"),
        ("0", "The map", "map"),  # forgotten by whoever catalogued it
        ("0", "A is for apple", "a is for apple"),
        ("2", "L'école", "ecole"),
        ("5", "The map", "map"),  # points into a word
        ("9", "Map", "map"),
    ],
)
def test_characters_that_do_not_count_in_sorting(indicator: str, title: str, sorted_by: str) -> None:
    assert draft(fixed(), ("245", f"1{indicator}", f"a{title}")).sort_title == sorted_by


def test_people_with_their_parts() -> None:
    made = draft(
        TITLE,
        ("100", "1 ", "aTwain, Mark,", "d1835-1910.", "0(DLC)n 79021164"),
        ("700", "1 ", "aKing, Martin Luther,", "cJr.,", "d1929-1968,", "etranslator,", "eillustrator."),
        ("700", "0 ", "aPlato,", "4http://id.loc.gov/vocabulary/relators/aui"),
        ("700", "1 ", "aPress, Prin T.,", "4prt"),
        ("710", "2 ", "aUnited Nations.", "bSecretariat,", "4edt"),
    )
    assert made.contributors == (
        DraftContributor("Mark Twain", "Twain, Mark", "aut", "(DLC)n79021164"),
        DraftContributor("Martin Luther King Jr.", "King, Martin Luther, Jr.", "trl"),
        DraftContributor("Martin Luther King Jr.", "King, Martin Luther, Jr.", "ill"),
        DraftContributor("Plato", "Plato", "aui"),
        DraftContributor("United Nations. Secretariat", "United Nations. Secretariat", "edt"),
    )


def test_people_whose_part_only_the_statement_names() -> None:
    names = ["Archer, A.", "Baker, B.", "Cook, C.", "Dyer, D.", "Eliot, E."]
    statement = "cby A. Archer and B. Baker ; edited by C. Cook ; Übersetzung: D. Dyer."
    made = draft(("245", "00", "aTitle /", statement), *(("700", "1 ", f"a{name}") for name in names))
    assert [person.role for person in made.contributors] == ["aut", "aut", "edt", "trl", "ctb"]


def test_numbers() -> None:
    made = draft(
        TITLE,
        ("001", "ocm00012345"),
        ("003", "OCoLC"),
        ("010", "  ", "a   sa 64009058 "),
        ("020", "  ", "a0306406152 (pbk.) :", "c$9.95"),
        ("020", "  ", "a978-3-16-148410-0", "qhardcover"),
        ("020", "  ", "a9780306406158"),
        ("020", "  ", "z030640615X"),
        ("035", "  ", "a(OCoLC)ocn777"),
    )
    assert made.isbns == ("9780306406157", "9783161484100")
    assert (made.isbns_10, made.isbns_invalid) == (("0306406152",), ("9780306406158", "030640615X"))
    assert (made.lccns, made.oclcs) == (("sa64009058",), ("12345", "777"))
    assert (made.format, made.format_text, made.warnings) == ("paperback", "pbk.", ("isbn_invalid",))
    assert (made.source, made.source_key) == ("marc", "(OCoLC)ocm00012345")


def test_a_number_without_the_word_whose_it_is_is_no_key() -> None:
    assert draft(TITLE, ("001", "1")).source_key == ""


def test_imprint_extent_series_languages_and_years() -> None:
    made = draft(
        TITLE,
        fixed(kind="r", year="2003", first="1971", language="ger"),
        ("041", "1 ", "agereng", "hfre"),
        ("250", "  ", "a2nd ed., rev."),
        ("264", " 1", "aLondon :", "bMap & Sons,", "c2003."),
        ("264", " 4", "c©2002"),
        ("300", "  ", "axi, 265 p. :", "bill. ;", "c23 cm"),
        ("490", "1 ", "aMaps of the world ;", "v7"),
    )
    assert (made.place, made.publisher, made.published) == ("London", "Map & Sons", "2003")
    assert (made.year, made.first_year) == (2003, 1971)
    assert (made.language, made.other_languages) == ("ger", ("eng",))
    assert (made.edition, made.pagination, made.pages) == ("2nd ed., rev.", "xi, 265 p.", 265)
    assert made.series == "Maps of the world ; 7"


def test_the_year_of_the_common_calendar() -> None:
    assert draft(TITLE, fixed(year="1967"), ("260", "  ", "c2024 [1967]")).year == 1967


def test_subjects_description_and_call_number() -> None:
    made = draft(
        TITLE,
        ("082", "04", "a823/.914"),
        ("050", "00", "aPR6063", "b.A1"),
        ("520", "  ", "aFirst."),
        ("520", "  ", "aSecond."),
        ("600", "10", "aTwain, Mark,", "d1835-1910", "xFamily."),
        ("650", " 0", "aMaps", "zEurope", "xHistory.", "2fast"),
        ("650", " 7", "aMAPS", "zEurope", "xHistory"),
        ("653", "  ", "aone", "atwo"),
    )
    assert made.subjects == ("Twain, Mark, 1835-1910 -- Family", "Maps -- Europe -- History", "one", "two")
    assert (made.description, made.call_number) == ("First.\n\nSecond.", "823")


@pytest.mark.parametrize(
    ("kind", "fields", "form"),
    [
        ("i", [], "audio"),
        ("g", [], "video"),
        ("c", [], "sheet_music"),
        ("e", [], "map"),
        ("r", [], "other"),
        ("a", [fixed(form="o")], "ebook"),
        ("a", [("007", "hd afu---buca")], "microform"),
        ("a", [("245", "10", "aTitle", "h[electronic resource] /")], "ebook"),
        ("a", [], ""),
    ],
)
def test_forms(kind: str, fields: list, form: str) -> None:
    assert draft(*fields, TITLE, kind=kind).format == form


def test_the_script_of_the_book_goes_before_its_transliteration() -> None:
    made = draft(
        fixed(language="heb"),
        ("100", "1 ", "6880-01", "aOz, Amos."),
        ("245", "10", "6880-02", "aSipur ʻal ahavah /", "cʻAmos ʻOz."),
        ("260", "  ", "6880-03", "aYerushalayim :", "bKeter"),
        ("880", "1 ", "6100-01/(2/r", "aעוז, עמוס."),
        ("880", "10", "6245-02/(2/r", "aסיפור על אהבה /", "cעמוס עוז."),
        ("880", "  ", "6260-03/(2/r", "aירושלים :", "bכתר"),
    )
    assert (made.title, made.statement, made.place, made.publisher) == ("סיפור על אהבה", "עמוס עוז", "ירושלים", "כתר")
    assert made.contributors == (DraftContributor("Amos Oz", "Oz, Amos"),)
    assert made.description == "Sipur ʻal ahavah / ʻAmos ʻOz."


KINDS = {
    "z": "This is an authority record, which describes a name or a subject. Bring in records of books.",
    "x": "This record holds only copies, without the book. Export books together with their copies (field 852).",
    "w": "This record describes no book. Bring in bibliographic records.",
}


@pytest.mark.parametrize("kind", KINDS)
def test_records_that_describe_no_book(kind: str) -> None:
    (row,) = rows(iso2709(TITLE, kind=kind))
    assert (row.problem, row.values) == (KINDS[kind], {})


def test_records_deleted_without_title_or_without_fields() -> None:
    made = rows(iso2709(TITLE, status="d") + iso2709(("100", "1 ", "aA")) + iso2709())
    assert [row.problem for row in made] == [
        "The system that this record comes from has marked it as deleted.",
        "This record has no title (field 245, in UNIMARC 200). Add it there, or catalogue the book by hand.",
        "This record is empty: it has no fields.",
    ]
