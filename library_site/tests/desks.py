"""A desk at a site that is really run: a librarian's browser that speaks HTTP, with a library to work on."""

import re
from typing import Any

import requests

from library_site.tests.running import Running

PASSWORD = "a sentence nobody guesses"
SEED = f"""
from django.contrib.auth.models import Group
from accounts.models import User, MemberCategory
from accounts.services.members import register_member
from catalog.drafts import BookDraft
from catalog.services.books import add_book
user = User.objects.create_user("desk", password="{PASSWORD}")
user.groups.add(Group.objects.get(name="Librarian"))
for n in range(%(books)d):
    add_book(BookDraft(title=f"Book {{n}}"), stock=1, by=user)
for n in range(%(members)d):
    register_member(name=f"Member {{n}}", category=MemberCategory.objects.get(code="ADULT"), by=user)
"""
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
FORM_KEY = re.compile(r'name="key" value="(\w+)"')
BARCODE = "from catalog.models import Copy; print(*Copy.objects.order_by('pk').values_list('barcode', flat=True))"


def furnish(running: Running, *, books: int, members: int) -> list[str]:
    """Give the site a librarian, so many books of one copy and so many members (1, 2, ...); the barcodes."""
    running.manage("shell", "-v", "0", program=SEED % {"books": books, "members": members})
    return running.manage("shell", "-v", "0", "-c", BARCODE).split()


class Desk:
    """A browser in which the librarian is signed in; ``colleague()`` is another one."""

    def __init__(self, running: Running, cookies: dict[str, str] | None = None) -> None:
        self.running, self.browser = running, requests.Session()
        self.browser.cookies.update(cookies or {})
        self.browser.headers["Connection"] = "close"  # a kept one may be closed just when it is used again

    @classmethod
    def signed_in(cls, running: Running) -> "Desk":
        desk = cls(running)
        assert desk.send("/accounts/login/", {"login": "desk", "password": PASSWORD}).status_code == 302
        return desk

    def colleague(self) -> "Desk":
        return Desk(self.running, self.browser.cookies.get_dict())

    def look(self, path: str) -> requests.Response:
        return self.browser.get(self.running.address + path, timeout=60)

    def form(self, path: str) -> dict[str, str]:
        """The hidden fields of the page at ``path``: token and key."""
        page = self.look(path)
        token, key = TOKEN.search(page.text), FORM_KEY.search(page.text)
        assert token is not None, page.text
        return {"csrfmiddlewaretoken": token[1], "key": key[1] if key else ""}

    def post(self, path: str, values: dict[str, Any]) -> requests.Response:
        return self.browser.post(self.running.address + path, data=values, timeout=60, allow_redirects=False)

    def send(self, path: str, values: dict[str, Any]) -> requests.Response:
        """Open the page at ``path`` and send its form with these values."""
        return self.post(path, self.form(path) | values)
