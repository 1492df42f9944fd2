"""The site in German: every text of the code is translated, and no page says anything in English."""

import re
from collections.abc import Callable
from datetime import date

import pytest
from babel.messages.catalog import Catalog, Message
from django.conf import settings
from django.test import Client

from accounts.models import Branch, LibrarySettings, Member, MemberCategory, User
from accounts.tests.second_factors import code_of, give_app, give_recovery_codes
from catalog.models import CopyType
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan, make_overdue_loan
from library_site.tests.conftest import Window
from library_site.tests.library_in_use import PASSWORD, make_library_in_use
from library_site.tests.texts import catalogue, forms_of, key_of, texts_of, texts_of_the_code

TRANSLATED_INTO = [code for code, _name in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}|%[sd]")
ENGLISH = {
    "a", "add", "again", "all", "amount", "and", "anyway", "are", "as", "at", "author", "available", "back", "barcode",
    "book", "books", "borrow", "borrowed", "borrowing", "by", "cancel", "card", "category", "change", "choose",
    "closed", "copies", "copy", "currency", "date", "day", "days", "delete", "desk", "done", "due", "edit", "empty",
    "every", "fine", "fines", "first", "for", "from", "go", "has", "here", "history", "hours", "if", "is", "issue",
    "issued", "it", "language", "last", "late", "library", "lines", "loan", "loans", "location", "look", "mail", "may",
    "member", "members", "money", "more", "my", "new", "next", "no", "none", "not", "nothing", "number", "of", "on",
    "one", "only", "open", "opening", "or", "overdue", "page", "password", "phone", "please", "price", "profile",
    "publisher", "record", "renew", "renewed", "return", "returned", "save", "search", "settings", "sign", "since",
    "stock", "the", "this", "time", "to", "today", "total", "type", "until", "waiting", "what", "with", "withdrawn",
    "year", "yet", "you", "your", "zone",
}  # fmt: skip
NAMES = re.compile(
    r"Open Library|^[A-Z]{3} – |[A-Z][\w-]+(/[A-Z][\w+-]+)+|Barcodes?|Code"
)  # of others, of time zones, and loan words


def texts_in(messages: Catalog) -> list[Message]:
    return [message for message in messages if message.id]


@pytest.mark.parametrize("language", TRANSLATED_INTO)
def test_catalogue_holds_exactly_the_texts_of_the_code(language: str) -> None:
    """If this fails: `make messages`, then translate what is new in locale/<language>/LC_MESSAGES/django.po."""
    held = {key_of(message) for message in texts_in(catalogue(language))}
    wanted = texts_of_the_code()
    assert {"new": sorted(wanted - held), "left over": sorted(held - wanted)} == {"new": [], "left over": []}


@pytest.mark.parametrize("language", TRANSLATED_INTO)
def test_every_text_is_translated_and_none_is_a_guess(language: str) -> None:
    messages = texts_in(catalogue(language))
    assert [message.id for message in messages if not all(text for _id, text in forms_of(message))] == []
    assert [message.id for message in messages if message.fuzzy] == []


@pytest.mark.parametrize("language", TRANSLATED_INTO)
def test_compiled_catalogue_says_what_the_written_one_says(language: str) -> None:
    """If this fails: `make messages` compiles it."""
    written, compiled = (
        {key_of(message): forms_of(message) for message in texts_in(catalogue(language, ending))}
        for ending in ("po", "mo")
    )
    assert compiled == written


@pytest.mark.parametrize("language", TRANSLATED_INTO)
def test_placeholders_are_kept(language: str) -> None:
    lost = [
        (english, text)
        for message in texts_in(catalogue(language))
        for english, text in forms_of(message)
        if sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(text))
    ]
    assert lost == []


@pytest.mark.parametrize("language", TRANSLATED_INTO)
def test_ends_like_the_english_text(language: str) -> None:
    """A sentence stays a sentence and a label a label: the same mark at the end, the same blanks around."""
    differing = [
        (english, text)
        for message in texts_in(catalogue(language))
        for english, text in forms_of(message)
        if ending_of(english) != ending_of(text)
    ]
    assert differing == []


def ending_of(text: str) -> tuple[str, bool]:
    return "".join(mark for mark in text.rstrip("“”)")[-1:] if mark in ".:?!"), text == text.strip()


@pytest.fixture
def german_library(librarian: User) -> Member:
    """A library whose own words are German, so that every English word on a page is one of ours."""
    LibrarySettings.objects.update(name="Dorfbibliothek", language="de", currency="EUR")
    Branch.objects.update(name="Hauptstelle")
    MemberCategory.objects.update(name="Erwachsene")
    User.objects.filter(pk=librarian.pk).update(name="Lena Leser")
    member = register(librarian)
    book = BookFactory(title="Der Zauberberg", publisher="Fischer", language="ger")
    make_loan(CopyFactory(book=book, barcode="E1"), member)
    make_overdue_loan(CopyFactory(book=book, barcode="E2"), member)
    CopyType.objects.update(name="Buch")
    charge_member(member, amount_minor=1_050, reason="Verlorener Ausweis", by=librarian)
    return member


