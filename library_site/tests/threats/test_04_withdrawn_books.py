"""A book that readers may not see leaks somewhere else: where every copy was withdrawn, no open address names it.

The same addresses are asked before and after, so that each is known to name it as long as it may. What each place does
with withdrawn books besides: the tests beside it (test_search, test_robots, test_lists, test_book_page, test_facets).
"""

import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.tests.api.programs import Program
from catalog.drafts import BookDraft, DraftContributor
from catalog.models import AlsoBorrowed, Author, Book, Copy, MostBorrowed, SourceRecord, Subject
from catalog.normalize.names import name_key
from catalog.services.books import add_book
from catalog.services.covers import upload_cover
from catalog.tests.services.pictures import picture
from circulation.models import Hold
from circulation.services.copies import mark_copy
from library_site.tests.audiences import AUDIENCE, PUBLIC
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 5, 5, tzinfo=UTC)
TITLE, AUTHOR, ISBN, SHELF = "Quokkas of Rottnest", "Quentin Quill", "9780192802385", "599.2 QUO"
BREAKS = [
    Break(path, old, new)
    for path, old, new in [
        ("catalog/queries.py", "Book.objects.filter(~Exists(withdrawn) | Exists(standing))", "Book.objects.all()"),
        ("catalog/search/documents.py", "is_hidden = bool(book.copies) and not standing", "is_hidden = False"),
        ("catalog/views/covers.py", "if not is_public and not request.user.has_perm(MANAGE_BOOKS):", "if False:"),
        ("circulation/views/my_holds.py", "get_object_or_404(public_books(), pk=pk)", "get_object_or_404(Book, pk=pk)"),
        ("circulation/api/mine.py", "Row(public_books())", "Row(Hold.book.field.related_model.objects.all())"),
        (
            "catalog/discovery/neighbours.py",
            'public_books().select_related("cover")',
            'Book.objects.select_related("cover")',
        ),
        ("catalog/discovery/sitemap.py", "public_books().filter(pk__gt", "Book.objects.filter(pk__gt"),
    ]
]
ASKED = [
    "q=quokkas",
    "q=quok",
    f"q={ISBN}",
    "q=quill&field=author",
    "sort=title",
    "sort=newest",
    "q=quokas",
    "q=rottnest",
]


@pytest.fixture
def quokkas(librarian: User) -> Book:
    """A book that stands beside another one wherever books stand beside each other."""
    Author.objects.create(pk=4_000, name=AUTHOR, sort_name="Quill, Quentin", match_key=name_key(AUTHOR))
    Subject.objects.create(pk=4_000, name="Marsupials", match_key="marsupials")
    author = (DraftContributor(AUTHOR),)
    draft = BookDraft(title=TITLE, contributors=author, isbns=(ISBN,), subjects=("Marsupials",), call_number=SHELF)
    book = add_book(draft, stock=1, by=librarian, call_number=SHELF)
    other = add_book(BookDraft(title="Wombats"), stock=1, by=librarian, call_number="599.2 WOM")
    for n, each in enumerate((book, other)):
        SourceRecord.objects.create(book=each, source="openlibrary", key=f"OL{n}M", work_key="OL1W", fetched_at=NOW)
        MostBorrowed.objects.create(place=n + 1, book=each)
    AlsoBorrowed.objects.create(book=other, other=book, readers=9)
    upload_cover(book, data=picture(), by=None)
    return book


def open_addresses(book: Book) -> list[str]:
    """Every open address with what leads to the book, those of the API too."""
    keys: dict[str, Any] = {"pk": book.pk, "isbn": ISBN, "page": 1, "style": "apa"}
    keys_of = {"author": 4_000, "subject": 4_000}
    found = []
    for name in (name for name, audience in AUDIENCE.items() if audience == PUBLIC and name.startswith(("cat", "lib"))):
        for wanted in (["pk"], ["isbn"], ["page"], ["pk", "style"], []):
            try:
                found.append(reverse(name, kwargs={key: keys[key] for key in wanted} | _own(name, keys_of)))
                break
            except Exception:  # noqa: S112 - it wants something else
                continue
    other = Book.objects.exclude(pk=book.pk).get()
    found += [f"/books/{other.pk}/", *(f"/search/?{query}" for query in ASKED)]
    found += [f"/search/suggest?q={q}&format={f}" for q in ("quok", "quill", "marsup") for f in ("", "opensearch")]
    asked = ("books", f"books?isbn={ISBN}", f"books/{book.pk}", "catalogue/search?q=quokkas")
    return found + [f"/api/v1/{each}" for each in asked]


def _own(name: str, keys_of: dict[str, int]) -> dict[str, int]:
    key = keys_of.get(name.removeprefix("catalog:"))
    return {"pk": key} if key else {}


def names_it(browser: Client, path: str, book: Book) -> bool:
    answer = browser.get(path)
    if answer.headers.get("Content-Type") == "image/jpeg":
        return bool(answer.getvalue())
    words = rf"Quokkas|Quill|Marsupials|/books/{book.pk}[/.\"]"
    return bool(re.search(words, answer.getvalue().decode() + answer.headers.get("Location", "")))


def test_book_that_was_withdrawn_is_named_by_no_open_address(
    quokkas: Book, client: Client, mine: Client, member_user: User
) -> None:
    paths = open_addresses(quokkas)
    before = [path for path in paths if names_it(client, path, quokkas)]
    mark_copy(Copy.objects.get(book=quokkas), state="withdrawn", by=None)
    found = [path for path in paths if names_it(client, path, quokkas) or names_it(mine, path, quokkas)]
    program = Program(member_user)
    found += [path for path in paths if path.startswith("/api/") and b"Quokkas" in program.ask("GET", path).content]
    assert (len(before) > 25, sorted(found)) == (True, NAME_THEMSELVES)


NAME_THEMSELVES = ["/authors/4000/", "/subjects/4000/"]  # and no book


def test_nobody_waits_for_a_book_that_was_withdrawn(quokkas: Book, mine: Client, member_user: User) -> None:
    Copy.objects.filter(book=quokkas).update(withdrawn_on=date(2026, 3, 1))
    place = f"/books/{quokkas.pk}/hold/"
    answer = Program(member_user).ask("POST", "me/holds", {"book": quokkas.pk})
    assert [mine.get(place).status_code, mine.post(place).status_code, answer.status_code] == [404, 404, 400]
    assert Hold.objects.count() == 0
