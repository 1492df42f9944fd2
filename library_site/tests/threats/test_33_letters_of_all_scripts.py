"""33, unicode: the same letters are the same word however they are made up, any script is found, and a null is refused.

Folding and ranking: catalog/tests/search; texts of all kinds in every field: catalog/tests/views/test_bad_input.py.
"""

import unicodedata

import pytest
from django.test import Client

from accounts.models import User
from accounts.tests.factories import MemberFactory
from catalog.drafts import BookDraft
from catalog.models import Book
from catalog.services.books import add_book
from catalog.tests.views.test_results import titles
from library_site.tests.threats.breaking import Break

pytestmark = pytest.mark.django_db
BREAKS = [
    Break("catalog/normalize/text.py", "for c in unicodedata.normalize(\"NFKD\", spread) if not _is_accent(c))",
          "for c in spread)"),
    Break("catalog/search/words.py", 'UNSPACED = re.compile("[', 'UNSPACED = re.compile("(?!)['),
    Break("accounts/services/members.py", '        name=normalize("NFC", name),', "        name=name,"),
]  # fmt: skip


def nfd(text: str) -> str:
    return unicodedata.normalize("NFD", text)


WORDS = [
    ("Café Müller", nfd("café müller")), (nfd("Résumé"), "résumé"), ("İstanbul Hatırası", "istanbul"),
    ("Işık", "ışık"), ("Die große Straße", "grosse strasse"), ("Die GROSSE STRASSE", "große straße"),
    ("紅樓夢", "樓夢"), ("吾輩は猫である", "猫"), ("สี่แผ่นดิน", "แผ่นดิน"), ("ألف ليلة وليلة", "ليلة"), ("שירים", "שירים"),
    ("Война и мир", "ВОЙНА"), ("Ελλάς", "ΕΛΛΑΣ"), ("गोदान", "गोदान"), ("The 🦊 Book", "🦊 book"),
    ("Family 👨\u200d👩\u200d👧 Stories", "family stories"), ("𝒜lgebra 𐐷 Four", "algebra four"),
    ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),
]  # fmt: skip


@pytest.mark.parametrize(("title", "typed"), WORDS)
def test_title_in_any_script_is_found_by_its_words(title: str, typed: str, client: Client, librarian: User) -> None:
    add_book(BookDraft(title=title), stock=1, by=librarian)
    found = titles(client.get("/search/", {"q": typed}))
    assert found == [Book.objects.get().title]


def test_what_people_typed_is_kept_composed_and_shown_as_typed(desk: Client) -> None:
    desk.post("/desk/members/add/", {"name": nfd("Zoë 🦊 Çelik"), "category": MemberFactory().category_id})
    page = desk.get("/desk/members/", {"q": "zoë"}).content.decode()
    assert unicodedata.normalize("NFC", "Zoë 🦊 Çelik") in page


@pytest.mark.parametrize(
    ("address", "field"), [("/desk/members/add/", "name"), ("/desk/books/add/", "title"), ("/desk/issue/", "scan")]
)
def test_null_is_refused_with_a_sentence_and_nothing_is_saved(address: str, field: str, desk: Client) -> None:
    page = desk.post(address, {field: "a\x00b"})
    assert (page.status_code in (200, 409), "Null characters are not allowed." in page.content.decode()) == (True, True)
    assert (Book.objects.count(), page.wsgi_request.path) == (0, address)
