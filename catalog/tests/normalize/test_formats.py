"""Forms of books, as the sources name them."""

import pytest

from catalog.drafts import FORMATS
from catalog.normalize.formats import PATTERNS, read_format


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Paperback", "paperback"),
        ("Mass Market Paperback", "paperback"),
        ("hardcover", "hardcover"),
        ("Leather-bound", "hardcover"),
        ("School & Library Binding", "library"),
        ("Board book", "board"),
        ("Ring-bound", "spiral"),
        ("Audio CD", "audio"),
        ("mp3 cd", "audio"),
        ("eBook", "ebook"),
        ("Electronic resource", "ebook"),
        ("[microform] /", "microform"),
        ("microfilm", "microform"),
        ("DVD video", "video"),
        ("Sheet music", "sheet_music"),
        ("Map", "map"),
        ("CD-ROM", "other"),
        ("Manga", "other"),
        ("Unknown Binding", ""),
        (" ", ""),
    ],
)
def test_read_format_maps_to_the_closed_list(text, key):
    assert read_format(text) == key


def test_every_key_is_one_of_the_list():
    assert {key for key, _ in PATTERNS} - {key for key, _ in FORMATS} == {""}
