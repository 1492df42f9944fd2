"""A book of Open Library that is saved, and what the page shows of it."""

from typing import Any

from django.test import Client

from catalog.tests.views.pages import FOX, fields_of
from circulation.tests.views.pages import tree, words

IMPORT, SAVE, REVIEW = "/desk/import/", "/desk/import/save/", "/desk/import/review/OL7353617M/"


def hits(response: Any) -> list[str]:
    return [words(each) for each in tree(response).iterfind(".//ol[@class='hits sheet']/li")]


def save(desk: Client, q: str = FOX, *, button: str = "Add book and copy", **changes: Any) -> Any:
    """Look ``q`` up and press a button of the result."""
    return desk.post(SAVE, fields_of(desk.get(IMPORT, {"q": q}), button=button) | changes, follow=True)
