"""Each field of UNIMARC says in a draft what a librarian means by it."""

from catalog.drafts import CopyDraft, DraftContributor
from catalog.tests.marc.files import draft


def test_a_record_of_unimarc() -> None:
    made = draft(
        ("001", "0019370"),
        ("010", "  ", "a88-04-40682-8", "bbr.", "d10 EUR"),
        ("100", "  ", "a19961119d1996    ||||0itac50      ba"),
        ("101", "1 ", "aita", "ceng"),
        ("200", "1 ", "a\x98L'\x9caltra faccia", "euna spirale", "fIsaac Asimov", "gtraduzione di Cesare Scaglia"),
        ("205", "  ", "a2. ed."),
        ("210", "  ", "aMilano", "cA. Mondadori", "dc1996"),
        ("215", "  ", "aV, 201 p.", "d20 cm."),
        ("225", "2 ", "aBestsellers", "v641"),
        ("330", "  ", "aUn riassunto."),
        ("606", "  ", "aFantascienza", "xStoria", "yItalia"),
        ("676", "  ", "a813.54"),
        ("700", " 1", "aAsimov", "b, Isaac", "4070"),
        ("702", " 1", "aScaglia", "b, Cesare"),
        ("712", "02", "aAmici del libro", "4651"),
        ("801", " 3", "aIT", "bICCU"),
        ("995", "  ", "bMAIN", "eSala 2", "fB0001", "k813 ASI", "rLIV"),
    )
    assert (made.title, made.subtitle, made.sort_title) == ("L'altra faccia", "una spirale", "altra faccia")
    assert made.statement == "Isaac Asimov ; traduzione di Cesare Scaglia"
    assert made.contributors == (
        DraftContributor("Isaac Asimov", "Asimov, Isaac", "aut"),
        DraftContributor("Cesare Scaglia", "Scaglia, Cesare", "trl"),
        DraftContributor("Amici del libro", "Amici del libro", "edt"),
    )
    assert (made.isbns, made.edition, made.place, made.publisher) == (
        ("9788804406822",), "2. ed.", "Milano", "A. Mondadori",
    )  # fmt: skip
    assert (made.published, made.year, made.language, made.pages) == ("c1996", 1996, "ita", 201)
    assert (made.series, made.subjects) == ("Bestsellers ; 641", ("Fantascienza -- Storia -- Italia",))
    assert (made.description, made.call_number) == ("Un riassunto.", "813.54")
    assert made.source_key == "(ICCU)0019370"
    assert made.copies == (
        CopyDraft(barcode="B0001", branch="MAIN", copy_type="LIV", call_number="813 ASI", location="Sala 2"),
    )


def test_the_address_of_a_record_is_its_key() -> None:
    made = draft(("003", "http://catalogue.example/ark:/12148/cb1"), ("200", "1 ", "aTitre"))
    assert made.source_key == "http://catalogue.example/ark:/12148/cb1"
