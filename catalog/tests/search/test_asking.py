"""What was typed, taken apart."""

import pytest

from catalog.search.asking import MOST_TERMS, Question, Term, ask, tiers, whole
from catalog.search.expressions import Words


def terms(text: str, field: str = "all") -> list[tuple[tuple[str, ...], bool, bool]]:
    return [(term.words, term.is_phrase, term.is_prefix) for term in ask(text, field).wanted]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Harry Potter", [(("harry",), False, False), (("potter",), False, False)]),
        ('"Harry Potter" 7', [(("harry", "potter"), True, False), (("7",), False, False)]),
        ('"Harry Potter', [(("harry", "potter"), True, False)]),
        ("neurom*", [(("neurom",), False, True)]),
        ("錬金術", [(("錬", "金", "術"), False, False)]),
        ("the the THE", [(("the",), False, False)]),
        ('- -- "" \' ( ) * ^ : AND', [(("and",), False, False)]),
        ("", []),
    ],
)
def test_words_phrases_and_beginnings(text: str, found: list) -> None:
    assert terms(text) == found


def test_what_stands_behind_a_minus_is_not_wanted() -> None:
    question = ask('cats -dogs -"big fish" well-known')
    assert [term.words for term in question.unwanted] == [("dogs",), ("big", "fish")]
    assert [term.words for term in question.wanted] == [("cats",), ("well",), ("known",)]


def test_more_words_than_are_looked_for_are_told() -> None:
    question = ask(" ".join(f"w{n}" for n in range(500)))
    assert (len(question.wanted), question.is_cut) == (MOST_TERMS, True)


@pytest.mark.parametrize("text", ["978-0-19-280238-5", "0 19 280238 0"])
def test_an_isbn_is_looked_for_in_every_form(text: str) -> None:
    question = ask(text)
    assert (question.field, question.is_any) == ("isbn", True)
    assert ("9780192802385",) in [term.words for term in question.wanted]


def test_a_call_number_is_a_beginning() -> None:
    assert terms("823 AUS", "callnumber") == [(("823", "aus"), True, True)]


@pytest.mark.parametrize(
    "text", ["\0", "\ud800", "x" * 10_000, '"' * 999, "-" * 999, "a*b* ***", "NEAR(a b) OR {title}:x"]
)
def test_nothing_that_can_be_typed_fails(text: str) -> None:
    assert isinstance(ask(text), Question)


def test_a_longer_beginning_is_needed_of_a_word_alone() -> None:
    def begun(text: str) -> list[bool]:
        question = ask(text).as_typing()
        return [term.is_prefix for term in question.wanted] if question else []

    assert (begun("ha"), begun("har"), begun("stephen ha"), begun("the ha")) == ([], [True], [False, True], [])


def test_words_that_say_little_are_asked_for_only_by_themselves() -> None:
    assert [term.words[0] for term in ask("the cat").telling] == ["cat"]
    assert [term.words[0] for term in ask("to be or not to be").telling] != []
    assert [term.words[0] for term in ask("the it").telling] == ["the", "it"]
    assert whole(ask("the cat")) == Words(("cat",))


def test_the_order_of_tiers_is_title_author_subject_rest() -> None:
    found = tiers(ask("cat")).all
    assert [each for each in found if isinstance(each, Words)] == [
        Words(("cat",), ("title",)),
        Words(("_s_cat",), ("author",)),
        Words(("cat",), ("author",)),
        Words(("cat",)),
    ]


def test_other_terms_make_another_text() -> None:
    question = ask('cats "big fish" -dogs').asking_for([Term(("bats",)), Term(("big", "fish"), is_phrase=True)])
    assert question.text == 'bats "big fish" -dogs'
