"""What people type into the form of a book: ISBNs, languages, long texts."""

import pytest
from django.core.exceptions import ValidationError
from django.utils.translation import override

from catalog.drafts import BookDraft
from catalog.forms.texts import FREQUENT_LANGUAGES, Isbns, LongText, languages, read_isbns

FOX, FOX10, WRONG = "9780140328721", "0140328726", "9780132567088"
NONE = BookDraft()


@pytest.mark.parametrize(("text", "found"), [
    ("", Isbns()), (" , ;\n", Isbns()), (FOX, Isbns((FOX,))), ("978-0-14-032872-1", Isbns((FOX,))),
    (FOX10, Isbns((FOX,), (FOX10,))), (f"{FOX}, {FOX10}", Isbns((FOX,), (FOX10,))),
    ("978-0132567088", Isbns(wrong=(WRONG,))), (f"{WRONG}\n{FOX}; {FOX}", Isbns((FOX,), (), (WRONG,))),
    (f"ISBN {FOX} (hardcover)", Isbns((FOX,))), (f"{FOX} 9780553382563", Isbns((FOX, "9780553382563"))),
    (f"]E0{FOX}\r\n", Isbns((FOX,))), ("978 0 14 032872 1 (pbk., rev.)", Isbns((FOX,))),
])  # fmt: skip
def test_read_isbns(text: str, found: Isbns) -> None:
    assert read_isbns(text, NONE) == found


@pytest.mark.parametrize(
    "text", ["abc", "12345", "97801403287211", "9790014010652", "0000000000", "x" * 300, "B000FC1PWA"]
)
def test_text_that_is_no_isbn_is_refused_in_words(text: str) -> None:
    with pytest.raises(ValidationError) as error:
        read_isbns(text, NONE)
    assert error.value.messages == [
        f"“{text[:60]}” is no ISBN; it has 10 or 13 digits. A book without one is welcome too: leave this empty."
    ]


def test_one_wrong_piece_among_right_ones_is_refused() -> None:
    with pytest.raises(ValidationError, match="“123”"):
        read_isbns(f"{FOX}, 123", NONE)


def test_numbers_of_the_base_that_cannot_be_read_stay_while_they_stand_there() -> None:
    base = BookDraft(isbns=(FOX,), isbns_10=(FOX10,), isbns_invalid=("12", "ABC"))
    assert read_isbns(f"{FOX}, 12, ABC", base) == Isbns((FOX,), (FOX10,), ("12", "ABC"))
    assert read_isbns(f"{FOX}, 12", base) == Isbns((FOX,), (FOX10,), ("12",))
    assert read_isbns("", base) == Isbns()


@pytest.mark.parametrize("language", ["en", "de"])
def test_languages_begin_with_none_and_the_frequent_ones(language: str) -> None:
    with override(language):
        none, (_name, frequent), (_all, others) = languages()
    assert (none, [code for code, _name in frequent]) == (("", "—"), FREQUENT_LANGUAGES)
    codes = [code for code, _name in others]
    assert (len(codes) > 100, len(codes) == len(set(codes)), set(codes) & set(FREQUENT_LANGUAGES)) == (
        True,
        True,
        set(),
    )
    assert [name for _code, name in others] == sorted(name for _code, name in others)


def test_languages_hold_the_one_that_is_there() -> None:
    assert "grc" not in [code for code, _name in languages()[2][1]]
    assert "grc" in [code for code, _name in languages("grc")[2][1]]


@pytest.mark.parametrize(("text", "read"), [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\n\r\nb", "a\n\nb"), ("", "")])
def test_line_breaks_are_one_character(text: str, read: str) -> None:
    assert LongText(required=False).clean(text) == read
