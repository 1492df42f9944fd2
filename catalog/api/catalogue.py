"""The search of the public catalogue, as its page has it: the same words, filters, facets and order."""

from typing import Any

from django.core import signing
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import QueryDict
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from accounts.addresses import address_of
from accounts.api.bodies import Asked
from accounts.api.fields import AskedWhole
from accounts.api.pagination import link
from accounts.api.permissions import PUBLIC, READ
from accounts.api.problems import Problem
from accounts.api.resources import Resource, operation
from catalog.drafts import FORMATS
from catalog.forms.search import FIELDS, MOST_KEYS, PARAMETERS, SORTS, SearchForm
from catalog.search.asking import LONGEST_TEXT
from catalog.search.marks import FIRST_YEAR, LAST_YEAR
from catalog.search.reading import How
from catalog.views.facets import GROUPS, facets_beside
from catalog.views.results import Results, results_of

SALT = "catalog.api.catalogue"


class PersonShown(serializers.Serializer):
    author = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.CharField())


class BookFoundShown(serializers.Serializer):
    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    subtitle = serializers.CharField()
    contributors = PersonShown(source="people", many=True)
    publisher = serializers.CharField()
    year = serializers.IntegerField(allow_null=True)
    language = serializers.CharField()
    call_number = serializers.CharField()
    cover = serializers.SerializerMethodField()
    copies = serializers.IntegerField(source="search_document.copies", default=0)
    available = serializers.IntegerField(source="search_document.available", default=0)

    def get_cover(self, hit: Any) -> str | None:
        return address_of("catalog:cover", hit.pk) if hit.cover else None


class FacetValueShown(serializers.Serializer):
    name = serializers.CharField()
    count = serializers.IntegerField()
    is_exact = serializers.BooleanField()
    search = serializers.CharField(allow_null=True, help_text="The search narrowed down by this.")


class FacetShown(serializers.Serializer):
    name = serializers.ChoiceField(["available", "year", *(name for name, _heading in GROUPS.values() if name)])
    heading = serializers.CharField(help_text="In the language of the answer.")
    values = FacetValueShown(many=True)


class OtherWordsShown(serializers.Serializer):
    text = serializers.CharField()
    search = serializers.CharField()


class CatalogueShown(serializers.Serializer):
    count = serializers.IntegerField()
    is_exact = serializers.BooleanField(help_text="Whether count is; of very many hits it is reckoned.")
    results = BookFoundShown(many=True)
    facets = FacetShown(many=True)
    how = serializers.ChoiceField([each.value for each in How], help_text="How the words were taken.")
    taken_as = serializers.CharField(help_text="The words that were looked for.")
    did_you_mean = OtherWordsShown(allow_null=True)
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)


class CatalogueAsked(Asked):
    """As the address of the page."""

    q = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)
    field = serializers.ChoiceField([key for key, _name in FIELDS], required=False)
    sort = serializers.ChoiceField([key for key, _name in SORTS], required=False)
    author = serializers.ListField(child=AskedWhole(min_value=1), required=False, max_length=MOST_KEYS)
    subject = serializers.ListField(child=AskedWhole(min_value=1), required=False, max_length=MOST_KEYS)
    language = serializers.RegexField("^[a-z]{3}$", required=False)
    format = serializers.ChoiceField([key for key, _name in FORMATS], required=False)
    branch = AskedWhole(required=False, min_value=1)
    location = serializers.CharField(required=False, max_length=80)
    from_ = AskedWhole(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    to = AskedWhole(required=False, min_value=FIRST_YEAR, max_value=LAST_YEAR)
    available = serializers.ChoiceField(["0", "1"], required=False)
    cursor = serializers.CharField(required=False, max_length=500)

    def get_fields(self) -> dict[str, Any]:
        """``from`` is a word of the language."""
        return {name.rstrip("_"): field for name, field in super().get_fields().items()}


class Catalogue(Resource):
    permission = PUBLIC
    scope = {"GET": READ}

    @operation(
        "search_catalogue", "Search the catalogue", gives=CatalogueShown, asks=CatalogueAsked, problems=("bad_cursor",)
    )
    def get(self, request: Request) -> dict[str, Any]:
        form = SearchForm(_data(request.GET, self.asked.get("cursor")))
        results = results_of(form) if form.is_valid() else None
        if results is None:
            raise Problem("invalid", errors=_errors(form))
        return self._shown_of(form, results)

    def _shown_of(self, form: SearchForm, results: Results) -> dict[str, Any]:
        here, other = reverse("api:catalogue"), results.did_you_mean
        facets = [
            {
                "name": group.name, "heading": group.heading,
                "values": [
                    {
                        "name": value.name, "count": value.count, "is_exact": not value.about,
                        "search": here + value.address if value.address else None,
                    }
                    for value in group.values
                ],
            }
            for group in facets_beside(form, results).groups
        ]  # fmt: skip
        return {
            "count": results.count, "is_exact": results.is_exact, "results": results.books, "facets": facets,
            "how": results.how, "taken_as": results.taken_as,
            "did_you_mean": {"text": other["text"], "search": here + other["address"]} if other else None,
            "next": self._page_at(results.number + 1, results.found.after) if results.next else None,
            "previous": self._page_at(results.number - 1, "") if results.previous else None,
        }  # fmt: skip

    def _page_at(self, number: int, after: str) -> str | None:
        return link(self.request, signing.dumps([number, after], salt=SALT))


def _data(parameters: QueryDict, cursor: str | None) -> QueryDict:
    """What the form of the page would be sent."""
    data = parameters.copy()
    if cursor is not None:
        try:
            number, after = signing.loads(cursor, salt=SALT)
        except signing.BadSignature as error:
            raise Problem("bad_cursor") from error
        data["page"], data["after"] = str(number), after
    return data


def _errors(form: SearchForm) -> dict[str, list[str]]:
    named = {NON_FIELD_ERRORS: ""} | PARAMETERS
    return {named.get(name, name): [str(each) for each in texts] for name, texts in form.errors.items()}
