"""What is broken in the database itself is found, and said in one run."""

from collections.abc import Callable, Iterator
from io import StringIO
from threading import Thread

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import Member
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.planting import planted
from library_site import invariants

pytestmark = pytest.mark.django_db


def check() -> tuple[int, list[str], str]:
    """Exit code, sentences and last word of ``check_invariants``."""
    out, error = StringIO(), StringIO()
    try:
        call_command("check_invariants", stdout=out, stderr=error)
    except SystemExit as stopped:
        return int(str(stopped.code)), out.getvalue().splitlines(), error.getvalue()
    return 0, out.getvalue().splitlines(), error.getvalue()


def test_library_in_order_is_said_to_be_sound() -> None:
    MemberFactory()
    assert check() == (0, ["The library is sound."], "")


def test_everything_that_is_broken_is_said_in_one_run() -> None:
    member = MemberFactory(user=UserFactory(username="OTHER"), card_number="C1")
    with planted("UPDATE accounts_member SET category_id = 9999"):
        code, sentences, last = check()
    assert (code, sentences, last) == (1, [
        f"accounts_member {member.pk} points to a row of accounts_membercategory that is not there",
        f"member {member.pk} signs in as OTHER but has the card C1",
    ], "2 things are not as they must be.\n")  # fmt: skip


def test_row_that_breaks_a_rule_of_its_table_is_found() -> None:
    MemberFactory()
    with planted("UPDATE accounts_member SET name = ''", without="member_has_card_and_name", of=Member):
        sentences = list(invariants.broken())
    # PostgreSQL never lets such a row in: there the rule itself had to go, and nothing is left to look for it.
    assert sentences == (["CHECK constraint failed in accounts_member"] if connection.vendor == "sqlite" else [])


def test_database_that_cannot_be_read_is_a_finding_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def malformed() -> None:
        raise DatabaseError("database disk image is malformed")

    monkeypatch.setattr(invariants, "broken", malformed)
    assert check()[:2] == (
        1, ["the database cannot be read (library_site.invariants): database disk image is malformed"]
    )  # fmt: skip


def test_part_that_cannot_be_read_leaves_the_others_to_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def malformed() -> None:
        Member.objects.raw("SELECT nothing FROM nowhere")[0]

    member = MemberFactory(user=UserFactory(username="OTHER"), card_number="C1")
    monkeypatch.setattr(invariants, "broken", malformed)
    code, [unreadable, broken], _last = check()
    assert (code, broken) == (1, f"member {member.pk} signs in as OTHER but has the card C1")
    assert unreadable.startswith("the database cannot be read (library_site.invariants): ")


@pytest.mark.race
@pytest.mark.xdist_group("races")
@pytest.mark.django_db(transaction=True)
def test_who_writes_while_it_is_looked_at_causes_no_false_alarm(monkeypatch: pytest.MonkeyPatch) -> None:
    counted = []

    def broken() -> Iterator[str]:
        with transaction.atomic():  # as the search's questions are asked
            counted.append(Member.objects.count())
        in_another_thread(MemberFactory)
        counted.append(Member.objects.count())
        yield from ()

    monkeypatch.setattr(invariants, "broken", broken)
    assert check()[0] == 0
    assert (counted, Member.objects.count()) == ([0, 0], 1)


def in_another_thread(work: Callable[[], object]) -> None:
    def run() -> None:
        work()
        connection.close()

    thread = Thread(target=run)
    thread.start()
    thread.join()
