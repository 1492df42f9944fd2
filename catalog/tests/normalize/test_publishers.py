"""Publishers and places."""

import pytest

from catalog.normalize.publishers import Imprint, read_imprint


@pytest.mark.parametrize(
    ("publisher", "name", "place"),
    [
        ("Alsbach/Bergstr. : Leuchtturm-Verl.", "Leuchtturm-Verl.", "Alsbach/Bergstr."),
        ("Chicago : University of Chicago Press", "University of Chicago Press", "Chicago"),
        ("[Chicago] University of Chicago Press", "University of Chicago Press", "Chicago"),
        ("Pearson Education Imports: Depositories", "Pearson Education Imports: Depositories", ""),
        ("[Araneta University Press", "Araneta University Press", ""),
        ("Northern Nursery Co.]", "Northern Nursery Co.", ""),
        ("St. Martin's Press, 1975.", "St. Martin's Press", ""),
        ("Govt. Print. Off.", "Govt. Print. Off.", ""),
        ("Arcadia  Publishing (SC),", "Arcadia Publishing (SC)", ""),
        ("[s.n.]", "", ""),
        ("s. n.]", "", ""),
        ("????", "", ""),
        ("1987.", "", ""),
        ("Publisher not identified", "", ""),
    ],
)
def test_read_imprint_divides_and_cleans(publisher, name, place):
    assert read_imprint([publisher], []) == Imprint(name, (name,) if name else (), place)


def test_read_imprint_keeps_all_publishers_once_and_the_given_place_first():
    imprint = read_imprint(["Puffin", "New York : Viking", "PUFFIN", ""], ["[S.l.]", "[London?]", "Paris"])
    assert imprint == Imprint("Puffin", ("Puffin", "Viking"), "London")


def test_read_imprint_of_nothing():
    assert read_imprint([], []) == Imprint()
