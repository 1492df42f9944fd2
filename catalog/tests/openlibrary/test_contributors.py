"""Who made a book."""

import pytest

from catalog.drafts import DraftContributor
from catalog.openlibrary.contributors import author_keys, missing_authors, read_contributors
from catalog.openlibrary.records import FetchedRecord

from . import records


def people(**parts):
    return [(person.name, person.role, person.key) for person in read_contributors(FetchedRecord(**parts))]


def role(key):
    return {"author": {"key": f"/authors/{key}"}, "type": {"key": "/type/author_role"}}


def test_authors_are_the_works_in_its_order():
    work = {"authors": [role("OL2A"), role("OL1A"), role("OL2A"), {"type": "/type/author_role"}, None]}
    names = {"/authors/OL1A": {"key": "/authors/OL1A", "name": "One Uno"}, "OL2A": "Two Due"}
    edition = {"authors": [{"key": "/authors/OL3A"}]}
    assert people(edition=edition, work=work, authors=names) == [("Two Due", "aut", "OL2A"), ("One Uno", "aut", "OL1A")]


def test_authors_of_an_edition_without_a_work():
    edition = {"authors": [{"key": "/a/OL1A"}] * 128}
    assert people(edition=edition, authors={"/authors/OL1A": "One"}) == [("One", "aut", "OL1A")]


def test_authors_named_by_the_index():
    doc = {"author_key": ["OL1A", "OL2A"], "author_name": ["One", "Two"]}
    assert people(work={"authors": [role("OL2A")]}, search_doc=doc) == [("Two", "aut", "OL2A")]
    assert people(work={"authors": [role("OL2A")]}, search_doc={**doc, "author_name": ["One"]}) == []


def test_authors_without_keys_are_taken_by_name():
    assert people(edition={"author_names": ["Egbert Wörter"]}) == [("Egbert Wörter", "aut", "")]


def test_author_reached_through_a_merger_has_the_new_key():
    authors = {"/authors/OL1A": {"key": "/authors/OL9A", "name": "Nine"}}
    assert people(work={"authors": [role("OL1A")]}, authors=authors) == [("Nine", "aut", "OL9A")]


def test_author_that_is_a_body_is_not_inverted():
    authors = {"OL1A": {"name": "Denver Post", "entity_type": "org"}}
    record = FetchedRecord(work={"authors": [role("OL1A")]}, authors=authors)
    assert read_contributors(record) == (DraftContributor(name="Denver Post", sort_name="Denver Post", key="OL1A"),)


@pytest.mark.parametrize("name", ["unknown", "n/a", "", None, 5.5])
def test_author_without_a_name_is_left_out_and_missing(name):
    record = FetchedRecord(work={"authors": [role("OL1A")]}, authors={"OL1A": {"name": name}})
    assert read_contributors(record) == ()
    assert missing_authors(record) == ["OL1A"]


def test_other_people_follow_with_their_parts():
    edition = {
        "contributors": [
            {"role": "Illustrator", "name": "Blake, Quentin"},
            {"role": "Publisher", "name": "Puffin"},
            "x",
        ],
        "contributions": [
            "Dahl, Roald",
            "Blake, Quentin.",
            "Ross, Tony, ill.",
            "Dahl, Roald, ill.",
            "Dahl, Roald, author",
        ],
    }
    parts = {"edition": edition, "work": {"authors": [role("OL1A")]}, "authors": {"OL1A": "Roald Dahl"}}
    assert people(**parts) == [
        ("Roald Dahl", "aut", "OL1A"),
        ("Quentin Blake", "ill", ""),
        ("Tony Ross", "ill", ""),
        ("Roald Dahl", "ill", "OL1A"),
    ]


def test_contributors_have_a_limit():
    assert (
        len(people(edition={"contributions": [f"Person {'abcdefghij'[n % 10] * (n // 10 + 2)}" for n in range(90)]}))
        == 50
    )


def test_author_keys_of_a_recorded_edition_with_256_authors():
    edition = records.edition("OL10004188M")
    assert (len(edition["authors"]), len(author_keys(edition, {}))) == (256, 2)
