"""The demo library: loads into an empty library, is sound, and goes without a trace."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from stdnum import isbn

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Member, User
from accounts.tests.factories import MemberFactory
from catalog.models import Author, Book, Copy, Subject
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import LedgerEntry, Loan
from circulation.tests.factories import make_loan
from library_site.demo import loading, years
from library_site.demo.loading import load_demo, remove_demo
from library_site.demo.shelves import DATA
from library_site.demo.signing_in import new_password, sign_ins_that_work

BOOKS = json.loads((DATA / "books.json").read_text(encoding="utf-8"))
PEOPLE = json.loads((DATA / "people.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def short_demo(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole demo but for the length of its history: a third of a year is played."""
    monkeypatch.setattr(loading, "YEARS", 0.3)
    load_demo(NOW)


def test_demo_is_as_large_as_a_small_library() -> None:
    assert (len(BOOKS), sum(book["copies"] for book in BOOKS), len(PEOPLE["members"])) == (212, 303, 40)


def test_demo_isbns_are_right_and_there_once() -> None:
    numbers = [book["isbn13"] for book in BOOKS if book["isbn13"]]
    assert [number for number in numbers if not isbn.is_valid(number)] == []
    assert len(set(numbers)) == len(numbers)


def test_demo_plays_two_years_unless_told_otherwise() -> None:
    assert years.YEARS == 2


def test_load_demo_fills_the_library_and_it_is_sound(short_demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert (Book.objects.count(), Copy.objects.count(), Member.objects.count()) == (212, 303, 40)
    assert Loan.objects.closed().count() > 50
    assert Loan.objects.overdue(NOW).count() > 0
    assert Loan.objects.filter(issued_at__gt=NOW).count() == 0
    call_command("check_invariants")
    assert capsys.readouterr().out.strip() == "The library is sound."


def test_load_demo_is_refused_where_the_library_is_not_empty(db: None) -> None:
    BookFactory()
    with pytest.raises(Refused) as refusal:
        load_demo(NOW)
    assert refusal.value.code == "not_empty"


def test_demo_sign_ins_are_printed_as_long_as_they_serve(short_demo: None) -> None:
    assert [role for _name, _password, role in sign_ins_that_work()] == ["Admin", "Librarian", "Member"]
    librarian = User.objects.get(username="librarian")
    librarian.set_password("something of my own")
    librarian.save()
    assert [role for _name, _password, role in sign_ins_that_work()] == ["Admin", "Member"]


def test_passwords_differ_from_installation_to_installation() -> None:
    assert len({new_password() for _each in range(50)}) == 50


def test_remove_demo_leaves_nothing_of_it(short_demo: None) -> None:
    remove_demo()
    left = [model.objects.count() for model in (Book, Copy, Member, User, Loan, LedgerEntry, Author, Subject)]
    assert left == [0] * 8
    library = LibrarySettings.current()
    assert (library.demo, library.set_up_at, library.currency_fixed) == ({}, None, False)
    call_command("check_invariants")


def test_remove_demo_keeps_what_was_added_since(short_demo: None) -> None:
    own_copy, own_member = CopyFactory(), MemberFactory()
    own_loan = make_loan(own_copy, own_member)
    mixed = make_loan(Copy.objects.filter(loans=None).exclude(pk=own_copy.pk)[0], own_member)
    own_admin = User.objects.create_user("me", is_staff=True)
    remove_demo()
    assert list(Loan.objects.all()) == [own_loan]
    assert not Loan.objects.filter(pk=mixed.pk).exists()
    assert (list(Member.objects.all()), list(User.objects.all())) == ([own_member], [own_admin])
    assert LibrarySettings.current().set_up_at is not None
    call_command("check_invariants")


def test_demo_can_be_loaded_again_after_it_was_removed(short_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    remove_demo()
    load_demo(NOW)
    assert Book.objects.count() == 212


def test_remove_demo_says_when_there_is_none(db: None) -> None:
    with pytest.raises(CommandError, match=r"There is no demo library here\."):
        call_command("remove_demo")


def test_actions_of_the_demo_lie_in_the_past(short_demo: None) -> None:
    assert Action.objects.filter(at__gt=NOW, verb__in=["issue", "return", "renew"]).count() == 0
