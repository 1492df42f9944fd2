"""People and their parts as lines of text, and back."""

import pytest
from django.utils.translation import override

from catalog.drafts import ROLES, DraftContributor
from catalog.forms.people import people_as_lines, read_people


def as_pairs(text: str, known: tuple[DraftContributor, ...] = ()) -> list[tuple[str, str]]:
    return [(person.name, person.role) for person in read_people(text, known)]


@pytest.mark.parametrize(("line", "name", "role"), [
    ("Roald Dahl", "Roald Dahl", "aut"), ("Dahl, Roald", "Dahl, Roald", "aut"),
    ("Quentin Blake (illustrator)", "Quentin Blake", "ill"), ("Quentin Blake (ILLUSTRATOR)", "Quentin Blake", "ill"),
    ("Tim Curry (narrator)", "Tim Curry", "nrt"), ("A. Nother (Translator)", "A. Nother", "trl"),
    ("Mann (Author of preface)", "Mann", "wpr"), ("Fair (5th : Berlin)", "Fair (5th : Berlin)", "aut"),
    ("Anna (née Smith)", "Anna (née Smith)", "aut"), ("()", "()", "aut"), ("x (", "x (", "aut"),
    ("(ed.)", "(ed.)", "aut"),
    ("  spaced   out  ", "spaced out", "aut"), ("a\u202eb\u200b", "ab", "aut"),
])  # fmt: skip
def test_line_is_a_name_and_perhaps_a_part(line: str, name: str, role: str) -> None:
    assert as_pairs(line) == [(name, role)]


@pytest.mark.parametrize("text", ["", "\n", " \r\n\t\n", "\u200b"])
def test_no_lines_are_nobody(text: str) -> None:
    assert as_pairs(text) == []


def test_same_person_with_the_same_part_is_taken_once_in_order() -> None:
    assert as_pairs("B\nA\nB\nB (editor)") == [("B", "aut"), ("A", "aut"), ("B", "edt")]


@pytest.mark.parametrize("language", ["en", "de"])
def test_every_part_is_read_back_as_it_is_shown(language: str) -> None:
    people = tuple(DraftContributor(f"Person {code}", role=code) for code, _name in ROLES)
    with override(language):
        assert read_people(people_as_lines(people)) == people


def test_author_goes_without_saying() -> None:
    assert people_as_lines([DraftContributor("A"), DraftContributor("B", role="edt")]) == "A\nB (Editor)"


def test_line_that_stands_for_somebody_known_means_that_one() -> None:
    known = (DraftContributor("Smith (editor)"), DraftContributor("Smith", role="edt"))
    assert as_pairs("Smith (editor)", known) == [("Smith (editor)", "aut")]
    assert as_pairs("Smith (Editor)", known) == [("Smith", "edt")]
    assert as_pairs("Smith (editor)") == [("Smith", "edt")]
