"""Where a redirect may lead."""

import pytest

from catalog.openlibrary.addresses import followed
from catalog.openlibrary.errors import OpenLibraryError

HOME = "https://openlibrary.org"
COVERS = "https://covers.openlibrary.org"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/books/OL1M.json?x=1#part", "https://openlibrary.org/books/OL1M.json?x=1"),
        ("https://OpenLibrary.org:443/books/OL1M.json", "https://openlibrary.org/books/OL1M.json"),
        ("//openlibrary.org/books/OL1M.json", "https://openlibrary.org/books/OL1M.json"),
    ],
)
def test_followed_stays_at_home(location, leads_to):
    assert followed(f"{HOME}/isbn/1.json", location, base=HOME) == leads_to


@pytest.mark.parametrize(
    "location",
    [
        "http://openlibrary.org/books/OL1M.json",
        "https://openlibrary.org:8443/",
        "https://evil.example/",
        "https://openlibrary.org.evil.example/",
        "https://openlibrary.org@evil.example/",
        "https://me@openlibrary.org/",
        "https://evil.example\\@openlibrary.org/",
        "https://archive.org/download/x",
        "file:///etc/passwd",
        "ftp://openlibrary.org/",
        "//[::1",
        "https://openlibrary.org:99999/",
        "https://openlibrary.org/\r\nHost: x",
        "https://ópenlibrary.org/",
        "http://169.254.169.254/latest/",
    ],
)
def test_followed_refuses_other_places(location):
    with pytest.raises(OpenLibraryError) as refusal:
        followed(f"{HOME}/isbn/1.json", location, base=HOME)
    assert refusal.value.code == "bad_answer"


def test_followed_allows_the_step_from_http_to_https():
    at = "http://openlibrary.org"
    assert followed(f"{at}/a", "https://openlibrary.org/a", base=at) == "https://openlibrary.org/a"


def test_followed_keeps_the_port_of_a_configured_address():
    at = "http://127.0.0.1:8099"
    assert followed(f"{at}/a", "/b", base=at) == "http://127.0.0.1:8099/b"


@pytest.mark.parametrize(
    ("location", "is_allowed"),
    [
        ("https://archive.org/download/olcovers1/x.zip/0001-L.jpg", True),
        ("https://ia800100.us.archive.org/view.php?a=b", True),
        ("http://archive.org/download/x", False),
        ("https://archive.org:8080/download/x", False),
        ("https://notarchive.org/download/x", False),
        ("https://archive.org.evil.example/", False),
    ],
)
def test_followed_lets_covers_go_to_the_archive(location, is_allowed):
    try:
        assert followed(f"{COVERS}/b/id/1-L.jpg", location, base=COVERS, to_archive=True) == location
        assert is_allowed
    except OpenLibraryError:
        assert not is_allowed
