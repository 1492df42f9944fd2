"""What a body says of a book, as the draft that services take."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from rest_framework import serializers

from accounts.api.bodies import Body
from accounts.api.fields import Text, Whole
from catalog.drafts import FORMATS, ROLES, BookDraft, DraftContributor
from catalog.forms.books import ONE_LINE_FIELDS
from catalog.forms.texts import Isbns, read_isbns
from catalog.normalize.text import many_lines, one_line

MOST_PEOPLE, MOST_SUBJECTS, MOST_ISBNS = 100, 100, 50
LANGUAGE = r"^([a-z]{3})?$"


class PersonBody(Body):
    name = Text(max_length=300)
    role = serializers.ChoiceField([code for code, _name in ROLES], default="aut")


class BookChanges(Body):
    """A book's description. In a PATCH what is left out stays, else it is empty."""

    title = Text(max_length=500)
    subtitle = Text(required=False, allow_blank=True, max_length=500)
    contributors = PersonBody(many=True, required=False, max_length=MOST_PEOPLE)
    publisher = Text(required=False, allow_blank=True, max_length=300)
    place = Text(required=False, allow_blank=True, max_length=200)
    year = Whole(required=False, allow_null=True, min_value=1, max_value=2_100)
    edition = Text(required=False, allow_blank=True, max_length=200)
    language = serializers.RegexField(LANGUAGE, required=False, allow_blank=True)
    pages = Whole(required=False, allow_null=True, min_value=1, max_value=50_000)
    format = serializers.ChoiceField([code for code, _name in FORMATS], required=False, allow_blank=True)
    series = Text(required=False, allow_blank=True, max_length=300)
    call_number = Text(required=False, allow_blank=True, max_length=60)
    subjects = serializers.ListField(child=Text(max_length=300), required=False, max_length=MOST_SUBJECTS)
    description = Text(required=False, allow_blank=True, max_length=10_000)
    isbns = serializers.ListField(child=Text(max_length=40), required=False, max_length=MOST_ISBNS)


FIELDS_OF = {"isbns": "identifiers"}  # what the book calls what the body calls so


def draft_from(given: Mapping[str, Any], base: BookDraft) -> BookDraft:
    """What ``given`` says; numbers that no body names (LCCN, OCLC) are those of the ``base``.

    Raises ValidationError for an ISBN that is none.
    """
    isbns = _isbns(given.get("isbns") or (), base)
    people = {(one_line(each["name"]), each.get("role", "aut")): None for each in given.get("contributors") or ()}
    texts: dict[str, Any] = {name: one_line(given.get(name, "")) for name in ONE_LINE_FIELDS}
    return BookDraft(
        **texts,
        year=given.get("year"),
        pages=given.get("pages"),
        description=many_lines(given.get("description", "")),
        contributors=tuple(DraftContributor(name, role=role) for name, role in people if name),
        subjects=tuple(dict.fromkeys(filter(None, map(one_line, given.get("subjects") or ())))),
        isbns=isbns.valid, isbns_10=isbns.ten, isbns_invalid=isbns.wrong, lccns=base.lccns, oclcs=base.oclcs,
    )  # fmt: skip


def _isbns(texts: Sequence[str], base: BookDraft) -> Isbns:
    for n, text in enumerate(texts):
        try:
            read_isbns(text, base)
        except ValidationError as error:
            raise ValidationError({f"isbns.{n}": error.messages}) from error
    return read_isbns(",".join(texts), base)
