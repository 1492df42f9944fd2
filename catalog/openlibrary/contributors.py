"""Who made a book, according to Open Library: the work's authors, and the edition's other people."""

from typing import Any

from catalog.drafts import DraftContributor
from catalog.normalize.contributors import read_contribution, read_role
from catalog.normalize.names import name_key, natural_name, read_name, sort_name
from catalog.normalize.text import plain_text

from .json_values import items, key_of, mapping, strings
from .keys import olid_of
from .records import FetchedRecord

MOST_CONTRIBUTORS = 50
BODIES = {"org", "event"}


def read_contributors(record: FetchedRecord) -> tuple[DraftContributor, ...]:
    """Authors first, then editors, translators and the rest, each once; at most 50."""
    people = _authors(record)
    people += _others(mapping(record.edition), {name_key(person.name): person for person in people})
    once: dict[tuple[str, str], DraftContributor] = {}
    for person in people:
        once.setdefault((person.key or name_key(person.name), person.role), person)
    return tuple(once.values())[:MOST_CONTRIBUTORS]


def author_keys(edition: dict[str, Any], work: dict[str, Any]) -> list[str]:
    """The keys (OL1A) of the authors, each once: the work's, which Open Library keeps in order, else the edition's."""
    for listed in (mapping(work).get("authors"), mapping(edition).get("authors")):
        keys = [olid_of(key_of(role)) for role in items(listed)]
        if found := list(dict.fromkeys(key for key in keys if key.endswith("A"))):
            return found
    return []


def missing_authors(record: FetchedRecord) -> list[str]:
    """The keys of authors for whom there is no name yet."""
    names = _names(record)
    return [key for key in author_keys(record.edition, record.work) if key not in names]


def _authors(record: FetchedRecord) -> list[DraftContributor]:
    names = _names(record)
    keys = author_keys(record.edition, record.work)
    if keys:
        return [names[key] for key in keys if key in names]
    loose = strings(mapping(record.edition).get("author_names")) or strings(
        mapping(record.search_doc).get("author_name")
    )
    return [_person(name) for name in map(read_name, loose) if name]


def _names(record: FetchedRecord) -> dict[str, DraftContributor]:
    """Key -> person, from the search index and, better, from the authors' own records."""
    doc = mapping(record.search_doc)
    keys, listed = strings(doc.get("author_key")), strings(doc.get("author_name"))
    known: dict[str, Any] = dict(zip(keys, listed, strict=True)) if len(keys) == len(listed) else {}
    known |= {olid_of(key) or str(key): author for key, author in mapping(record.authors).items()}
    named = ((key, _author(key, author)) for key, author in known.items())
    return {key: person for key, person in named if person.name}


def _author(key: str, author: Any) -> DraftContributor:
    """``author``: the record or the name. A record reached through a redirect has the key that is good today."""
    facts = mapping(author) or {"name": author}
    name = read_name(facts.get("name")) or read_name(facts.get("personal_name"))
    return _person(name, key=olid_of(facts.get("key")) or key, is_body=plain_text(facts.get("entity_type")) in BODIES)


def _others(edition: dict[str, Any], authors: dict[str, DraftContributor]) -> list[DraftContributor]:
    """People of the edition. An author among them is meant only when another part is named."""
    named = [
        (natural_name(read_name(entry.get("name"))), read_role(" ".join(strings([entry.get("role")]))))
        for entry in items(edition.get("contributors"))
        if isinstance(entry, dict)
    ]
    named += [person for text in strings(edition.get("contributions")) for person in read_contribution(text)]
    with_part = {name_key(name) for name, role in named if role != "ctb"} | authors.keys()
    others = []
    for name, role in named:
        key = name_key(name)
        known = authors.get(key)
        if name and role and not (role == "ctb" and key in with_part) and not (known and role == "aut"):
            others.append(_person(known.name if known else name, role=role, key=known.key if known else ""))
    return others


def _person(name: str, *, role: str = "aut", key: str = "", is_body: bool = False) -> DraftContributor:
    return DraftContributor(name=name, sort_name=sort_name(name, is_body=is_body), role=role, key=key)
