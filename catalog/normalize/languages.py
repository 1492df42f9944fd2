"""Languages: MARC codes as kept, ISO 639-1 for HTML, names for people."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from babel import Locale, UnknownLocaleError
from babel.core import get_global

from .text import fold

NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
# MARC replaced these codes; old records still bear them (loc.gov/marc/languages, "discontinued").
DISCONTINUED = {
    "cam": "khm", "esk": "ypk", "esp": "epo", "eth": "gez", "far": "fao", "fri": "fry", "gae": "gla", "gag": "glg",
    "gal": "orm", "gua": "grn", "int": "ina", "iri": "gle", "lan": "oci", "lap": "smi", "max": "glv", "mla": "mlg",
    "mol": "rum", "sao": "smo", "scc": "srp", "scr": "hrv", "sho": "sna", "snh": "sin", "sso": "sot", "swz": "ssw",
    "tag": "tgl", "taj": "tgk", "tar": "tat", "tru": "chk", "tsw": "tsn",
}  # fmt: skip
# The twenty languages for which ISO 639-2 has two codes: terminological -> bibliographic, the one MARC uses.
BIBLIOGRAPHIC = {
    "bod": "tib", "ces": "cze", "cym": "wel", "deu": "ger", "ell": "gre", "eus": "baq", "fas": "per", "fra": "fre",
    "hye": "arm", "isl": "ice", "kat": "geo", "mkd": "mac", "mri": "mao", "msa": "may", "mya": "bur", "nld": "dut",
    "ron": "rum", "slk": "slo", "sqi": "alb", "zho": "chi",
}  # fmt: skip
# Where the table of babel answers with something that is not the plain language.
TAGS = {"cmn": "zh", "hbs": "sh", "nor": "no", "smi": "se", "tgl": "tl", "twi": "tw", "ypk": "esu"}
# In that table too, but not the code that MARC has for the two letters.
SECOND_CHOICES = {"esk", "fat", "prp", "twi"}


def read_language(value: object) -> str:
    """The MARC code in ``value``: "/languages/ger", "ger", "deu", "de" and {"key": "/languages/ger"} give "ger".

    Codes that MARC gave up are replaced (scr -> hrv). "" for undetermined, multiple or no language, and for
    anything that is not a code.
    """
    if isinstance(value, dict):
        value = value.get("key")
    if not isinstance(value, str):
        return ""
    code = value.strip().rsplit("/", 1)[-1].lower()
    code = _codes_by_tag().get(re.split(r"[-_]", code)[0], code)
    if not re.fullmatch(r"[a-z]{3}", code) or code in NO_LANGUAGE:
        return ""
    return DISCONTINUED.get(code) or BIBLIOGRAPHIC.get(code) or code


def read_languages(values: object) -> tuple[str, ...]:
    """Every language of a list, each once, in order; the first is that of the text."""
    listed = values if isinstance(values, list) else [values]
    return tuple(dict.fromkeys(code for code in map(read_language, listed) if code))


@lru_cache(maxsize=1_000)
def html_language(code: str) -> str:
    """The tag for HTML's ``lang`` (BCP 47) of a MARC code: "ger" -> "de", "grc" -> "grc"; "" for none."""
    code = read_language(code)
    tag = TAGS.get(code) or get_global("language_aliases").get(code) or code
    return tag.split("_")[0]


def language_name(code: str, reader: str = "en") -> str:
    """The name of a MARC code's language in the language of the reader (``reader``, for example "de-at").

    The code itself where nobody has a name for it, "" for no code.
    """
    tag = html_language(code)
    name = _names(reader).get(tag) or _names("en").get(tag) or read_language(code)
    return name[:1].upper() + name[1:]


def read_language_names(text: str) -> tuple[str, ...]:
    """The MARC codes of the languages in ``text``: codes, or names in English, German, French or Spanish.

    "English, German", "anglais / allemand" and "eng|ger" are two each; what is no language is left out.
    """
    return _read_names(text[:500].strip())


@lru_cache(maxsize=1_000)
def _read_names(text: str) -> tuple[str, ...]:
    words = [word for word in re.split(r"\s*[|;,/\n]\s*", text) if word]
    codes = (_codes_by_name().get(fold(word)) or (read_language(word) if word.isascii() else "") for word in words)
    return tuple(dict.fromkeys(code for code in codes if code))


@cache
def _codes_by_name() -> dict[str, str]:
    """A language's name, folded -> its MARC code."""
    tags = {html_language(code): code for code in map(read_language, sorted(set(_codes_by_tag().values())))}
    return {
        fold(name): tags[tag]
        for reader in ("es", "fr", "de", "en")
        for tag, name in _names(reader).items()
        if tag in tags
    }


@cache
def _codes_by_tag() -> dict[str, str]:
    """ISO 639-1 -> a code of three letters."""
    listed = get_global("language_aliases").items()
    codes = {tag: code for code, tag in listed if (len(tag), len(code)) == (2, 3) and code not in SECOND_CHOICES}
    return codes | {tag: code for code, tag in TAGS.items() if code not in ("cmn", "smi", "ypk")}


def _names(reader: str) -> Mapping[str, str]:
    try:
        return Locale.parse(reader, sep="-").languages
    except (UnknownLocaleError, ValueError):
        return Locale("en").languages
