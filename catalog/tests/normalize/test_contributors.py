"""Parts people had, out of free text."""

import pytest

from catalog.normalize.contributors import read_contribution, read_role


@pytest.mark.parametrize(
    ("text", "people"),
    [
        ("Davis, Jack E., ill.", [("Jack E. Davis", "ill")]),
        ("Tim Curry (Narrator)", [("Tim Curry", "nrt")]),
        ("Carol Thompson (Editor, Illustrator)", [("Carol Thompson", "edt"), ("Carol Thompson", "ill")]),
        ("Newell, Peter, 1862-1924, ill.", [("Peter Newell", "ill")]),
        ("Cook, Caleb D., translator", [("Caleb D. Cook", "trl")]),
        ("Adams, J. Frank, joint comp.", [("J. Frank Adams", "com")]),
        ("Howard Caygill (Preface)", [("Howard Caygill", "wpr")]),
        ("Burkot, Irena.", [("Irena Burkot", "ctb")]),
        ("Denver (Colo.)", [("Denver (Colo.)", "ctb")]),
        ("Bauer, P. T.\tWalker, Michael, 1945-", [("P. T. Bauer", "ctb"), ("Michael Walker", "ctb")]),
        ("Force, Peter, 1790-1868, former owner.", []),
        ("Paul Avrich Collection (Library of Congress)", []),
        ("Dramatization (Narrator)", []),
        ("", []),
    ],
)
def test_read_contribution_divides_name_and_part(text, people):
    assert read_contribution(text) == people


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Illustrator", "ill"),
        ("Übersetzer", "trl"),
        ("Foreword", "aui"),
        ("Cover Art", "ctb"),
        ("Publisher", ""),
        ("", "ctb"),
    ],
)
def test_read_role_gives_relator_codes(word, code):
    assert read_role(word) == code
