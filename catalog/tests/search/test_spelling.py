"""Did you mean: the question that was probably meant."""

import pytest

from catalog.search.asking import ask, whole
from catalog.search.spelling import Mender, nearest

from .shelf import shelve

pytestmark = pytest.mark.django_db


def better(text: str) -> str:
    question = Mender(ask(text), whole).mended()
    return question.text if question else ""


@pytest.fixture(autouse=True)
def _books(db: None) -> None:
    shelve("Harry Potter", "Gary Peter", "Hairy Porter", "The Price of Salt", "Moonlight", "Star Wars", by="Mary Power")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hary poter", "harry potter"),
        ("harry potetr", "harry potter"),
        ("prise of sallt", "price of salt"),
        ("star price", ""),
        ("harrypotter", "harry potter"),
        ("moon light", "moonlight"),
        ("mary powr", "mary power"),
        ("hairy potter", "harry potter"),
        ("xyzzy", ""),
        ("12345", ""),
        ("月光", ""),
    ],
)
def test_the_likeliest_words_that_stand_together_somewhere(typed: str, meant: str) -> None:
    assert better(typed) == meant


def test_doubled_letters_count_less_than_others_and_the_first_letter_more() -> None:
    assert [word for _cost, word in nearest("hary")][:3] == ["harry", "hairy", "gary"]


def test_of_equally_near_words_the_one_that_finds_more_books() -> None:
    shelve("Ants and Bugs", "Arts", "Arts of War", "Arts of Peace")
    assert better("ats") == "arts"


def test_a_word_is_left_out_only_where_another_is_unknown() -> None:
    part = Mender(ask("moonlight harry pottr"), whole).mended_in_part()
    assert part is not None
    assert part.text == "harry potter"
    assert Mender(ask("moonlight harry salt"), whole).mended_in_part() is None


def test_phrases_and_unwanted_words_stay() -> None:
    question = Mender(ask('hary "star wars" -salt'), whole).mended()
    assert (question and question.text) == 'mary "star wars" -salt'
    question = Mender(ask("hary -salt"), whole).mended()
    assert (question and question.text) == "harry -salt"


def test_long_questions_are_not_mended() -> None:
    assert better("hary " + " ".join(f"word{n}" for n in range(20))) == ""
