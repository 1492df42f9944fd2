"""Pictures: only our own fresh JPEGs are stored and shown, whatever was sent."""

import random
from contextlib import suppress
from typing import Any

import pytest
from PIL import Image

from accounts.exceptions import Refused
from catalog.services import covers
from catalog.services.covers import reencoded
from catalog.tests.services.pictures import (
    BLUE,
    RED,
    encoded,
    opened,
    picture,
    png_that_claims,
    several_in_one,
    turned,
    with_notes,
)

pytestmark = pytest.mark.django_db
TINY_GIF = encoded(Image.new("P", (1, 1)), "GIF")


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - other) < 12 for one, other in zip(pixel, colour, strict=True))


@pytest.mark.parametrize(
    ("kind", "mode"),
    [
        ("JPEG", "RGB"), ("JPEG", "L"), ("JPEG", "CMYK"), ("PNG", "RGB"), ("PNG", "RGBA"), ("PNG", "P"), ("PNG", "1"),
        ("PNG", "LA"), ("PNG", "I;16"), ("GIF", "P"), ("WEBP", "RGB"), ("WEBP", "RGBA"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_becomes_a_jpeg(kind: str, mode: str) -> None:
    sent = encoded(Image.new("L", (60, 90), 40).convert(mode), kind)
    data, size = reencoded(sent)
    assert (opened(data).format, opened(data).mode, opened(data).size, size) == ("JPEG", "RGB", (60, 90), (60, 90))


def test_pixels_stay_what_they_were() -> None:
    small = opened(reencoded(picture("PNG"))[0])
    assert (near(small.getpixel((30, 10)), RED), near(small.getpixel((30, 80)), BLUE)) == (True, True)


@pytest.mark.parametrize(
    ("size", "small"), [((500, 750), (500, 750)), ((1000, 1500), (500, 750)), ((2000, 400), (500, 100))]
)
def test_picture_is_made_to_fit(size: tuple[int, int], small: tuple[int, int]) -> None:
    assert reencoded(picture(size=size))[1] == small


def test_what_is_transparent_becomes_paper() -> None:
    data, _size = reencoded(encoded(Image.new("RGBA", (60, 90), (0, 0, 0, 0)), "PNG"))
    assert opened(data).getpixel((30, 45)) == (255, 255, 255)


def test_nothing_but_pixels_is_kept() -> None:
    notes = Image.Exif()
    notes[0x010E] = "taken at home by a person"
    sent = picture(exif=notes, comment=b"<script>alert(1)</script>")
    assert b"taken at home" in sent
    data, _size = reencoded(sent)
    assert (b"taken" in data, b"script" in data, dict(opened(data).getexif())) == (False, False, {})


@pytest.mark.parametrize(
    ("orientation", "size", "red"),
    [(1, (60, 90), (30, 5)), (3, (60, 90), (30, 85)), (4, (60, 90), (30, 85)), (5, (90, 60), (5, 30)),
     (6, (90, 60), (85, 30)), (8, (90, 60), (5, 30)), (99, (60, 90), (30, 5))],
)  # fmt: skip
def test_picture_stands_as_it_was_held(orientation: int, size: tuple[int, int], red: tuple[int, int]) -> None:
    data, upright = reencoded(turned(orientation))
    assert (upright, near(opened(data).getpixel(red), RED)) == (size, True)


@pytest.mark.filterwarnings("ignore::UserWarning")  # Pillow says what it thinks of them
@pytest.mark.parametrize(
    "notes",
    [b"", b"\0", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\xff\0\0\0\0", b"x" * 40],
)
def test_notes_of_a_camera_that_make_no_sense_do_no_harm(notes: bytes) -> None:
    assert reencoded(with_notes(notes))[1] == (60, 90)


def test_pictures_of_telephones_with_more_behind_them_are_read() -> None:
    data, size = reencoded(several_in_one())
    assert (opened(data).format, size) == ("JPEG", (60, 90))


BAD = {
    "nothing": b"",
    "text": b"This is no picture",
    "page": b"<html><script>alert(1)</script></html>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" width="60" height="90"/>',
    "program": b"MZ\x90\0" + b"\0" * 200,
    "1 x 1": TINY_GIF,
    "too narrow": picture(size=(19, 90)),
    "truncated jpeg": picture(size=(200, 300))[:800],
    "truncated png": picture("PNG", size=(200, 300))[:120],
    "head only": picture()[:20],
    "wrong type": encoded(Image.new("RGB", (60, 90)), "BMP"),
    "tiff": encoded(Image.new("RGB", (60, 90)), "TIFF"),
    "bomb": png_that_claims(30_000, 30_000),
    "larger bomb": png_that_claims(9_000, 9_000),
    "bomb without end": png_that_claims(2**31 - 1, 2**31 - 1),
    "less than it claims": png_that_claims(3_000, 3_000),
    "too large to unpack": picture("PNG", size=(4_001, 4_000), mode="1"),
    "too many bytes": picture() + b"\0" * 10_000_000,
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_cover_is_refused(name: str) -> None:
    with pytest.raises(Refused) as refused:
        reencoded(BAD[name])
    assert refused.value.code == "bad_picture"


def test_progressive_jpeg_is_refused_earlier_because_it_needs_more_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(covers, "MOST_PROGRESSIVE_PIXELS", 60 * 90 - 1)
    assert reencoded(picture())[1] == (60, 90)
    with pytest.raises(Refused):
        reencoded(picture(progressive=True))


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_broken_pictures_are_read_or_refused_and_nothing_else() -> None:
    chance = random.Random(7)
    seeds = [picture(), turned(6), picture("PNG"), picture("GIF", mode="P"), picture("WEBP"), several_in_one()]
    for _each in range(400):
        data = bytearray(chance.choice(seeds))
        for _byte in range(chance.choice([1, 3, 12])):
            data[chance.randrange(len(data))] = chance.randrange(256)
        with suppress(Refused):
            assert max(reencoded(bytes(data))[1]) <= 750
