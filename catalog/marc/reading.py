"""Files of ISO 2709, as every library system exports them, read record by record."""

from base64 import b64encode
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO

from django.utils.translation import gettext as _

from catalog.drafts import SourceRow
from catalog.files import FileRefused, refuse_marc_otherwise

from .decoding import read_record
from .records import Damaged, Record
from .splitting import Piece, Splitter
from .understanding import row

FIELD_END = b"\x1e"


def read_marc(stream: BinaryIO, *, digits: int = 2) -> Iterator[SourceRow]:
    """Every record of a file of MARC 21 or UNIMARC, understood or with its problem; memory holds one at a time.

    ``digits``: after the point in the library's currency, for prices of copies. A row's ``raw`` is the record in
    base64. Raises FileRefused("empty", "other_kind") when there is no record at all.
    """
    n, splitter = 0, Splitter(stream)
    _refuse_other_kinds(splitter.head())
    for piece in splitter.pieces():
        if not n and FIELD_END not in piece.raw:
            raise FileRefused(
                "other_kind", _("There is no MARC record in this file. Export it as MARC (.mrc) or MARCXML.")
            )
        n += 1
        yield row(n, b64encode(piece.raw).decode(), partial(_record, piece), digits)
    if not n:
        raise FileRefused("empty", _("The file is empty."))


def _record(piece: Piece) -> Record:
    if piece.is_cut:
        raise Damaged(
            _("The file ends in the middle of this record. Export or copy it again, and look at the size of the file.")
        )
    return read_record(piece.raw)


def _refuse_other_kinds(head: bytes) -> None:
    """Other ways to write MARC down are told apart, so that the message can say what to do."""
    head = head.lstrip(b"\xef\xbb\xbf \r\n\t")
    refuse_marc_otherwise(head.decode("latin-1"))
    if head.startswith(b"<"):
        said = _("This is XML, not MARC in its own form (ISO 2709). Bring it in as MARCXML.")
    elif head.startswith((b"{", b"[")):
        said = _("This is JSON, not MARC. Save it as MARC (.mrc) or as MARCXML in the program it comes from.")
    else:
        return
    raise FileRefused("other_kind", said)
