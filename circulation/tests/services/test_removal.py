"""REMOVE: a member is forgotten; loans and accounts stay whole and name nobody."""

import json

import pytest
from django.apps import apps
from django.core import serializers

from accounts import invariants as of_accounts
from accounts.exceptions import Refused
from accounts.models import Action, Branch, Card, Member, Restriction, User
from accounts.queries import member_with_card, search_members
from accounts.services.members import edit_member, register_member, replace_card, restrict_member
from accounts.tests.factories import MemberCategoryFactory
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import Loan, OnSiteUse
from circulation.queries.ledger import balance_minor
from circulation.services.ledger import charge_member, take_payment, waive
from circulation.services.loans import issue_copy, return_copy
from circulation.services.lost import mark_lost, use_on_site
from circulation.services.removal import remove_member
from circulation.services.undo import undo
from circulation.tests.factories import HoldFactory, make_loan, zurich
from circulation.tests.refusals import code_of, codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW, LATE, AFTER = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00"), zurich("2026-04-02T10:00")
PERSONAL = ("Zacharias", "Quendel", "zq@example.org", "555-0199", "Quendelweg", "7b-quendel", "likes", "ZQ1", "ZQ2")


@pytest.fixture
def member(librarian: User, branch: Branch) -> Member:
    """Somebody of whom the library knows much: edited, barred, charged, with a sign-in, loans and a hold."""
    details = {"email": "zq@example.org", "phone": "555-0199", "address": "Quendelweg 1", "group_name": "7b-quendel"}
    member = register_member(
        name="Zacharias Quendel", category=MemberCategoryFactory(), card_number="ZQ1", note="likes quiet",
        by=librarian, now=NOW, **details,
    )  # fmt: skip
    edit_member(member, name="Zacharias X. Quendel", phone="555-0198", by=librarian, now=NOW)
    edit_member(member, name="Zacharias Quendel", phone="555-0199", by=librarian, now=NOW)
    replace_card(member, card_number="ZQ2", reason="Quendel lost it", by=librarian, now=NOW)
    restrict_member(member, reason="Zacharias shouted", by=librarian, now=NOW)
    User.objects.create(username="ZQ2", name="Zacharias Quendel", email="zq@example.org", password="x")
    Member.objects.filter(pk=member.pk).update(user=User.objects.get(username="ZQ2"), pin_hash="x")
    loan = make_loan(member=member, now=NOW, overrides=["member_restricted"], reason="mother of Zacharias asked")
    return_copy(loan.copy, branch=branch, by=librarian, now=LATE)
    charge_member(member, amount_minor=300, reason="card of Mr Quendel", by=librarian, now=LATE)
    take_payment(member, amount_minor=100, reason="brother of Quendel", by=librarian, now=LATE)
    HoldFactory(member=member)
    use_on_site(CopyFactory(), member=member, branch=branch, by=librarian, now=NOW)
    return Member.objects.get(pk=member.pk)


def everything_said() -> str:
    models = [m for app in ("accounts", "catalog", "circulation", "account", "admin") for m in
              apps.get_app_config(app).get_models()]  # fmt: skip
    rows = [row for model in models if model is not Card for row in model._default_manager.all()]
    return json.dumps(serializers.serialize("json", rows))


def test_remove_1_nothing_of_the_person_is_left_anywhere(member: Member, librarian: User) -> None:
    assert [word for word in PERSONAL if word in everything_said()] == list(PERSONAL)
    remove_member(member, by=librarian, now=AFTER)
    assert [word for word in PERSONAL if word in everything_said()] == []
    assert (list(invariants.broken()), list(of_accounts.broken())) == ([], [])


def test_remove_2_what_is_owed_is_written_off_first_and_the_lines_stay(member: Member, librarian: User) -> None:
    remove_member(member, by=librarian, now=AFTER)
    lines = list(member.ledger.order_by("pk").values_list("kind", "amount_minor", "at", "by"))
    assert [line[:2] for line in lines] == [
        ("overdue", 150), ("other", 300), ("payment", -100), ("write_off", -350),
    ]  # fmt: skip
    assert (lines[-1][2:], balance_minor(member)) == ((AFTER, librarian.pk), 0)
    after = Action.objects.get(verb="remove_member").after
    assert after["credited_minor"] == 350


