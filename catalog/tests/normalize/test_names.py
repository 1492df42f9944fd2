"""Names shown, sorted and compared."""

import pytest

from catalog.normalize.names import looks_like_body, name_key, natural_name, read_name, sort_name


@pytest.mark.parametrize(
    ("name", "sorted_as"),
    [
        ("Mark Twain", "Twain, Mark"),
        ("Ursula K. Le Guin", "Le Guin, Ursula K."),
        ("Daphne du Maurier", "du Maurier, Daphne"),
        ("Ludwig van Beethoven", "Beethoven, Ludwig van"),
        ("Guy de Maupassant", "Maupassant, Guy de"),
        ("Pádraic De Bhaldraithe", "De Bhaldraithe, Pádraic"),
        ("Domhnall Ó Loingsigh", "Ó Loingsigh, Domhnall"),
        ("Martin Luther King Jr.", "King, Martin Luther, Jr."),
        ("Jr, Louis A. Perez", "Perez, Louis A., Jr"),
        ("Френк Герберт", "Герберт, Френк"),
        ("Boswell, John", "Boswell, John"),
        ("Teresa of Avila, Saint", "Teresa of Avila, Saint"),
        ("Teresa of Avila", "Teresa of Avila"),
        ("Voltaire", "Voltaire"),
        ("కొడవటిగంటి కుటుంబరావు", "కొడవటిగంటి కుటుంబరావు"),
        ("柳瀬尚紀", "柳瀬尚紀"),
        ("United States Geological Survey", "United States Geological Survey"),
        ("Corrugated Containers Conference (1979 Denver)", "Corrugated Containers Conference (1979 Denver)"),
        ("Denver (Colo.).", "Denver (Colo.)."),
        ("Sotheby & Co.", "Sotheby & Co."),
        ("", ""),
    ],
)
def test_sort_name_inverts_people_only(name, sorted_as):
    assert sort_name(name) == sorted_as


def test_sort_name_believes_the_source_about_bodies():
    assert sort_name("Denver Post", is_body=True) == "Denver Post"


@pytest.mark.parametrize(
    ("name", "natural"),
    [
        ("Davis, Jack E., 1950-", "Jack E. Davis"),
        ("Tolkien, J. R. R. 1892-1973.", "J. R. R. Tolkien"),
        ("Twain, Mark, 1835-1910.", "Mark Twain"),
        ("Stevens, Isaac Newton, b. 1858.", "Isaac Newton Stevens"),
        ("Teresa of Avila, Saint", "Teresa of Avila, Saint"),
        ("King, Martin Luther, Jr.", "King, Martin Luther, Jr."),
        ("Zimmerman, Prior, Very Rev.", "Zimmerman, Prior, Very Rev."),
        ("Denver (Colo.). Water Dept.", "Denver (Colo.). Water Dept."),
        ("Alan Lee", "Alan Lee"),
    ],
)
def test_natural_name_turns_headings_round(name, natural):
    assert natural_name(name) == natural


@pytest.mark.parametrize(
    "other", ["Twain, Mark", "Twain, Mark, 1835-1910.", "MARK TWAIN", " Mark  Twain", "Mark Twáin"]
)
def test_name_key_meets_other_spellings(other):
    assert name_key(other) == name_key("Mark Twain") == "twain mark"


def test_name_key_keeps_the_year_of_a_meeting():
    assert name_key("Seminar (1964 Athens, Ga.)") != name_key("Seminar (1965 Athens, Ga.)")


@pytest.mark.parametrize(
    ("value", "name"), [("Basu, Āśīsha.", "Basu, Āśīsha"), ("unknown", ""), ("N/A", ""), (None, "")]
)
def test_read_name_cleans(value, name):
    assert read_name(value) == name


@pytest.mark.parametrize(
    ("name", "is_body"), [("Frank Church", False), ("Auckland Fabian Club", True), ("GRID (2000 Denver)", True)]
)
def test_looks_like_body_goes_by_words_and_digits(name, is_body):
    assert looks_like_body(name) is is_body
