"""The admin site's list of books: found by the names of their languages."""

import pytest
from django.test import Client

from catalog.tests.factories import BookFactory

pytestmark = pytest.mark.django_db
LIST = "/admin/catalog/book/"


def test_books_are_filtered_by_the_names_of_their_languages_and_by_none(admin_desk: Client) -> None:
    for title, code in [("Momo", "ger"), ("Matilda", "eng"), ("Nameless", "")]:
        BookFactory(title=title, language=code)

    [languages] = [each for each in admin_desk.get(LIST).context["cl"].filter_specs if each.title == "language"]
    assert languages.lookup_choices == [("eng", "English"), ("ger", "German"), ("none", "unknown")]
    for choice, title in [("ger", "Momo"), ("none", "Nameless")]:
        rows = admin_desk.get(LIST, {"language": choice}).context["cl"].result_list
        assert [book.title for book in rows] == [title]
