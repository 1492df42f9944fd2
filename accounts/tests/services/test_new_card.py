"""A new card takes the place of the old one, and a worthless one is given to nobody."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError

from accounts.exceptions import Refused
from accounts.models import Action, Card, Member, MemberCategory, User
from accounts.numbering import numbered_code
from accounts.services.members import replace_card
from accounts.tests.factories import MemberFactory, UserFactory
from accounts.tests.services.members import code_of, register
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_new_card_takes_the_place_of_the_old_one_and_the_sign_in_follows() -> None:
    member = MemberFactory(card_number="OLD", user=UserFactory(username="OLD"))
    new = replace_card(member, reason="lost", by=None)
    assert (new.card_number, User.objects.get().username) == (numbered_code("M", 1), numbered_code("M", 1))
    action = Action.objects.get()
    assert (action.before, action.after, action.reason) == (
        {"card_number": "OLD"}, {"card_number": new.card_number}, "lost",
    )  # fmt: skip


def test_worthless_card_is_given_to_nobody() -> None:
    member = register(card_number="FOUND")
    replace_card(member, reason="lost", by=None)
    refusals = []
    for give in (
        lambda: register(card_number="FOUND"),
        lambda: replace_card(MemberFactory(), card_number="FOUND", by=None),
        lambda: replace_card(member, card_number="FOUND", by=None),
    ):
        with pytest.raises(Refused) as refusal:
            give()
        refusals.append((code_of(refusal), refusal.value.message))
    assert refusals == [("card_taken", "FOUND was on a card that is worthless by now. Give another card.")] * 3
    assert not Member.objects.filter(card_number="FOUND").exists()


def test_card_of_a_member_who_is_gone_is_given_to_nobody() -> None:
    Member.objects.filter(pk=register(card_number="GONE").pk).delete()
    with pytest.raises(Refused) as refusal:
        register(card_number="GONE")
    assert code_of(refusal) == "card_taken"


def test_database_takes_no_card_number_twice() -> None:
    register(card_number="FOUND")
    with pytest.raises(IntegrityError):
        Card.objects.create(number="FOUND")


def test_number_of_a_worthless_card_is_passed_over() -> None:
    member = register(card_number=numbered_code("M", 1))
    replace_card(member, card_number="OTHER", by=None)
    assert register().card_number == numbered_code("M", 2)


def test_card_the_member_has_is_no_new_card() -> None:
    with pytest.raises(Refused) as refusal:
        replace_card(MemberFactory(card_number="HERS"), card_number="HERS", by=None)
    assert refusal.value.message == "HERS is the card of this member already."


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_new_card_for_ten_members_at_once_is_given_to_one(transactional_db: None) -> None:
    members = MemberFactory.create_batch(10, category=MemberCategory.objects.first())
    results = at_once(10, lambda number: replace_card(members[number], card_number="NEW", by=None))
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert (codes, Member.objects.filter(card_number="NEW").count()) == (["card_taken"] * 9, 1)


def test_new_card_may_be_one_that_was_printed_before() -> None:
    assert replace_card(MemberFactory(), card_number="PRINTED", by=None).card_number == "PRINTED"


def test_card_of_another_member_is_no_new_card() -> None:
    MemberFactory(card_number="HERS")
    his = MemberFactory(card_number="HIS")
    with pytest.raises(Refused) as refusal:
        replace_card(his, card_number="HERS", by=None)
    his.refresh_from_db()
    assert (code_of(refusal), his.card_number) == ("card_taken", "HIS")


def test_card_with_which_somebody_else_signs_in_is_no_new_card() -> None:
    UserFactory(username="librarian")
    member = MemberFactory(card_number="HIS", user=UserFactory(username="HIS"))
    with pytest.raises(Refused) as refusal:
        replace_card(member, card_number="LIBRARIAN", by=None)
    member.refresh_from_db()
    assert (code_of(refusal), member.card_number, member.user.username) == ("card_taken", "HIS", "HIS")


def test_new_card_does_not_rename_a_sign_in_that_is_not_the_card() -> None:
    member = MemberFactory(card_number="OLD", user=UserFactory(username="ada"))
    replace_card(member, card_number="NEW", by=None)
    assert User.objects.get().username == "ada"
