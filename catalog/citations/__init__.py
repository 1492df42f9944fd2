"""Citing a book: facts in, text out. What a citation says is the style's own language, English, whoever reads it."""

from collections.abc import Callable
from typing import NamedTuple

from .apa import apa
from .bibtex import bibtex
from .chicago import chicago
from .facts import Facts, Person, person
from .mla import mla
from .ris import ris
from .wording import Reference

__all__ = ["STYLES", "Facts", "Person", "Reference", "Style", "person"]


class Style(NamedTuple):
    """A way to cite: its name, who writes it, and as what the text is sent. ``ending``: that of a file, or empty."""

    name: str
    write: Callable[[Facts], Reference | str]
    content_type: str = "text/plain"
    ending: str = ""


STYLES = {
    "apa": Style("APA", apa),
    "mla": Style("MLA", mla),
    "chicago": Style("Chicago", chicago),
    "bibtex": Style("BibTeX", bibtex, "application/x-bibtex", "bib"),
    "ris": Style("RIS", ris, "application/x-research-info-systems", "ris"),
}
