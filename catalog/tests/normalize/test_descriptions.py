"""Descriptions as plain paragraphs."""

import time

import pytest

from catalog.normalize.descriptions import LONGEST_DESCRIPTION, read_description


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("One.\r\n\r\nTwo.", "One.\n\nTwo."),
        ({"type": "/type/text", "value": "Inside."}, "Inside."),
        ("Text.\n([source][1])\n\n\n  [1]: https://example.org/x", "Text."),
        ("Text.\n\n[Source][1]\n\n  [1]: https://example.org", "Text."),
        ("Poem.  - [Wikipedia][1]\n\n\n  [1]: http://en.wikipedia.org/wiki/Odyssey", "Poem."),
        ('"Big." - http://www.orbooks.com/our-books/program/', '"Big."'),
        ("Text.\nSource: the publisher\nMore.", "Text.\n\nMore."),
        ("Kept.\n\n----------\nAlso contained in:\n - [Other][2]", "Kept."),
        ("From the publisher's [website][1]:\nGood.", "From the publisher's website:\nGood."),
        ("See [this](https://example.org/a) and [sic].", "See this and [sic]."),
        ("*Alice* is **bold** and _it_ is snake_case, 2 * 3 * 4.", "Alice is bold and it is snake_case, 2 * 3 * 4."),
        ("<p>One &amp; <b>two</b></p><p>three<br/>four</p>", "One & two\n\nthree\nfour"),
        ("a < b and c > d", "a < b and c > d"),
        ("vii, 59 pages : 20 cm", ""),
        (None, ""),
        (5, "5"),
        ({"value": {}}, ""),
    ],
)
def test_read_description_gives_plain_paragraphs(value, text):
    assert read_description(value) == text


def test_read_description_is_cut_at_a_sentence():
    text = read_description("A sentence of some words. " * 1_000)
    assert len(text) <= LONGEST_DESCRIPTION
    assert text.endswith("words.")


@pytest.mark.parametrize("evil", ["\n", " ", "*", "_a", "[", "<a", "[a](", "- \n", "-", "&#39;", "a - "])
def test_read_description_takes_no_time_over_nonsense(evil):
    started = time.process_time()
    read_description(evil * 60_000)
    assert time.process_time() - started < 1
