"""The demo library, once loaded, is sound, and goes without a trace: loaded once, for all these tests."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.exceptions import Refused
from accounts.models import Action, Card, LibrarySettings, Member, Message, User
from accounts.permissions import ADMIN, LIBRARIAN
from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from catalog.models import Author, Book, Copy, SearchDocument, SearchWord, Subject
from catalog.services.copies import add_copies
from catalog.tests.factories import CopyFactory
from circulation.models import Hold, LedgerEntry, Loan, Notice, OnSiteUse
from circulation.queries.hold_lists import pull_list
from circulation.services.daily import run_daily
from circulation.services.ledger import take_payment
from circulation.services.loans import issue_copy, return_copy
from circulation.tests.factories import make_hold, make_loan, make_ready_hold
from library_site.demo import loading
from library_site.demo.loading import load_demo
from library_site.demo.removing import remove_demo
from library_site.demo.signing_in import make_member_sign_in, sign_ins_that_work

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
pytestmark = [pytest.mark.django_db, pytest.mark.xdist_group("demo")]


@pytest.fixture(scope="module")
def short_demo(shared_rows: DjangoDbBlocker) -> None:
    """The whole demo but for the length of its history: a third of a year is played."""
    with shared_rows.unblock(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(loading, "YEARS", 0.3)
        load_demo(NOW)


def test_load_demo_fills_the_library_and_it_is_sound(short_demo: None, capsys: pytest.CaptureFixture[str]) -> None:
    assert (Book.objects.count(), Copy.objects.count(), Member.objects.count()) == (212, 303, 40)
    assert Loan.objects.exclude(closed_at=None).count() > 50
    assert Loan.objects.overdue(NOW).count() > 0
    assert Loan.objects.filter(issued_at__gt=NOW).count() == 0
    call_command("check_invariants")
    assert capsys.readouterr().out.strip() == "The library is sound."


def test_demo_shows_a_hold_to_pick_up_and_others_that_wait(short_demo: None) -> None:
    reader = User.objects.get(username__startswith="M").member
    assert sorted(reader.holds.values_list("status", flat=True)) == ["ready", "waiting"]
    assert Hold.objects.filter(status="waiting").exclude(member=reader).count() == 6
    assert len(pull_list(timezone.localdate(NOW))) == 1


def test_demo_sign_ins_are_printed_as_long_as_they_serve(short_demo: None) -> None:
    assert [role for _name, _password, role in sign_ins_that_work()] == ["Admin", "Librarian", "Member"]
    librarian = User.objects.get(username="librarian")
    librarian.set_password("something of my own")
    librarian.save()
    assert [role for _name, _password, role in sign_ins_that_work()] == ["Admin", "Member"]


def test_remove_demo_leaves_nothing_of_it(short_demo: None) -> None:
    remove_demo()
    of_people = (Member, Card, User, Loan, LedgerEntry)
    of_books = (Book, Copy, Author, Subject, SearchDocument, SearchWord)
    assert [model.objects.count() for model in (*of_people, *of_books)] == [0] * 11
    library = LibrarySettings.current()
    assert (library.demo, library.set_up_at, library.currency_fixed) == ({"was_removed": True}, None, False)
    assert (library.name, library.address, library.contact_email, library.contact_phone) == ("Openshelf", "", "", "")
    assert not Action.objects.exclude(by=None).exists()
    call_command("check_invariants")


def test_remove_demo_keeps_what_was_added_since(short_demo: None) -> None:
    own_copy, own_member, own_admin = CopyFactory(), MemberFactory(), make_admin()
    own_loan = make_loan(own_copy, own_member)
    LibrarySettings.objects.filter(pk=1).update(name="Village Library")
    remove_demo()
    assert list(Loan.objects.all()) == [own_loan]
    assert (list(Member.objects.all()), list(User.objects.all())) == ([own_member], [own_admin])
    library = LibrarySettings.current()
    assert (library.name, library.address, library.set_up_at is None) == ("Village Library", "", False)
    call_command("check_invariants")


def test_remove_demo_keeps_the_book_to_which_a_copy_was_added_without_the_copies_of_the_demo(short_demo: None) -> None:
    book = Book.objects.get(title="Pride and Prejudice")
    (own,) = add_copies(book, count=1, by=User.objects.get(username="librarian"))
    remove_demo()
    assert (list(Book.objects.all()), list(Copy.objects.all())) == ([book], [own])
    assert list(Action.objects.filter(verb="add_copies").values_list("by", "target_id")) == [(None, book.pk)]
    call_command("check_invariants")


def test_remove_demo_never_touches_what_a_real_member_borrowed_and_paid(short_demo: None) -> None:
    copy, own_member, desk = Copy.objects.filter(loans=None)[0], MemberFactory(), make_admin()
    branch, weeks = copy.home_branch, timedelta(weeks=1)
    issue_copy(copy, member=own_member, branch=branch, by=desk, now=NOW - 20 * weeks)
    return_copy(copy, branch=branch, by=desk, now=NOW - 10 * weeks)
    take_payment(own_member, amount_minor=1, by=desk, now=NOW - 9 * weeks)
    before = list(LedgerEntry.objects.filter(member=own_member).values())
    assert len(before) == 2
    remove_demo()
    assert list(LedgerEntry.objects.values()) == before
    assert (list(Copy.objects.all()), Book.objects.get()) == ([copy], copy.book)
    assert Loan.objects.get().member == own_member
    call_command("check_invariants")


def test_remove_demo_ends_what_an_invented_member_did_with_a_real_copy(short_demo: None) -> None:
    own_copy = CopyFactory()
    make_loan(own_copy, Member.objects.all()[0])
    remove_demo()
    assert (list(Copy.objects.all()), Loan.objects.count()) == ([own_copy], 0)
    call_command("check_invariants")


def test_remove_demo_takes_the_holds_of_invented_members_and_keeps_what_real_ones_wait_for(short_demo: None) -> None:
    invented, real = Member.objects.filter(loans=None)[0], MemberFactory()
    copies = Copy.objects.filter(loans=None, copy_type__is_lendable=True)
    wanted, ready = copies[0], copies.exclude(book=copies[0].book)[0]
    make_hold(wanted.book, real)
    make_ready_hold(ready, invented)
    make_loan(ready, invented)
    make_hold(CopyFactory().book, invented)
    remove_demo()
    hold = Hold.objects.get()
    assert (hold.member, hold.book, wanted in Copy.objects.all()) == (real, wanted.book, True)
    assert not Copy.objects.filter(pk=ready.pk).exists()
    call_command("check_invariants")


def test_remove_demo_takes_what_invented_members_were_told_and_read_in_the_library(short_demo: None) -> None:
    """Also what is read by nobody in particular; a copy that a real member read here stays."""
    run_daily(timezone.now() + timedelta(days=30))
    reader, real = Member.objects.order_by("pk")[0], MemberFactory(card_number="REAL")
    kept, gone, other = Copy.objects.order_by("pk")[:3]
    for copy, member in ((kept, real), (gone, reader), (other, None)):
        OnSiteUse.objects.create(copy=copy, member=member, branch=default_branch(), at=timezone.now())
    remove_demo()
    assert list(OnSiteUse.objects.values_list("copy", "member")) == [(kept.pk, real.pk)]
    assert [Message.objects.count(), Notice.objects.count()] == [0, 0]


def test_remove_demo_takes_sign_ins_of_invented_members_along(short_demo: None) -> None:
    member = Member.objects.filter(user=None)[0]
    make_member_sign_in(member)
    remove_demo()
    assert User.objects.count() == 0


def test_demo_stays_as_long_as_librarians_would_be_left_without_an_admin(short_demo: None, client: Client) -> None:
    librarian = User.objects.create_user("lena")
    librarian.groups.add(Group.objects.get(name=LIBRARIAN))
    User.objects.create_user("gone", is_superuser=True, is_active=False)
    with pytest.raises(Refused) as refusal:
        remove_demo()
    assert (refusal.value.code, "Make an Admin first" in refusal.value.message) == ("no_admin_left", True)
    assert (Book.objects.count(), Member.objects.count()) == (212, 40)
    librarian.groups.add(Group.objects.get(name=ADMIN))
    remove_demo()
    assert [client.get(address).status_code for address in ("/", "/setup/")] == [200, 404]


def test_after_the_demo_the_library_stays_open_for_who_was_made_in_the_terminal(
    short_demo: None, client: Client
) -> None:
    User.objects.create_superuser("root")
    remove_demo()
    assert [client.get(address).status_code for address in ("/", "/setup/")] == [200, 404]


def test_command_says_what_it_removed_and_how_the_library_is_set_up(
    short_demo: None, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("remove_demo")
    said = capsys.readouterr().out
    assert "   303 copies\n   212 books\n    40 members\n     3 sign-ins\n" in said
    assert "Here now, and yours: 0 books, 0 copies, 0 members, 0 loans." in said
    assert re.search(r"/setup/, with the code \w{4}-\w{4}-\w{4}\n", said)
    assert client.get("/setup/").status_code == 200


def make_admin() -> User:
    user = User.objects.create_user("me", is_staff=True)
    user.groups.add(Group.objects.get(name=ADMIN))
    return user


def test_demo_can_be_loaded_again_after_it_was_removed(short_demo: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "YEARS", 0.3)
    remove_demo()
    load_demo(NOW)
    assert Book.objects.count() == 212


def test_actions_of_the_demo_lie_in_the_past(short_demo: None) -> None:
    assert Action.objects.filter(at__gt=NOW, verb__in=["issue", "return", "renew"]).count() == 0
