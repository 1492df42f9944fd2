"""The bytes of one record as a Record: its directory, mended where it lies, and its encoding, told by evidence."""

import re
import unicodedata
from collections.abc import Callable

from django.utils.translation import gettext as _

from .charsets import cyrillic_encoding, decode_iso5426, decode_marc8, decode_windows, has_escapes, looks_composed
from .records import SUBFIELD, Damaged, Record

LEADER_LENGTH = 24
ENTRY = 12  # characters of the directory for one field: tag, length, start
FIELD_END = "\x1e"
BROKEN_CODE = re.compile("\x1f([^\x00-\x7f])([^\x00-\x7f]*[a-z0-9])?")
WESTERN = frozenset({
    "cat", "dan", "dut", "fin", "fre", "ger", "glg", "ice", "ita", "nno", "nob", "nor", "por", "spa", "swe",
})  # fmt: skip
SHORTEST = LEADER_LENGTH + 2


def read_record(raw: bytes) -> Record:
    """The record in ``raw``. Raises Damaged, with a sentence, when its fields cannot be told apart."""
    if len(raw) < SHORTEST:
        raise Damaged(_("This is too short to be a record. Export it again from the system it comes from."))
    text = _as_unicode(raw)
    is_unicode = text is not None
    if text is None:
        text = raw.decode("latin-1")  # one character a byte; the fields are decoded one by one
    leader = text[:LEADER_LENGTH]
    fields = _fields(text)
    if not is_unicode:
        decode = _decoder(raw, leader, fields)
        fields = [(tag, _decoded(field, decode)) for tag, field in fields]
    if BROKEN_CODE.search(text):
        fields = [(tag, BROKEN_CODE.sub(_code, field)) for tag, field in fields]
    return Record(leader, fields)


def _code(found: re.Match[str]) -> str:
    """The code of a subfield from a letter that an accent has fallen on, or else the one behind it."""
    letter = unicodedata.normalize("NFD", found[1])[0]
    if letter.isascii() and letter.isalnum():
        return SUBFIELD + letter + (found[2] or "")
    return SUBFIELD + (found[2] or "a")[-1]


def _as_unicode(raw: bytes) -> str | None:
    """``raw`` as UTF-8, which shows by itself whatever the leader says; None if it is something else."""
    if has_escapes(raw):
        return None
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _fields(text: str) -> list[tuple[str, str]]:
    head, _end, body = text.partition(FIELD_END)
    directory = head[LEADER_LENGTH:]
    pieces = body.rstrip("\x1d").split(FIELD_END)
    if not pieces[-1].strip():
        pieces.pop()
    tags = [directory[place : place + 3] for place in range(0, len(directory), ENTRY)]
    starts = [directory[place + 7 : place + ENTRY] for place in range(0, len(directory), ENTRY)]
    if len(tags) == len(pieces) and not len(directory) % ENTRY:
        return _in_order(tags, starts, pieces)
    return _mended(directory, tags, pieces)


def _in_order(tags: list[str], starts: list[str], pieces: list[str]) -> list[tuple[str, str]]:
    """A directory need not name the fields in the order they stand in; where its starts differ they say which is it."""
    if sorted(starts) == starts or len(set(starts)) < len(starts) or not "".join(starts).isdigit():
        return list(zip(tags, pieces, strict=True))
    order = sorted(range(len(tags)), key=lambda place: starts[place])
    found = dict(zip(order, pieces, strict=True))
    return [(tags[place], found[place]) for place in range(len(tags))]


def _mended(directory: str, tags: list[str], pieces: list[str]) -> list[tuple[str, str]]:
    """Fields whose directory names fewer or more of them than there are, as far as it is sure which is which."""
    wide = len(directory) - ENTRY * len(pieces)
    if 0 < wide <= len(pieces):  # a start beyond 99999 was written in six digits
        narrow = ENTRY * (len(pieces) - wide)
        tags = [directory[place : place + 3] for place in range(0, narrow, ENTRY)]
        tags += [directory[place : place + 3] for place in range(narrow, len(directory), ENTRY + 1)]
    elif len(pieces) > len(tags):
        pieces = _joined(directory, pieces)
    if not tags or len(tags) != len(pieces):
        raise Damaged(
            _(
                "The directory of this record names %(named)d fields, but there are %(found)d. Export it again, or "
                "repair it with a MARC editor."
            )
            % {"named": len(tags), "found": len(pieces)}
        )
    return list(zip(tags, pieces, strict=True))


def _joined(directory: str, pieces: list[str]) -> list[str]:
    """Fields that a terminator inside a text has cut apart, put together to the length the directory gives them."""
    whole: list[str] = []
    rest = iter(pieces)
    for place in range(0, len(directory) - ENTRY + 1, ENTRY):
        length = directory[place + 3 : place + 7]
        field = next(rest, "")
        taken = len(field) + 1
        while length.isdecimal() and taken < int(length) and (more := next(rest, None)) is not None:
            taken += len(more) + 1
            field += more[2:] if more[2:3] == SUBFIELD else more
        whole.append(field)
    return [*whole, *rest]


def _decoder(raw: bytes, leader: str, fields: list[tuple[str, str]]) -> Callable[[bytes], str]:
    """How to read what is not UTF-8: by the record's own word, unless the bytes say otherwise."""
    by_tag = dict(fields)
    is_unimarc = "200" in by_tag and "245" not in by_tag
    language = by_tag.get("101", "")[4:7] if is_unimarc else by_tag.get("008", "")[35:38]
    if has_escapes(raw):
        return decode_marc8
    if leader[9:10] == "a" and _mostly_unicode(raw):
        return _decode_damaged
    if encoding := cyrillic_encoding(raw):
        return lambda part: part.decode(encoding, "replace")
    if not looks_composed(raw, iso5426=is_unimarc, is_western=language in WESTERN):
        return decode_windows
    return decode_iso5426 if is_unimarc else decode_marc8


def _mostly_unicode(raw: bytes) -> bool:
    """Whether there are characters of several bytes in UTF-8, and fewer places that are wrong."""
    text = raw.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    return sum(not character.isascii() for character in text) - wrong > wrong


def _decode_damaged(raw: bytes) -> str:
    return raw.decode("utf-8", "replace")


def _decoded(field: str, decode: Callable[[bytes], str]) -> str:
    if field.isascii() and "\x1b" not in field:
        return field
    return SUBFIELD.join(_decoded_part(part.encode("latin-1"), decode) for part in field.split(SUBFIELD))


def _decoded_part(raw: bytes, decode: Callable[[bytes], str]) -> str:
    """One subfield. Systems that changed to UTF-8 left records that are partly in it."""
    if has_escapes(raw):
        return decode_marc8(raw)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return decode(raw)
