"""Which letters the bytes of a file stand for, told by the file itself."""

import codecs
import re
from collections import Counter
from math import log
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from catalog.files import half_of_zeros

BLOCK = 1 << 20
EVIDENCE = 200_000  # bytes of lines with letters beyond ASCII that are looked at
# What a person may choose; the first ones are told apart without asking.
ENCODINGS = [
    ("utf-8-sig", _("UTF-8 (usual)")),
    ("utf-16", _("UTF-16 (“Unicode text” of Excel)")),
    ("cp1252", _("Western Europe (Windows-1252, Latin-1)")),
    ("cp1250", _("Central Europe (Windows-1250)")),
    ("iso8859-2", _("Central Europe (Latin-2)")),
    ("cp1251", _("Cyrillic (Windows-1251)")),
    ("mac_roman", _("Western Europe (old Macintosh)")),
    ("utf-16-le", _("UTF-16, little end first, without a mark")),
    ("utf-16-be", _("UTF-16, big end first, without a mark")),
    ("latin-1", _("Latin-1, strictly")),
    ("cp850", _("Western Europe (DOS)")),
    ("koi8-r", _("Cyrillic (KOI8-R)")),
    ("cp1253", _("Greek (Windows-1253)")),
    ("cp1254", _("Turkish (Windows-1254)")),
    ("cp1255", _("Hebrew (Windows-1255)")),
    ("cp1256", _("Arabic (Windows-1256)")),
    ("cp1257", _("Baltic (Windows-1257)")),
    ("shift_jis", _("Japanese (Shift JIS)")),
    ("gb18030", _("Chinese (GB 18030)")),
    ("big5", _("Chinese (Big5)")),
    ("euc_kr", _("Korean (EUC)")),
]
GUESSED = ("cp1252", "cp1250", "iso8859-2", "cp1251", "mac_roman")
# The letters beyond ASCII that a language is written with.
WESTERN = ["äöüß", "éèàçêôîâùûëïœ", "áéíóúñü", "ãõçáéâêóíúà", "àèéìòù", "åäöæøé", "éëïöü", "ðþæöáéíóúý"]
CENTRAL = ["ąćęłńóśźż", "áčďéěíňóřšťúůýž", "áéíóöőúüű", "čćđšž", "ăâîşţ", "áäčďéíĺľňóôŕšťúýž", "äöüß"]
CYRILLIC = ["абвгдежзийклмнопрстуфхцчшщъыьэюяё", "абвгдеєжзиіїйклмнопрстуфхцчшщьюяґ"]
LANGUAGES = {
    "cp1252": WESTERN, "mac_roman": WESTERN, "cp1250": CENTRAL, "iso8859-2": CENTRAL, "cp1251": CYRILLIC,
}  # fmt: skip
PUNCTUATION = "’“”„‘‚«»–—…\xa0"
SIGNS = "°©®·•№€£§¿¡ªº"
SEEN = re.compile(r"(?=(.?)([^\x00-\x7f])(.?))", re.DOTALL)
LIKELY = 0.95
USUAL, RARE, FOREIGN, UNLIKELY, IMPOSSIBLE = log(0.3), log(0.1), log(0.02), log(0.0005), log(0.00001)


def guess_encoding(stream: BinaryIO) -> str:
    """The encoding (of ENCODINGS) of the whole of ``stream``, which stands at its beginning again afterwards.

    A mark at the beginning decides; then zeros (UTF-16) and whether everything is UTF-8, but for a few damaged
    places; else the language whose letters the bytes make, under the encoding they make them in.
    """
    head = stream.read(4_096)
    stream.seek(0)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if zeros := half_of_zeros(head):
        return zeros
    lines = _lines_beyond_ascii(stream)
    stream.seek(0)
    return "utf-8-sig" if not lines or _is_mostly_utf8(lines) else _by_letters(lines)


def _lines_beyond_ascii(stream: BinaryIO) -> bytes:
    """The lines of ``stream`` that are not UTF-8, and some that have letters beyond ASCII; nothing if all is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    kept, is_utf8 = b"", True
    while block := stream.read(BLOCK):
        if is_utf8:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                is_utf8 = False
        if not block.isascii() and len(kept) < EVIDENCE:
            kept += b"\n".join(line for line in block.splitlines() if not line.isascii())[:EVIDENCE]
        if not is_utf8 and len(kept) >= EVIDENCE:
            break
    return b"" if is_utf8 else kept


def _is_mostly_utf8(lines: bytes) -> bool:
    text = lines.decode("utf-8", "surrogateescape")
    damaged = sum("\udc80" <= c <= "\udcff" for c in text)
    return sum(c > "\x7f" for c in text) > 10 * damaged


def _by_letters(lines: bytes) -> str:
    scores = {name: _likelihood(lines, name) for name in GUESSED}
    best = max(GUESSED, key=lambda name: scores[name])
    has_holes = best == "cp1252" and "\ufffd" in lines.decode("cp1252", "replace")
    return "latin-1" if has_holes else best


def _likelihood(lines: bytes, encoding: str) -> float:
    """How likely it is that these bytes are text of the language that fits best."""
    seen = Counter(SEEN.findall(lines.decode(encoding, "replace")))
    apart = sum(n * _of_place(*place) for place, n in seen.items())
    letters = Counter[str]()
    for (before, character, _after), n in seen.items():
        if character.isalpha() and not (character.isupper() and before.islower()):
            letters[character.lower()] += n
    anywhere = frozenset("".join(LANGUAGES[encoding]))
    return apart + max(_of_letters(letters, alphabet, anywhere) for alphabet in LANGUAGES[encoding])


def _of_place(before: str, character: str, after: str) -> float:
    """What is odd about a character where it stands: a capital or a sign within a word, scripts mixed or alike."""
    if character.isalpha():
        is_cyrillic, beside = "\u0400" <= character <= "\u04ff", before + after
        is_mixed = is_cyrillic and beside.isascii() and beside.isalpha()
        if is_mixed or (character.isupper() and before.islower()):
            return IMPOSSIBLE
        if not is_cyrillic and len(beside) == 2 and beside.isalpha() and before > "\x7f" < after:
            return UNLIKELY  # Latin words have plain letters too
        stands_alone = character.isupper() and not (before + after).strip(" \n").isalnum()
        return FOREIGN if stands_alone else 0.0
    if before.isalpha() and after.isalpha() and character not in "’‘·":
        return IMPOSSIBLE
    return USUAL if character in PUNCTUATION else RARE if character in SIGNS else IMPOSSIBLE


def _of_letters(letters: Counter[str], alphabet: str, anywhere: frozenset[str]) -> float:
    """How likely the letters are in a text of one language, which may name books of its neighbours."""
    likely = log(LIKELY / len(alphabet))
    return sum(
        n * (likely if letter in alphabet else FOREIGN if letter in anywhere else UNLIKELY)
        for letter, n in letters.items()
    )
