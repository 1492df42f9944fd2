"""Photos of barcodes: what is read in them, and what is refused."""

import pytest

from accounts.exceptions import Refused
from catalog.services.photos import MOST_BYTES, isbns_in_photo
from catalog.tests.services.pictures import photo_of, picture, png_that_claims

FOX, EMMA, MIDDLEMARCH = "9780140328721", "9780141439587", "9780141439549"
OTHER_EAN = "4006381333931"


def read(data: bytes) -> list[str]:
    return [isbn.isbn13 for isbn in isbns_in_photo(data)]


@pytest.mark.parametrize("how", [{}, {"kind": "PNG"}, {"kind": "WEBP"}, {"orientation": 3}, {"turn": 90}, {"turn": 8}])
def test_isbn_is_read_however_the_telephone_was_held(how: dict) -> None:
    assert read(photo_of(FOX, **how)) == [FOX]


def test_several_books_are_read_from_above_as_the_camera_noted_it_was_held_and_other_barcodes_left_out() -> None:
    assert read(photo_of(EMMA, OTHER_EAN, FOX, EMMA)) == [EMMA, FOX]
    assert read(photo_of(EMMA, FOX, orientation=3)) == [FOX, EMMA]


@pytest.mark.parametrize(
    ("data", "code"),
    [(picture(), "no_isbn"), (photo_of(OTHER_EAN), "no_isbn"), (b"", "bad_picture"),
     (b"GIF89a nonsense", "bad_picture"), (photo_of(FOX)[:900], "bad_picture"),
     (png_that_claims(20_000, 20_000), "bad_picture"),
     (png_that_claims(5_000, 5_000), "bad_picture"), (b"\xff\xd8" + b"\0" * MOST_BYTES, "bad_picture")],
    ids=["no barcode", "another barcode", "empty", "no picture", "cut off", "bomb", "large PNG", "11 MB"],
)  # fmt: skip
def test_photo_that_cannot_be_used_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(Refused) as refused:
        isbns_in_photo(data)
    assert refused.value.code == code
