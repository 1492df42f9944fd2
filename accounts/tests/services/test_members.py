"""Members: registered once, found by one card, barred and unbarred, let in with a password from paper."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.db import IntegrityError, connection

from accounts.exceptions import Refused
from accounts.models import Action, Card, LibrarySettings, Member, MemberCategory, User
from accounts.numbering import numbered_code
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.queries import restrictions_on
from accounts.services.members import (
    edit_member,
    first_password,
    give_first_password,
    lift_restriction,
    register_member,
    replace_card,
    restrict_member,
    signs_in_with_email,
)
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


def register(**facts: Any) -> Member:
    return register_member(**{"name": "Mia", "category": MemberCategoryFactory(), "by": None, "now": NOON, **facts})


def code_of(refusal: Any) -> str:
    return refusal.value.code


def let_in(member: Member, **how: Any) -> User:
    return give_first_password(member, **{"password": "paper-pass-word", "by": None, "now": NOON, **how})


# --- registering ------------------------------------------------------------------------------------


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


# --- editing ----------------------------------------------------------------------------------------


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


# --- a new card -------------------------------------------------------------------------------------


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


# --- bars -------------------------------------------------------------------------------------------


def test_member_3_bar_begins_today_in_the_library_and_is_recorded() -> None:
    LibrarySettings.objects.update(time_zone="Pacific/Auckland")
    member = MemberFactory()
    bar = restrict_member(
        member, reason="lost keys", until_on=date(2026, 5, 9), by=None, now=datetime(2026, 5, 5, 13, tzinfo=UTC)
    )
    assert (bar.from_on, bar.until_on, bar.source) == (date(2026, 5, 6), date(2026, 5, 9), "librarian")
    action = Action.objects.get()
    assert (action.reason, action.target_id, action.after["until_on"]) == ("lost keys", member.pk, "2026-05-09")


@pytest.mark.parametrize(
    ("day", "bars"),
    [(date(2026, 5, 4), False), (date(2026, 5, 5), True), (date(2026, 5, 9), True), (date(2026, 5, 10), False)],
)
def test_member_4_bar_holds_from_its_first_day_through_its_last(day: date, bars: bool) -> None:
    restriction = restrict_member(MemberFactory(), reason="x", until_on=date(2026, 5, 9), by=None, now=NOON)
    assert restrictions_on(restriction.member, day).exists() is bars


def test_member_5_bar_that_would_be_over_already_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        restrict_member(MemberFactory(), reason="x", until_on=date(2026, 5, 4), by=None, now=NOON)
    assert code_of(refusal) == "ends_before_it_begins"


def test_bar_may_end_today() -> None:
    restriction = restrict_member(MemberFactory(), reason="x", until_on=NOON.date(), by=None, now=NOON)
    assert list(restrictions_on(restriction.member, NOON.date())) == [restriction]


def test_member_6_lifted_bar_bars_no_more_and_is_lifted_once() -> None:
    restriction = restrict_member(MemberFactory(), reason="x", by=None, now=NOON)
    lifted = lift_restriction(restriction, by=None, now=NOON, reason="found")
    with pytest.raises(Refused) as refusal:
        lift_restriction(restriction, by=None)
    still_bars = restrictions_on(restriction.member, NOON.date()).exists()
    assert (lifted.lifted_at, still_bars, code_of(refusal)) == (NOON, False, "already_lifted")


# --- the first password -----------------------------------------------------------------------------


def test_first_password_is_read_from_paper_without_doubt() -> None:
    made = {first_password() for _each in range(500)}
    assert (len(made), {len(each) for each in made}) == (500, {14})
    assert set("".join(made)) & set("il1o0ILO") == set()


def test_first_password_makes_a_sign_in_with_the_name_of_the_card() -> None:
    member = MemberFactory(card_number="C1", name="Mia")
    user = let_in(member)
    member.refresh_from_db()
    assert (member.user, user.username, user.name, user.email) == (user, "C1", "Mia", "")
    assert (user.must_change_password, user.first_password_until) == (True, NOON + timedelta(days=30))
    assert [group.name for group in user.groups.all()] == [MEMBER]
    assert (user.check_password("paper-pass-word"), user.is_staff, user.is_superuser) == (True, False, False)


def test_first_password_is_kept_nowhere_in_clear() -> None:
    user = let_in(MemberFactory())
    kept = str(list(User.objects.values())) + str(list(Action.objects.values()))
    assert ("paper-pass-word" in kept, user.password in str(list(Action.objects.values()))) == (False, False)


def test_first_password_leaves_no_trace_in_the_record() -> None:
    for number, password in enumerate(["paper-pass-word", "other-pass-word"]):
        let_in(MemberFactory(pk=77 + number), password=password, key=f"form-number-{number}")
    member = Member.objects.get(pk=77)
    let_in(member, password="other-pass-word", key="form-number-3")
    first, third = (Action.objects.get(key=f"form-number-{n}").fingerprint for n in (0, 3))
    assert (first == third, first == "") == (True, False)


def test_form_sent_twice_gives_one_password() -> None:
    member = MemberFactory()
    users = [let_in(member, password=each, key="a-form-key") for each in ("first-password", "second-password")]
    assert [user.check_password("first-password") for user in users] == [True, True]
    assert (users[1].check_password("second-password"), Action.objects.count()) == (False, 1)


def test_first_password_is_hashed_before_the_transaction_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    depths = []

    def noting_the_depth(password: str) -> str:
        depths.append(len(connection.savepoint_ids))
        return make_password(password)

    monkeypatch.setattr("accounts.services.members.make_password", noting_the_depth)
    user = let_in(MemberFactory())
    assert (depths, user.check_password("paper-pass-word")) == ([len(connection.savepoint_ids)], True)


def test_second_first_password_kills_the_first() -> None:
    member = MemberFactory()
    let_in(member)
    user = let_in(member, password="other-pass-word")
    assert (user.check_password("paper-pass-word"), user.check_password("other-pass-word")) == (False, True)
    assert User.objects.count() == 1


def test_member_signs_in_with_the_own_email_too() -> None:
    assert let_in(MemberFactory(email="Mia@Example.org")).email == "mia@example.org"


def test_email_of_a_family_signs_in_the_first_who_asked() -> None:
    first, second = (let_in(MemberFactory(email="family@example.org")) for _each in range(2))
    assert (first.email, second.email) == ("family@example.org", "")


def test_email_with_which_staff_sign_in_stays_theirs() -> None:
    UserFactory(email="ada@example.org")
    assert let_in(MemberFactory(email="Ada@example.org")).email == ""


@pytest.mark.parametrize("role", [LIBRARIAN, ADMIN])
def test_password_of_staff_is_never_overwritten(role: str) -> None:
    user = UserFactory(password="kept")
    user.groups.add(Group.objects.get(name=MEMBER), Group.objects.get(name=role))
    refuse_to_touch(user)


@pytest.mark.parametrize("flag", ["is_superuser", "is_staff"])
def test_password_of_who_has_rights_without_a_role_is_never_overwritten(flag: str) -> None:
    refuse_to_touch(UserFactory(password="kept", **{flag: True}))


def test_password_of_who_was_given_a_single_right_is_never_overwritten() -> None:
    user = UserFactory(password="kept")
    user.user_permissions.add(Permission.objects.get(codename="use_desk"))
    refuse_to_touch(user)


def refuse_to_touch(user: User) -> None:
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(user=user))
    user.refresh_from_db()
    assert (code_of(refusal), user.password, user.must_change_password) == ("staff_sign_in", "kept", False)


def test_closed_sign_in_is_not_opened_by_a_first_password() -> None:
    user = UserFactory(password="kept", is_active=False)
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(user=user))
    user.refresh_from_db()
    assert (code_of(refusal), user.password, user.is_active) == ("closed_sign_in", "kept", False)


def test_card_that_is_the_sign_in_of_staff_gets_no_first_password() -> None:
    librarian = UserFactory(username="librarian", password="kept")
    with pytest.raises(Refused) as refusal:
        let_in(MemberFactory(card_number="LIBRARIAN"))
    librarian.refresh_from_db()
    assert (code_of(refusal), librarian.password, User.objects.count()) == ("card_taken", "kept", 1)
