"""A database that is locked, full or away: what can be read is read, nothing is half saved, and people are told."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import psycopg
import pytest
from django.apps import apps
from django.db import OperationalError, connection
from django.test import Client

from accounts.models import Action, Member, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import LedgerEntry, Loan
from circulation.tests.factories import make_loan
from library_site.tests.addresses import make_addresses
from library_site.tests.audiences import ADMINS, ANYBODY_SIGNED_IN, ASKS_ANOTHER_COMPUTER, AUDIENCE, MEMBERS, POST_ONLY

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOTES_A_SECRET = {"mfa_activate_totp", "mfa_add_webauthn"}  # in the session, so that the form can be checked by it
LEFT_OUT = POST_ONLY | ASKS_ANOTHER_COMPUTER | NOTES_A_SECRET | {"library_site:ready"}
PAGES = [name for name in AUDIENCE if name not in LEFT_OUT]
ON_SQLITE = pytest.mark.skipif(connection.vendor != "sqlite", reason="a full disk is played by SQLite's own limit")


@pytest.fixture(autouse=True)
def _set_up(transactional_db: None) -> None:
    """What other connections hold is really held."""


@contextmanager
def locked() -> Iterator[None]:
    """Another process holds the lock of the database while it writes; we wait a fifth of a second for it."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 200" if is_sqlite else "SET lock_timeout = '200ms'")
    with closing(_opened_once_more()) as other:
        tables = ", ".join([model._meta.db_table for model in apps.get_models(include_auto_created=True)])
        other.execute("BEGIN IMMEDIATE" if is_sqlite else f"LOCK TABLE {tables}, openshelf_cache IN EXCLUSIVE MODE")
        try:
            yield
        finally:
            other.rollback()
            connection.close()  # the next one waits as long as usual


def _opened_once_more() -> Any:
    """A connection to the database of the tests that is not Django's."""
    if connection.vendor == "sqlite":
        return sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    known = connection.get_connection_params()
    return psycopg.connect(**{name: known.get(name) for name in ("host", "port", "user", "password", "dbname")})


def test_every_page_opens_while_somebody_else_writes(
    librarian: User, desk: Client, admin_desk: Client, mine: Client
) -> None:  # fmt: skip
    """No transaction is opened to read: on SQLite it would wait for the lock."""
    browsers = {ADMINS: admin_desk, MEMBERS: mine, ANYBODY_SIGNED_IN: mine}
    address = make_addresses(librarian)
    urls = {name: address(name) for name in PAGES}
    browser = {name: browsers.get(AUDIENCE[name], desk) for name in PAGES}
    free = {name: browser[name].get(urls[name]).status_code for name in PAGES}
    with locked():
        assert {name: browser[name].get(urls[name]).status_code for name in PAGES} == free
    assert {name for name, status in free.items() if status >= 500} == set()


def test_page_that_has_to_note_something_says_to_wait_while_somebody_else_writes(desk: Client) -> None:
    with locked():
        page = desk.get("/accounts/second-factor/app/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")


def test_what_cannot_be_written_is_said_and_saves_nothing_and_can_be_sent_again(desk: Client) -> None:
    member, copy, lent = MemberFactory(), CopyFactory(barcode="C1"), make_loan()
    forms = {
        "/desk/issue/": {"member": member.pk, "scan": copy.barcode, "key": "issue-form"},
        "/desk/return/": {"scan": lent.copy.barcode, "key": "return-form"},
        "/desk/renew/": {"scan": lent.copy.barcode, "key": "renewal-form"},
        f"/desk/members/{member.pk}/charge/": {"amount_minor": "2", "reason": "stain", "key": "charge-form"},
        "/desk/members/add/": {"name": "Mia", "category": member.category_id, "key": "member-form"},
        "/desk/books/add/": {"title": "Emma", "stock": "1", "copy_type": copy.copy_type_id, "key": "book-form"},
    }
    before = Action.objects.count()
    with locked():
        answers = [desk.post(url, form) for url, form in forms.items()]
    assert [(page.status_code, page.headers["Retry-After"]) for page in answers] == [(503, "5")] * len(forms)
    assert all("Nothing was saved" in page.content.decode() for page in answers)
    assert (Action.objects.count(), Loan.objects.count(), LedgerEntry.objects.count()) == (before, 1, 0)
    forms["/desk/renew/"]["scan"] = copy.barcode
    assert [desk.post(url, form).status_code for url, form in forms.items()] == [302] * len(forms)


def test_signing_in_while_somebody_else_writes_says_to_wait(librarian: User) -> None:
    librarian.set_password("a sentence nobody guesses")
    librarian.save()
    form = {"login": "librarian", "password": "a sentence nobody guesses"}
    with locked():
        page = Client().post("/accounts/login/", form)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert Client().post("/accounts/login/", form).status_code == 302


@ON_SQLITE
def test_full_disk_is_said_and_what_is_there_can_be_read_and_written_again_when_there_is_room(desk: Client) -> None:
    form = {"name": "Mia", "category": MemberFactory().category_id, "note": "x" * 2_000}
    with connection.cursor() as cursor:
        [pages] = cursor.execute("PRAGMA page_count").fetchone()
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        answers = [desk.post("/desk/members/add/", form).status_code for _each in range(30)]
        reads = [desk.get(url).status_code for url in ("/", "/desk/", "/desk/members/", "/search/?q=x")]
        assert (set(answers), answers[-1], reads) == ({302, 503}, 503, [200] * 4)
        assert Member.objects.count() - 1 == answers.count(302) == Action.objects.count()
        cursor.execute("PRAGMA max_page_count = 1073741823")
    assert desk.post("/desk/members/add/", form).status_code == 302


@pytest.mark.parametrize("url", ["/", "/desk/", "/search/?q=x", "/accounts/login/"])
def test_database_that_is_away_is_said_on_every_page(url: str, desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_args: Any, **_kwargs: Any) -> None:
        raise OperationalError("the connection was refused")

    desk.raise_request_exception = False
    monkeypatch.setattr(connection, "cursor", away)
    page = desk.get(url)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "is busy" in page.content.decode()