def test_remove_3_while_anything_is_on_loan_it_is_refused(member: Member, librarian: User) -> None:
    make_loan(member=member, now=NOW, overrides=["member_restricted"], reason="x")
    assert codes_of(remove_member, member, by=librarian, now=AFTER) == ["on_loan"]
    assert Member.objects.get(pk=member.pk).name == "Zacharias Quendel"


def test_remove_4_loans_holds_and_uses_stay_without_the_member(member: Member, librarian: User) -> None:
    remove_member(member, by=librarian, now=AFTER)
    assert list(Loan.objects.values_list("member", "category")) == [(None, member.category_id)]
    assert list(OnSiteUse.objects.values_list("member", flat=True)) == [None]
    assert list(member.holds.values_list("status", "closed_at")) == [("cancelled", AFTER)]


def test_remove_5_card_numbers_stay_taken_and_open_nothing(member: Member, librarian: User) -> None:
    remove_member(member, by=librarian, now=AFTER)
    for card in ("ZQ1", "ZQ2"):
        assert member_with_card(card) is None
        with pytest.raises(Refused, match="card_taken"):
            register_member(name="New", category=member.category, card_number=card, by=librarian, now=AFTER)


def test_remove_6_sign_in_is_closed_and_bars_end(member: Member, librarian: User) -> None:
    remove_member(member, by=librarian, now=AFTER)
    user = User.objects.get(pk=member.user_id)
    assert (user.is_active, user.has_usable_password(), user.email, user.name) == (False, False, "", "")
    assert list(Restriction.objects.values_list("reason", "lifted_at")) == [("", AFTER)]


def test_remove_7_who_works_here_keeps_the_sign_in(member: Member, librarian: User) -> None:
    Member.objects.filter(pk=member.pk).update(user=librarian)
    remove_member(member, by=librarian, now=AFTER)
    librarian.refresh_from_db()
    assert (librarian.is_active, librarian.username, librarian.name) == (True, "librarian", "Lena Librarian")
    assert Member.objects.get(pk=member.pk).user is None


def test_remove_8_nobody_finds_or_serves_a_removed_member(member: Member, librarian: User, branch: Branch) -> None:
    remove_member(member, by=librarian, now=AFTER)
    assert list(search_members("")) == []
    assert codes_of(remove_member, member, by=librarian, now=AFTER) == ["unknown_member"]
    issue = {"member": member, "branch": branch, "by": librarian, "now": AFTER}
    assert codes_of(issue_copy, CopyFactory(), **issue) == ["unknown_member"]
    assert codes_of(waive, member, amount_minor=1, reason="x", by=librarian, now=AFTER) == ["unknown_member"]


def test_remove_9_credit_stays_on_the_account(member: Member, librarian: User) -> None:
    take_payment(member, amount_minor=500, overpay=True, by=librarian, now=LATE)
    remove_member(member, by=librarian, now=AFTER)
    assert balance_minor(member) == -150


def test_what_a_removed_member_did_last_is_not_taken_back(member: Member, librarian: User, branch: Branch) -> None:
    take_payment(member, amount_minor=50, by=librarian, now=AFTER)
    loan = make_loan(member=member, now=AFTER, overrides=["member_restricted"], reason="x")
    return_copy(loan.copy, branch=branch, by=librarian, now=AFTER)
    remove_member(member, by=librarian, now=AFTER)
    for verb in ("take_payment", "return"):
        assert code_of(undo, Action.objects.filter(verb=verb).latest("pk"), by=librarian, now=AFTER) == "changed_since"


def test_loss_of_a_removed_member_is_nobody_s(member: Member, librarian: User) -> None:
    loan = make_loan(member=member, now=NOW, overrides=["member_restricted"], reason="x")
    mark_lost(loan.copy, by=librarian, now=LATE)
    remove_member(member, by=librarian, now=AFTER)
    assert (Loan.objects.get(pk=loan.pk).member, balance_minor(member)) == (None, 0)


def test_card_that_looks_like_one_of_a_removed_member_is_no_obstacle(member: Member, librarian: User) -> None:
    Card.objects.create(number=f"REMOVED-{member.pk}")
    remove_member(member, by=librarian, now=AFTER)
    assert Member.objects.get(pk=member.pk).card_number == f"REMOVED-{member.pk}X"
