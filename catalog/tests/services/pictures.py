"""Pictures good and bad, as bytes."""

import io
import struct
import zlib
from typing import Any

import zxingcpp
from PIL import ExifTags, Image

RED, BLUE = (200, 20, 20), (20, 20, 200)


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 90), mode: str = "RGB", **options: Any) -> bytes:
    """A picture whose upper half is red and whose lower half is blue."""
    image = Image.new("RGB", size, BLUE)
    image.paste(RED, (0, 0, size[0], size[1] // 2))
    return encoded(image.convert(mode), kind, **options)


def encoded(image: Image.Image, kind: str, **options: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data), formats=["JPEG"])


def turned(orientation: int) -> bytes:
    """A JPEG whose camera noted how it was held."""
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = orientation
    return picture(exif=notes)


def with_notes(notes: bytes) -> bytes:
    """A JPEG with these bytes where the camera's notes should be."""
    return picture(exif=b"Exif\0\0" + notes)


def several_in_one() -> bytes:
    """As telephones send them: a JPEG with another picture behind it."""
    first = Image.new("RGB", (60, 90), RED)
    return encoded(first, "MPO", save_all=True, append_images=[first])


def photo_of(*isbns: str, kind: str = "JPEG", orientation: int = 1, turn: int = 0, **options: Any) -> bytes:
    """A photo of these barcodes, one below the other, ``turn``ed by so many degrees."""
    photo = Image.new("L", (900, 400 * max(1, len(isbns))), 200)
    for place, isbn in enumerate(isbns):
        code = zxingcpp.create_barcode(isbn, zxingcpp.BarcodeFormat.EAN13)
        bars = memoryview(code.to_image(scale=5))
        drawn = Image.frombytes("L", (bars.shape[1], bars.shape[0]), bars.tobytes())
        photo.paste(drawn.resize((drawn.width, 300)), (100, 400 * place + 40))
    notes = Image.Exif()
    notes[ExifTags.Base.Orientation] = orientation
    return encoded(photo.rotate(turn, expand=True, fillcolor=200), kind, exif=notes, **options)


def png_that_claims(width: int, height: int) -> bytes:
    """A PNG of few bytes that says it is as large as that."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(b"\0" * 10_000)
    return b"\x89PNG\r\n\x1a\n" + b"".join(map(_chunk, (b"IHDR", b"IDAT", b"IEND"), (head, body, b"")))


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
