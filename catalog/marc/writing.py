"""Drafts written as MARC 21, in ISO 2709 or in XML, both in UTF-8."""

from base64 import b64decode
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape, quoteattr

from catalog.drafts import BookDraft

from .describing import record_of
from .records import Record, indicators, subfields

LONGEST_RECORD = 99_999  # bytes, because the leader has five digits for it
NAMESPACE = "http://www.loc.gov/MARC21/slim"
XML_HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<collection xmlns="{NAMESPACE}" xmlns:marc="{NAMESPACE}">\n'
XML_FOOT = "</collection>\n"


def write_marc(draft: BookDraft, *, digits: int = 2) -> bytes:
    """The record of ``draft`` in ISO 2709. ``digits``: after the point in the library's currency.

    A record of more than LONGEST_RECORD bytes (a book with some 700 copies) is written whole, with 99999 for its
    length, as Koha does; ``read_marc`` reads it, many other programs do not. MARCXML has no such limit.
    """
    return _iso2709(record_of(draft, digits=digits))


def write_marcxml(drafts: Iterable[BookDraft], *, digits: int = 2) -> Iterator[bytes]:
    """A whole file of MARCXML, a piece for each of ``drafts``. ``digits``: as for ``write_marc``."""
    yield XML_HEAD.encode()
    for draft in drafts:
        yield _xml(record_of(draft, digits=digits)).encode()
    yield XML_FOOT.encode()


def marc_again(raws: Iterable[str]) -> Iterator[bytes]:
    """A file of the records in ``raws`` (SourceRow.raw of ``read_marc``), to be corrected and brought in again."""
    for raw in raws:
        record = b64decode(raw)
        yield record if record.endswith(b"\x1d") else record + b"\x1d"


def marcxml_again(raws: Iterable[str]) -> Iterator[bytes]:
    """A file of the records in ``raws`` (SourceRow.raw of ``read_marcxml``), to be corrected and brought in again."""
    yield XML_HEAD.encode()
    for raw in raws:
        yield raw.encode() + b"\n"
    yield XML_FOOT.encode()


def _iso2709(record: Record) -> bytes:
    directory, bodies, start = [], [], 0
    for tag, text in record.fields:
        body = text.encode() + b"\x1e"
        directory.append(f"{tag}{min(len(body), 9_999):04d}{start:05d}")
        bodies.append(body)
        start += len(body)
    entries = "".join(directory).encode() + b"\x1e"
    base = 24 + len(entries)
    length = min(base + start + 1, LONGEST_RECORD)
    leader = f"{length:05d}{record.leader[5:12]}{min(base, LONGEST_RECORD):05d}{record.leader[17:]}"
    return b"".join([leader.encode(), entries, *bodies, b"\x1d"])


def _xml(record: Record) -> str:
    lines = [f"<record><leader>{escape(record.leader)}</leader>"]
    for tag, text in record.fields:
        if tag < "010":
            lines.append(f"<controlfield tag={quoteattr(tag)}>{escape(text)}</controlfield>")
            continue
        one, other = indicators(text)[0], indicators(text)[1]
        parts = "".join(
            f"<subfield code={quoteattr(code)}>{escape(value)}</subfield>" for code, value in subfields(text)
        )
        lines.append(
            f"<datafield tag={quoteattr(tag)} ind1={quoteattr(one)} ind2={quoteattr(other)}>{parts}</datafield>"
        )
    return "\n".join(lines) + "</record>\n"
