"""The first look at a table, and what a person said before about such a one."""

from datetime import UTC, datetime

import pytest

from accounts.models import Action, LibrarySettings
from catalog.models import ColumnMapping
from catalog.services.mappings import remember_mapping
from catalog.tables.books import BOOKS
from catalog.tables.looking import facts_of, look_at
from catalog.tests.tables.tables import as_stream

TABLE = "Werk;Von wem;Titel\nEmma;Austen, Jane;Dr.\n"
NAMES = ("Werk", "Von wem", "Titel")
CORRECTED = {"Werk": "title", "Von wem": "authors", "Titel": ""}


@pytest.mark.django_db
def test_look_at_guesses_until_a_person_has_said_what_the_columns_are():
    found = look_at(as_stream(TABLE), [BOOKS])
    assert (found.columns, found.is_remembered) == ({"Werk": "", "Von wem": "", "Titel": "title"}, False)
    remember_mapping(NAMES, CORRECTED, what="book", by=None)
    again = look_at(as_stream(TABLE.replace("Werk", " WERK:")), [BOOKS])
    assert (again.columns, again.is_remembered) == ({"WERK:": "title", "Von wem": "authors", "Titel": ""}, True)


@pytest.mark.django_db
def test_remember_mapping_keeps_the_last_word_and_records_it():
    first = remember_mapping(NAMES, {"Werk": "title"}, what="book", by=None)
    remember_mapping(NAMES, CORRECTED, what="book", by=None)
    remember_mapping(NAMES, CORRECTED, what="book", by=None)
    assert list(ColumnMapping.objects.values_list("pk", "fields")) == [(first.pk, ["title", "authors", ""])]
    actions = Action.objects.filter(verb="remember_mapping").order_by("pk")
    assert [(each.before, each.after) for each in actions] == [
        ({"fields": []}, {"fields": ["title", "", ""]}),
        ({"fields": ["title", "", ""]}, {"fields": ["title", "authors", ""]}),
    ]


@pytest.mark.django_db
def test_wrong_rows_that_come_back_with_a_column_of_reasons_need_no_asking():
    remember_mapping(NAMES, CORRECTED, what="book", by=None)
    found = look_at(as_stream(TABLE.replace("Titel\n", "Titel;Reason\n").replace("Dr.\n", "Dr.;why\n")), [BOOKS])
    assert (found.columns, found.is_remembered) == (CORRECTED | {"Reason": ""}, True)


@pytest.mark.django_db
def test_a_remembered_field_that_there_is_no_more_is_none():
    mapping = remember_mapping(NAMES, CORRECTED | {"Titel": "gone"}, what="book", by=None)
    assert mapping.fields[2] == "gone"
    assert look_at(as_stream(TABLE), [BOOKS]).columns["Titel"] == ""


@pytest.mark.django_db
def test_look_at_says_what_a_table_lacks_and_whose_export_it_is():
    assert [column.field for column in look_at(as_stream("Author;Year\nJane;1815\n"), [BOOKS]).lacks] == ["title"]
    assert look_at(as_stream("Title,Book Id,Author l-f,Exclusive Shelf,Bookshelves\n"), [BOOKS]).system == "Goodreads"


@pytest.mark.parametrize(
    ("language", "currency", "day_first"), [("de", "EUR", True), ("en", "EUR", True), ("en", "USD", False)]
)
def test_facts_of_a_library_say_which_comes_first_day_or_month(language, currency, day_first):
    library = LibrarySettings(language=language, currency=currency, time_zone="Pacific/Auckland")
    facts = facts_of(library, datetime(2026, 8, 31, 23, 0, tzinfo=UTC))
    assert (facts.day_first, facts.currency, facts.today.isoformat()) == (day_first, currency, "2026-09-01")
