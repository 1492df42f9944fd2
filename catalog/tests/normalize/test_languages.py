"""Codes of languages and their names."""

import pytest

from catalog.normalize.languages import html_language, language_name, read_language, read_languages


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("/languages/ger", "ger"),
        ({"key": "/languages/ger"}, "ger"),
        ("/l/eng", "eng"),
        ("deu", "ger"),
        ("de", "ger"),
        ("de-AT", "ger"),
        ("zh", "chi"),
        ("scr", "hrv"),
        ("scc", "srp"),
        ("mol", "rum"),
        (" ENG ", "eng"),
        ("und", ""),
        ("mul", ""),
        ("zxx", ""),
        ("english", ""),
        (None, ""),
        ({"key": 5}, ""),
        ([], ""),
    ],
)
def test_read_language_gives_marc_codes(value, code):
    assert read_language(value) == code


def test_read_languages_gives_each_once_in_order():
    assert read_languages([{"key": "/languages/fre"}, "und", "eng", "fra", None]) == ("fre", "eng")
    assert read_languages("eng") == ("eng",)
    assert read_languages(None) == ()


@pytest.mark.parametrize(
    ("code", "tag"),
    [
        ("ger", "de"),
        ("cze", "cs"),
        ("gre", "el"),
        ("grc", "grc"),
        ("scr", "hr"),
        ("nor", "no"),
        ("per", "fa"),
        ("", ""),
    ],
)
def test_html_language_is_the_shortest_tag(code, tag):
    assert html_language(code) == tag


@pytest.mark.parametrize(
    ("code", "reader", "name"),
    [
        ("ger", "en", "German"),
        ("ger", "de", "Deutsch"),
        ("ger", "de-at", "Deutsch"),
        ("dut", "fr", "Néerlandais"),
        ("grc", "en", "Ancient Greek"),
        ("ger", "xx", "German"),
        ("afa", "en", "Afa"),
        ("", "en", ""),
    ],
)
def test_language_name_speaks_to_the_reader(code, reader, name):
    assert language_name(code, reader) == name
