"""Names in one cell, taken apart."""

import pytest

from catalog.tables.people import read_people


@pytest.mark.parametrize(
    ("cell", "people"),
    [
        ("Jane Austen", [("Jane Austen", "aut")]),
        ("Austen, Jane", [("Jane Austen", "aut")]),
        ("Le Guin, Ursula K.", [("Ursula K. Le Guin", "aut")]),
        ("García Márquez, Gabriel José; Doe, Jane", [("Gabriel José García Márquez", "aut"), ("Jane Doe", "aut")]),
        ("Le Guin, Ursula K.; Doe, Jane", [("Ursula K. Le Guin", "aut"), ("Jane Doe", "aut")]),
        ("John Smith, Mary Jones", [("John Smith", "aut"), ("Mary Jones", "aut")]),
        ("Smith, John, Jones, Mary", [("John Smith", "aut"), ("Mary Jones", "aut")]),
        ("John Smith & Mary Jones", [("John Smith", "aut"), ("Mary Jones", "aut")]),
        ("Smith, John and Jones, Mary", [("John Smith", "aut"), ("Mary Jones", "aut")]),
        ("Ortega y Gasset", [("Ortega y Gasset", "aut")]),
        ("Quentin Blake (Illustrator) | Roald Dahl", [("Quentin Blake", "ill"), ("Roald Dahl", "aut")]),
        ("Grass, Günter (Hrsg.)", [("Günter Grass", "edt")]),
        ("Museum of Modern Art, New York", [("Museum of Modern Art, New York", "aut")]),
        ("Homer", [("Homer", "aut")]),
        ("unknown", []),
        ("", []),
    ],
)
def test_read_people_takes_a_cell_apart(cell, people):
    assert [(person.name, person.role) for person in read_people(cell)] == people
