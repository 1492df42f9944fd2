"""Titles taken apart and sorted."""

import pytest

from catalog.normalize.titles import Title, is_in_capitals, read_title, sort_title


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (("Kabitā.",), Title("Kabitā")),
        (
            ("Street Entrepreneurs:", "People, Place & Politics"),
            Title("Street Entrepreneurs", "People, Place & Politics"),
        ),
        (("Flatland: A Romance of Many Dimensions",), Title("Flatland", "A Romance of Many Dimensions")),
        (("Act one : Act two : Act three",), Title("Act one", "Act two : Act three")),
        (
            ("Wildlife Bill (Parliamentary Debates: [1995-96)",),
            Title("Wildlife Bill (Parliamentary Debates: [1995-96)"),
        ),
        (("Guides (Mobil Travel Guide: California)",), Title("Guides (Mobil Travel Guide: California)")),
        (("Ratio 2 : 1",), Title("Ratio 2 : 1")),
        (("Links: http://example.org/abc",), Title("Links: http://example.org/abc")),
        (("Meet at 10:30 sharp",), Title("Meet at 10:30 sharp")),
        (("utolsó kenet", "", "Az "), Title("Az utolsó kenet")),
        (("étranger", "", "L'"), Title("L'étranger")),
        (("The idiot", "", "The "), Title("The idiot")),
        (("Hunter [sound recording] :", "a life"), Title("Hunter", "a life", "sound recording")),
        (("Healing [Audiobook]",), Title("Healing", "", "AUDIOBOOK".title())),
        (("Works [pseud.].",), Title("Works [pseud.]")),
        (("Don&#39;t &amp; won&#x27;t",), Title("Don't &amp; won't")),
        (("", "only a subtitle"), Title("only a subtitle")),
        ((":",), Title()),
        ((None, {"value": "x"}), Title("x")),
        ((["wrong"], 7, {}), Title("7")),
    ],
)
def test_read_title_takes_titles_apart(given, read):
    assert read_title(*given) == read


def test_read_title_is_cut_to_the_field():
    assert read_title("long " * 500).title == ("long " * 99).rstrip() + "…"


@pytest.mark.parametrize(
    ("title", "language", "sorted_as"),
    [
        ("The Hobbit", "eng", "hobbit"),
        ("The Hobbit", "", "hobbit"),
        ("A Taste of Heaven", "", "a taste of heaven"),
        ("Die Hard", "eng", "die hard"),
        ("Die Blechtrommel", "ger", "blechtrommel"),
        ("L’Étranger", "fre", "etranger"),
        ("'t Lam", "dut", "lam"),
        ("¡El Zorro!", "spa", "zorro"),
        ("Az utolsó kenet", "hun", "utolso kenet"),
        ("Al-Kitāb", "ara", "kitab"),
        ("The", "eng", "the"),
        ("Ålesund", "nor", "alesund"),
        ("???", "eng", "???"),
    ],
)
def test_sort_title_drops_the_article_of_its_language_only(title, language, sorted_as):
    assert sort_title(title, language) == sorted_as


@pytest.mark.parametrize(
    ("title", "is_so"), [("EL SUPERZORRO", True), ("USA", False), ("NATO today", False), ("", False)]
)
def test_is_in_capitals_needs_words(title, is_so):
    assert is_in_capitals(title) is is_so