def register(librarian: User) -> Member:
    reader = User.objects.create_user("M000001X", password="ein ganzer Satz", name="Mia Muster")
    return Member.objects.create(
        name="Mia Muster", card_number="M000001X", user=reader, joined_on=date(2020, 1, 1),
        category=MemberCategory.objects.order_by("pk")[0],
    )  # fmt: skip


def english_in(html: str) -> list[str]:
    """The pieces of a page that hold an English word."""
    return [
        piece
        for piece in texts_of(html)
        if ENGLISH & set(re.findall(r"[a-zäöüß]+(?:-[a-z]+)*", NAMES.sub("", piece).lower()))
    ]


PUBLIC = ["/", "/search/?q=zauber", "/search/?q=nichts", "/accounts/login/", "/accounts/signup/",
          "/accounts/password/reset/", "/accounts/password/reset/done/", "/gibt-es-nicht/"]  # fmt: skip
MINE = ["/me/", "/me/?show=overdue", "/me/?show=returned", "/me/fines/", "/me/profile/", "/accounts/password/change/",
        "/me/record/", "/me/sessions/", "/me/tokens/"]  # fmt: skip
DESK = ["/desk/", "/desk/issue/", "/desk/return/", "/desk/renew/", "/desk/loans/", "/desk/loans/?show=overdue",
        "/desk/books/", "/desk/books/?q=nichts", "/desk/books/add/", "/desk/members/", "/desk/members/?q=niemand",
        "/desk/members/add/", "/desk/import/", "/desk/export/", "/desk/scan/", "/desk/books/duplicates/",
        "/desk/books/merge/", "/desk/copies/change/"]  # fmt: skip
ADMINS = ["/desk/settings/", "/desk/staff/", "/desk/audit/", "/desk/backups/", "/desk/webhooks/", "/desk/webhooks/add/"]
SECOND_FACTOR = "/accounts/second-factor/"
WITHOUT_ONE = ["", "app/", "passkeys/", "passkeys/add/"]
WITH_ONE = ["", "app/remove/", "confirm/", "recovery-codes/", "recovery-codes/new/"]


def leftovers(client: Client, paths: list[str]) -> dict[str, list[str]]:
    found = {}
    for path in paths:
        html = client.get(path).content.decode()
        assert '<html lang="de">' in html, path
        found[path] = english_in(html)
    return {path: pieces for path, pieces in found.items() if pieces}


def test_public_pages_in_german_say_nothing_in_english(german_library: Member, client: Client) -> None:
    assert leftovers(client, PUBLIC) == {}


def test_pages_of_a_member_in_german_say_nothing_in_english(german_library: Member, client: Client) -> None:
    client.force_login(german_library.user)
    assert leftovers(client, MINE) == {}


def test_pages_of_the_desk_in_german_say_nothing_in_english(german_library: Member, desk: Client) -> None:
    member = f"/desk/members/{german_library.pk}/"
    of_the_member = [member, f"{member}edit/", f"{member}pay/", f"{member}waive/", f"{member}charge/",
                     f"/desk/issue/?member={german_library.pk}"]  # fmt: skip
    assert leftovers(desk, DESK + of_the_member) == {}


def test_pages_of_an_admin_in_german_say_nothing_in_english(
    german_library: Member, admin_user: User, librarian: User, admin_desk: Client
) -> None:
    User.objects.filter(pk=admin_user.pk).update(name="Ada Amsel")
    give_app(librarian)
    assert leftovers(admin_desk, [*ADMINS, f"/desk/staff/{librarian.pk}/second-factor/"]) == {}


def test_pages_of_the_second_factor_in_german_say_nothing_in_english(
    german_library: Member, librarian: User, desk: Client
) -> None:
    assert leftovers(desk, [f"{SECOND_FACTOR}{page}" for page in WITHOUT_ONE]) == {}
    secret = give_app(librarian)
    give_recovery_codes(librarian)
    desk.post(f"{SECOND_FACTOR}confirm/", {"code": code_of(secret)})
    assert leftovers(desk, [f"{SECOND_FACTOR}{page}" for page in WITH_ONE]) == {}


def test_english_is_found(german_library: Member, client: Client) -> None:
    """The test above would see it: the same page in English is full of it."""
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert english_in(client.get("/accounts/login/").content.decode()) != []


CUT_OFF = """() => [...document.querySelectorAll(".rail a, .door, .badge, .button, .tile .label, .stack td")]
    .filter(each => each.clientWidth && each.scrollWidth > each.clientWidth + 1).map(each => each.textContent.trim())"""


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.django_db(transaction=True)
def test_long_german_words_fit_a_telephone(open_window: Callable[..., Window]) -> None:
    library = make_library_in_use()
    LibrarySettings.objects.update(language="de")
    window = open_window(viewport={"width": 360, "height": 740})
    window.sign_in("admin", PASSWORD, words=("E-Mail oder Ausweisnummer", "Passwort", "Anmelden"))
    member = f"/desk/members/{library.member.pk}/"
    wrong = {}
    for path in ("/desk/", "/desk/loans/", "/desk/settings/", member, f"/books/{library.books[2].pk}/"):
        page = window.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        wrong[path] = page.evaluate(CUT_OFF)
    assert {path: cut for path, cut in wrong.items() if cut} == {}
