"""BibTeX: one entry, in UTF-8, that every BibTeX and biblatex reads as it was meant."""

import re
import unicodedata

from .facts import Facts, Person
from .wording import title_of

EDITION = re.compile(r"\s+(?:edition|edn\.?|ed\.)$", re.IGNORECASE)  # the styles say it themselves
ESCAPED = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_", "%": r"\%",
}  # fmt: skip


def bibtex(facts: Facts) -> str:
    """The entry. Titles stand in double braces, because their capitals are those of the title page."""
    editors, compilers = _names(facts.by_role("edt")), _names(facts.by_role("com"))
    fields = {
        "author": _names(facts.by_role("aut")),
        "editor": editors or compilers,
        "editortype": "" if editors or not compilers else "compiler",
        "editora": compilers if editors else "",
        "editoratype": "compiler" if editors and compilers else "",
        "translator": _names(facts.by_role("trl")),
        "title": f"{{{escaped(title_of(facts))}}}",
        "edition": escaped(EDITION.sub("", facts.edition)),
        "publisher": _whole(facts.publisher),
        "address": escaped(facts.place),
        "year": str(facts.year or ""),
        "series": escaped(facts.series),
        "pagetotal": str(facts.pages or ""),
        "isbn": escaped(facts.isbns[0] if facts.isbns else ""),
        "language": escaped(facts.language),
        "url": escaped(facts.url),
    }
    lines = [f"  {name} = {{{value}}},\n" for name, value in fields.items() if value]
    return f"@book{{{key(facts)},\n{''.join(lines)}}}\n"


def key(facts: Facts) -> str:
    """ "austen2004-17": readable, and one of its own because our number is in it."""
    named = facts.leaders[0] if facts.leaders else None
    words = (named.family or named.name) if named else facts.title
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return f"{re.sub(r'[^a-z]', '', plain)[:30] or 'book'}{facts.year or ''}-{facts.number}"


def escaped(text: str) -> str:
    """``text`` in one line, with what TeX would take for a command written as a sign."""
    return "".join(ESCAPED.get(sign, sign) for sign in " ".join(text.split()))


def _names(people: list[Person]) -> str:
    return " and ".join(map(_name, people))


def _name(person: Person) -> str:
    if not person.family:
        return f"{{{escaped(person.name)}}}"
    parts = (person.family, person.suffix, person.given)
    return ", ".join(_part(part) for part in parts if part)


def _part(text: str) -> str:
    """A part of a name; in braces where a comma or an "and" in it would be read as an end."""
    return f"{{{escaped(text)}}}" if re.search(r",|\band\b", text) else escaped(text)


def _whole(text: str) -> str:
    """A list field for biblatex: "Simon and Schuster" is one publisher."""
    return f"{{{escaped(text)}}}" if re.search(r"\band\b", text) else escaped(text)
