"""Control numbers and call numbers."""

import pytest

from catalog.normalize.numbers import read_call_number, read_lccn, read_oclc


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("sa 64009058", "sa64009058"),
        ("85-2", "85000002"),
        ("n78-890351", "n78890351"),
        (" 2002067684 /AC", "2002067684"),
        ("hello", ""),
        ("", ""),
        ("1" * 50, ""),
    ],
)
def test_read_lccn_normalizes(text, number):
    assert read_lccn(text) == number


@pytest.mark.parametrize(
    ("text", "number"), [("(OCoLC)ocm00012345", "12345"), ("on1234567890", "1234567890"), ("0", ""), ("ocm", "")]
)
def test_read_oclc_normalizes(text, number):
    assert read_oclc(text) == number


@pytest.mark.parametrize(
    ("dewey", "congress", "number"),
    [
        (["813/.54"], [], "813"),
        (["891.73/3"], [], "891.73"),
        (["823.914"], ["PR6054"], "823.914"),
        (["[Fic]", "813"], [], "Fic"),
        (["fiction novel"], ["PZ7.N647 Sab 1995"], "PZ7.N647 Sab 1995"),
        ([], ["", "QA73 .B57"], "QA73 .B57"),
        ([], [], ""),
    ],
)
def test_read_call_number_proposes_the_shortest(dewey, congress, number):
    assert read_call_number(dewey, congress) == number
