"""A draft survives being stored."""

import json

import pytest

from catalog.drafts import FORMATS, IDENTIFIER_KINDS, ROLES, WARNINGS, BookDraft, DraftContributor
from catalog.models import Book, BookIdentifier, Contributor

FULL = BookDraft(
    title="T", contributors=(DraftContributor("A", "A, B", "edt", "OL1A"), DraftContributor("C")),
    isbns=("9780349101774",), other_languages=("ger",), year=1990, subjects=("S",), description_is_of_work=True,
    cover_id=17, warnings=("year_unclear",),
)  # fmt: skip


@pytest.mark.parametrize("draft", [BookDraft(), FULL], ids=["empty", "full"])
def test_draft_comes_back_from_json_as_it_was(draft: BookDraft) -> None:
    assert BookDraft.from_json(json.loads(json.dumps(draft.as_json()))) == draft


def test_warnings_are_words_for_the_desk() -> None:
    assert FULL.remarks == ["The record names only a decade of publication."]
    assert len(BookDraft(warnings=tuple(WARNINGS)).remarks) == len(WARNINGS)
    assert BookDraft(warnings=("of a later version",)).remarks == []


def test_what_a_later_version_says_is_left_out() -> None:
    values = FULL.as_json() | {"mood": "grim"}
    values["contributors"][0] |= {"born": 1954}
    assert BookDraft.from_json(values) == FULL


def test_what_an_earlier_version_did_not_say_is_empty() -> None:
    assert BookDraft.from_json({"title": "T", "contributors": [{"name": "A"}]}) == BookDraft(
        title="T", contributors=(DraftContributor("A"),)
    )
    assert BookDraft.from_json({}) == BookDraft()


@pytest.mark.parametrize(
    ("choices", "model", "field"),
    [(ROLES, Contributor, "role"), (FORMATS, Book, "format"), (IDENTIFIER_KINDS, BookIdentifier, "kind")],
)
def test_codes_fit_their_columns(choices: list, model: type, field: str) -> None:
    longest = model._meta.get_field(field).max_length
    assert [code for code, _label in choices if len(code) > longest] == []
