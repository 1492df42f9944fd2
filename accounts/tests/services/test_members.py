"""Members: registered once, found by one card; edits change what was given and nothing else."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings, Member, MemberCategory, User
from accounts.numbering import numbered_code
from accounts.permissions import ADMIN, LIBRARIAN
from accounts.services.members import (
    edit_member,
    signs_in_with_email,
)
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory
from accounts.tests.services.members import code_of, let_in, register
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def test_member_gets_the_next_card_of_the_library() -> None:
    assert [register().card_number for _each in range(2)] == [numbered_code("M", 1), numbered_code("M", 2)]


def test_member_gets_a_card_with_the_prefix_of_the_settings() -> None:
    LibrarySettings.objects.update(card_prefix="CARD")
    assert register().card_number == numbered_code("CARD", 1)


def test_number_that_somebody_has_already_is_passed_over() -> None:
    MemberFactory(card_number=numbered_code("M", 1))
    assert register().card_number == numbered_code("M", 2)


def test_number_of_a_member_who_is_gone_is_not_given_again() -> None:
    Member.objects.filter(pk=register().pk).delete()
    assert register().card_number == numbered_code("M", 2)


def test_number_of_a_refused_registration_is_not_lost() -> None:
    MemberFactory(card_number="FOREIGN")
    with pytest.raises(Refused):
        register(card_number="FOREIGN")
    assert register().card_number == numbered_code("M", 1)


def test_card_that_another_member_has_is_refused() -> None:
    MemberFactory(card_number="FOREIGN")
    with pytest.raises(Refused) as refusal:
        register(card_number="FOREIGN")
    assert (code_of(refusal), refusal.value.message) == ("card_taken", "Another member has the card FOREIGN.")
    assert (Member.objects.count(), Action.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    ("months", "joined_on", "ends_on"),
    [(None, None, None), (12, None, date(2027, 5, 5)), (1, date(2026, 1, 31), date(2026, 2, 28))],
)
def test_member_1_membership_lasts_as_long_as_the_category_says(months: Any, joined_on: Any, ends_on: Any) -> None:
    category = MemberCategoryFactory(membership_months=months)
    assert register(category=category, joined_on=joined_on).expires_on == ends_on


def test_membership_ends_on_the_day_that_was_written() -> None:
    category = MemberCategoryFactory(membership_months=12)
    assert register(category=category, expires_on=date(2026, 7, 1)).expires_on == date(2026, 7, 1)


def test_member_joins_on_the_day_it_is_in_the_library() -> None:
    LibrarySettings.objects.update(time_zone="Pacific/Auckland")
    assert register(now=datetime(2026, 5, 5, 13, tzinfo=UTC)).joined_on == date(2026, 5, 6)


def test_name_is_kept_in_the_form_in_which_it_is_searched() -> None:
    assert register(name="Zoe\u0308").name == "Zo\u00eb"


def test_registration_is_recorded_without_personal_data() -> None:
    member = register(email="mia@example.org", note="secret")
    after = Action.objects.get(verb="register_member").after
    assert after == {"card_number": member.card_number, "category": member.category_id}


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_twenty_registrations_at_once_get_twenty_cards(transactional_db: None) -> None:
    category = MemberCategory.objects.first()
    made = at_once(20, lambda _number: register(category=category).card_number)
    assert sorted(made) == [numbered_code("M", number) for number in range(1, 21)]


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_card_given_to_ten_members_at_once_is_given_to_one(transactional_db: None) -> None:
    category = MemberCategory.objects.first()
    results = at_once(10, lambda _number: register(category=category, card_number="FOREIGN"))
    codes = [result.code for result in results if isinstance(result, Refused)]
    assert (codes, Member.objects.count()) == (["card_taken"] * 9, 1)


def test_edit_changes_what_was_given_and_leaves_the_rest() -> None:
    member = MemberFactory(name="Mia", phone="1", note="old")
    stale = Member(pk=member.pk, note="stale")
    edited = edit_member(stale, phone="2", by=None)
    assert (edited.name, edited.phone, edited.note) == ("Mia", "2", "old")
    assert (Action.objects.get().before, Action.objects.get().after) == ({"phone": "1"}, {"phone": "2"})


@pytest.mark.parametrize("values", [{}, {"phone": "1", "name": "Mia"}], ids=str)
def test_edit_that_changes_nothing_leaves_no_record(values: dict[str, str]) -> None:
    edited = edit_member(MemberFactory(name="Mia", phone="1"), by=None, **values)
    assert (edited.phone, Action.objects.count()) == ("1", 0)


@pytest.mark.parametrize("field", ["card_number", "user", "loans_ever", "pin_hash", "pk"])
def test_edit_does_not_reach_what_is_not_editable(field: str) -> None:
    with pytest.raises(TypeError):
        edit_member(MemberFactory(), by=None, **{field: 1})


def test_new_name_of_a_member_is_the_name_of_the_sign_in() -> None:
    member = MemberFactory(user=UserFactory(name="Old"))
    edit_member(member, name="New", by=None)
    assert User.objects.get().name == "New"


def test_new_name_of_a_member_who_works_here_leaves_the_sign_in_alone() -> None:
    user = UserFactory(name="Old")
    user.groups.add(Group.objects.get(name=ADMIN))
    edit_member(MemberFactory(user=user), name="New", by=None)
    assert User.objects.get().name == "Old"


@pytest.mark.parametrize(
    ("new", "signs_in_with"), [("New@Example.org", "new@example.org"), ("", ""), ("old@example.org", "old@example.org")]
)
def test_new_email_of_a_member_is_the_one_to_sign_in_with(new: str, signs_in_with: str) -> None:
    member = MemberFactory(email="old@example.org")
    let_in(member)
    edited = edit_member(member, email=new, by=None)
    assert (edited.user.email, User.objects.get().email, signs_in_with_email(edited)) == (
        signs_in_with, signs_in_with, True,
    )  # fmt: skip


@pytest.mark.parametrize("other", [{"email": "taken@example.org"}, {"username": "Taken@Example.org"}], ids=str)
def test_email_somebody_else_signs_in_with_is_a_contact_only(other: dict[str, str]) -> None:
    member = MemberFactory(email="old@example.org")
    let_in(member)
    UserFactory(**other)
    edited = edit_member(member, email="TAKEN@example.org", by=None)
    edited.user.refresh_from_db()
    assert (edited.email, edited.user.email, signs_in_with_email(edited)) == ("TAKEN@example.org", "", False)


def test_email_of_a_family_is_a_contact_of_all_and_the_sign_in_of_one() -> None:
    members = MemberFactory.create_batch(3)
    for member in members:
        let_in(member)
        edit_member(member, email="family@example.org", by=None)
    assert list(Member.objects.values_list("email", flat=True)) == ["family@example.org"] * 3
    assert sorted(User.objects.values_list("email", flat=True)) == ["", "", "family@example.org"]


def test_email_without_a_sign_in_is_a_contact() -> None:
    edited = edit_member(MemberFactory(), email="new@example.org", by=None)
    assert (edited.email, signs_in_with_email(edited), User.objects.count()) == ("new@example.org", True, 0)


def test_new_email_of_a_member_who_works_here_leaves_the_sign_in_alone() -> None:
    user = UserFactory(email="ada@example.org")
    user.groups.add(Group.objects.get(name=LIBRARIAN))
    edited = edit_member(MemberFactory(user=user), email="new@example.org", by=None)
    user.refresh_from_db()
    assert (edited.email, user.email, signs_in_with_email(edited)) == ("new@example.org", "ada@example.org", True)


def test_other_changes_leave_the_email_of_the_sign_in_alone() -> None:
    member = MemberFactory(email="", user=UserFactory(email="own@example.org"))
    edit_member(member, name="New", phone="1", by=None)
    assert User.objects.get().email == "own@example.org"


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_one_email_written_by_ten_members_at_once_signs_one_in(transactional_db: None) -> None:
    members = MemberFactory.create_batch(10, category=MemberCategory.objects.first())
    for member in members:
        let_in(member)
    saved = at_once(10, lambda number: edit_member(members[number], email="family@example.org", by=None).email)
    emails = sorted(User.objects.values_list("email", flat=True))
    assert (saved, emails) == (["family@example.org"] * 10, [""] * 9 + ["family@example.org"])


@pytest.mark.parametrize("days", [{"expires_on": date(2026, 5, 4)}, {"joined_on": date(2026, 12, 1)}], ids=str)
def test_membership_never_ends_before_it_begins(days: dict[str, date]) -> None:
    member = MemberFactory(joined_on=date(2026, 5, 5), expires_on=date(2026, 11, 30))
    with pytest.raises(Refused) as refusal:
        edit_member(member, by=None, **days)
    assert (code_of(refusal), Action.objects.count()) == ("ends_before_it_begins", 0)
    with pytest.raises(Refused) as refusal:
        register(joined_on=date(2026, 5, 5), expires_on=date(2026, 5, 4))
    assert (code_of(refusal), Member.objects.count()) == ("ends_before_it_begins", 1)
    with pytest.raises(IntegrityError):
        Member.objects.filter(pk=member.pk).update(**days)


def test_membership_may_last_one_day() -> None:
    edited = edit_member(MemberFactory(), joined_on=NOON.date(), expires_on=NOON.date(), by=None)
    assert edited.expires_on == edited.joined_on
