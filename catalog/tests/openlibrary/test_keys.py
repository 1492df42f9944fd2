"""Keys of records, as written by people and by records."""

import pytest

from catalog.openlibrary.keys import olid_of, path_of, read_olid


@pytest.mark.parametrize(
    ("text", "olid"),
    [
        (" ol7353617m ", "OL7353617M"),
        ("/books/OL7353617M", "OL7353617M"),
        ("https://openlibrary.org/books/OL7353617M/Fantastic_Mr._Fox?edition=1", "OL7353617M"),
        ("https://openlibrary.org/works/OL45804W.json", "OL45804W"),
        ("OL0M", ""),
        ("OL12345678901234M", ""),
        ("9780140328721", ""),
        ("", ""),
        (None, ""),
        (7, ""),
    ],
)
def test_read_olid_takes_what_people_paste(text, olid):
    assert read_olid(text) == olid


@pytest.mark.parametrize(
    ("key", "olid"),
    [("/books/OL1M", "OL1M"), ("/b/OL1M", "OL1M"), ("/a/OL1A", "OL1A"), ("/works/OL9M", "OL9M"), ("OL1M", ""), (5, "")],
)
def test_olid_of_takes_keys_of_records(key, olid):
    assert olid_of(key) == olid


def test_path_of_builds_only_paths_of_records():
    assert path_of("OL1A") == "/authors/OL1A"
    with pytest.raises(ValueError, match="no key"):
        path_of("../OL1A")
