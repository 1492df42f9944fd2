"""Photos of barcodes, read on the server: for browsers that cannot read them themselves."""

import io
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from PIL import Image

from accounts.exceptions import Refused
from catalog.isbn import Isbn, read_isbn
from catalog.services.covers import upright

if TYPE_CHECKING:
    import zxingcpp

MOST_BYTES = 10_000_000
FORMATS = ("JPEG", "PNG", "WEBP")
# Telephones send MPO, a JPEG with more pictures behind it. What is unpacked takes about 4 bytes a pixel.
MOST_PIXELS = {"JPEG": 64_000_000, "MPO": 64_000_000, "PNG": 16_000_000, "WEBP": 12_000_000}
MOST_PROGRESSIVE_PIXELS = 24_000_000  # cannot be unpacked at a smaller size
LONGEST_SIDE = 3_000  # pixels that are looked at; bars of a book a metre away are still told apart
LINES_APART = 60  # barcodes whose middles are so near stand in one row


def isbns_in_photo(data: bytes) -> list[Isbn]:
    """The ISBNs whose EAN-13 barcodes are in the picture ``data``, each once, line by line as one reads.

    Raises Refused("bad_picture") for what is no picture or too large, "no_isbn" where none can be read.
    """
    import zxingcpp  # noqa: PLC0415 - few processes are ever sent a photo

    grey = _opened(data)
    found = zxingcpp.read_barcodes(grey, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.EAN13))
    rows = sorted(found, key=lambda each: (_middle(each)[1] // LINES_APART, _middle(each)[0]))
    isbns = {isbn.isbn13: isbn for each in rows if (isbn := read_isbn(each.text)) and isbn.is_valid}
    if not isbns:
        raise Refused("no_isbn", _("No ISBN can be read in this photo. Hold the camera closer, in good light."))
    return list(isbns.values())


def _opened(data: bytes) -> Image.Image:
    """The picture in ``data``, in grey, upright and no larger than is needed."""
    if len(data) > MOST_BYTES:
        raise Refused("bad_picture", _("Pictures may have up to 10 MB."))
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as picture:
            if picture.width * picture.height > _most_pixels(picture):
                raise Refused("bad_picture", _("The photo has too many pixels. Take it with a lower resolution."))
            picture.draft("L", (LONGEST_SIDE, LONGEST_SIDE))
            grey = picture.convert("L")
            grey.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
            return upright(grey)
    except Refused:
        raise
    except Exception as error:  # what is no picture makes decoders fail in more ways than they say
        raise Refused("bad_picture", _("This is no picture that can be read. Use JPEG, PNG or WebP.")) from error


def _most_pixels(picture: Image.Image) -> int:
    return MOST_PROGRESSIVE_PIXELS if picture.info.get("progressive") else MOST_PIXELS[picture.format or ""]


def _middle(barcode: "zxingcpp.Barcode") -> tuple[int, int]:
    corners = barcode.position
    ends = (corners.top_left, corners.bottom_right)
    return sum(end.x for end in ends) // 2, sum(end.y for end in ends) // 2
