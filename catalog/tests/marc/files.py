"""Small records of our own, as bytes of ISO 2709 and as MARCXML, right or wrong as a test wants them."""

import io

from catalog.drafts import BookDraft, SourceRow
from catalog.marc.reading import read_marc
from catalog.marc.xml import read_marcxml

TITLE = ("245", "10", "aThe tale of the mended map")


def field(tag: str, *parts: str | bytes) -> tuple[str, bytes]:
    """A field: its indicators and subfields ("aTitle"), or the text of a control field."""
    return tag, b"\x1f".join(part.encode() if isinstance(part, str) else part for part in parts)


def iso2709(
    *fields: tuple,
    coding: str = "a",
    kind: str = "a",
    status: str = "n",
    length: int | None = None,
    end: bytes = b"\x1d",
) -> bytes:
    """A record of ``fields``. ``length``: what its leader says instead of the truth."""
    directory, bodies, start = b"", b"", 0
    for tag, body in (field(*each) for each in fields):
        directory += b"%s%04d%05d" % (tag.encode(), min(len(body) + 1, 9999), start)
        bodies += body + b"\x1e"
        start += len(body) + 1
    base = 24 + len(directory) + 1
    said = base + start + 1 if length is None else length
    leader = f"{said:05d}{status}{kind}m {coding}22{base:05d} a 4500".encode()
    return leader + directory + b"\x1e" + bodies + end


def marcxml(*records: str, head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> bytes:
    inner = "".join(f"<record><leader>00000nam a2200000 a 4500</leader>{record}</record>" for record in records)
    return f'{head}<collection xmlns="http://www.loc.gov/MARC21/slim">{inner}</collection>'.encode()


def xml_field(tag: str, code: str, text: str) -> str:
    return f'<datafield tag="{tag}" ind1="1" ind2="0"><subfield code="{code}">{text}</subfield></datafield>'


def rows(data: bytes) -> list[SourceRow]:
    return list(read_marc(io.BytesIO(data)))


def xml_rows(data: bytes) -> list[SourceRow]:
    return list(read_marcxml(io.BytesIO(data)))


def draft(*fields: tuple, **how: str) -> BookDraft:
    """The draft of one record of these fields."""
    (row,) = rows(iso2709(*fields, **how))
    assert row.problem == ""
    return BookDraft.from_json(row.values)


def titles(data: bytes) -> list[str]:
    """The titles of the records of ``data``, and the problems of those without."""
    return [row.values.get("title") or row.problem for row in rows(data)]
