"""Every change is one transaction and one Action, and a form counts once however often it is sent."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone

from accounts.models import Action, MemberCategory, User
from accounts.services.actions import (
    FormAlreadyUsed,
    TakenBackSince,
    as_json,
    changes,
    describe,
    leave_out,
    recorded,
)
from accounts.tests.factories import MemberCategoryFactory, MemberFactory, UserFactory
from accounts.tests.threads import at_once

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


@recorded("make_category")
def make_category(action: Action, code: str, *, by: User | None, now: datetime, **details: Any) -> MemberCategory:
    category = MemberCategory.objects.create(code=code, name=code, **details)
    describe(action, category, after={"code": code})
    return category


@recorded("make_categories")
def make_categories(action: Action, codes: list[str], *, by: User | None, now: datetime) -> list[MemberCategory]:
    return [make_category(code, by=by, now=now) for code in codes]


@recorded("give_back")
def give_back(action: Action, value: Any, *, by: User | None, now: datetime) -> Any:
    return value


@recorded("count_of")
def count_of(action: Action, things: list | set, *, by: User | None, now: datetime) -> int:
    return len(things)


@recorded("find_it_done")
def find_it_done(action: Action, *, by: User | None, now: datetime) -> str:
    leave_out(action)
    return "done before"


@recorded("break_down")
def break_down(action: Action, *, by: User | None, now: datetime) -> None:
    make_category("LOST", by=by)
    raise RuntimeError


def codes() -> list[str]:
    return list(MemberCategory.objects.exclude(code__in=["ADULT", "CHILD"]).values_list("code", flat=True))


def test_service_that_found_everything_done_leaves_no_action() -> None:
    assert (find_it_done(by=None), Action.objects.count()) == ("done before", 0)


def test_form_that_found_everything_done_is_remembered() -> None:
    assert [find_it_done(by=None, key="form"), find_it_done(by=None, key="form")] == ["done before"] * 2
    assert Action.objects.get().key == "form"


def test_service_writes_one_action_with_who_what_when() -> None:
    user = UserFactory()
    category = make_category("STAFF", by=user, now=NOON)
    action = Action.objects.get()
    assert (action.verb, action.by, action.at) == ("make_category", user, NOON)
    assert (action.target_type, action.target_id) == ("accounts.membercategory", category.pk)
    assert (action.before, action.after) == ({}, {"code": "STAFF"})
    assert str(action) == f"make_category accounts.membercategory {category.pk}"


def test_service_without_a_moment_takes_the_clock() -> None:
    before = timezone.now()
    make_category("STAFF", by=None)
    assert before <= Action.objects.get().at <= timezone.now()


def test_service_without_a_key_counts_every_time() -> None:
    give_back(1, by=None)
    give_back(1, by=None)
    assert len(set(Action.objects.values_list("key", flat=True))) == 2


def test_same_form_again_returns_what_the_first_returned_and_changes_nothing() -> None:
    user = UserFactory()
    first = make_category("STAFF", by=user, key="form-0001", now=NOON)
    again = make_category("STAFF", by=user, key="form-0001")
    assert (again, codes(), Action.objects.count()) == (first, ["STAFF"], 1)
    assert Action.objects.get().at == NOON


def test_same_form_with_other_contents_is_refused_and_names_what_it_did() -> None:
    make_category("STAFF", by=None, key="form-0001")
    with pytest.raises(FormAlreadyUsed) as refusal:
        make_category("GUEST", by=None, key="form-0001")
    assert (refusal.value.action, codes()) == (Action.objects.get(), ["STAFF"])


def test_same_form_of_another_user_is_refused() -> None:
    make_category("STAFF", by=UserFactory(), key="form-0001")
    with pytest.raises(FormAlreadyUsed):
        make_category("STAFF", by=UserFactory(), key="form-0001")


def test_same_form_for_another_action_is_refused() -> None:
    make_category("STAFF", by=None, key="form-0001")
    with pytest.raises(FormAlreadyUsed):
        give_back("STAFF", by=None, key="form-0001")


def test_same_form_about_another_member_of_the_same_name_is_refused() -> None:
    count_of([MemberFactory(name="Mia")], by=None, key="form-0001")
    with pytest.raises(FormAlreadyUsed):
        count_of([MemberFactory(name="Mia")], by=None, key="form-0001")


def test_same_form_whose_choices_come_in_another_order_is_the_same_form() -> None:
    count_of({"b", "a", "c"}, by=None, key="form-0001")
    assert count_of({"c", "b", "a"}, by=None, key="form-0001") == 3


def test_form_whose_result_is_gone_by_now_is_refused() -> None:
    make_category("STAFF", by=None, key="form-0001").delete()
    with pytest.raises(FormAlreadyUsed):
        make_category("STAFF", by=None, key="form-0001")


def test_same_form_after_its_action_was_taken_back_is_refused_and_changes_nothing() -> None:
    make_category("STAFF", by=None, key="form-0001")
    give_back("undo", by=None)
    Action.objects.filter(verb="make_category").update(undone_by=Action.objects.get(verb="give_back"))
    with pytest.raises(TakenBackSince) as refusal:
        make_category("STAFF", by=None, key="form-0001")
    assert (refusal.value.code, codes(), Action.objects.count()) == ("taken_back_since", ["STAFF"], 2)


def test_failed_service_leaves_nothing_behind_and_its_form_may_be_sent_again() -> None:
    with pytest.raises(RuntimeError):
        break_down(by=None, key="form-0001")
    assert (codes(), Action.objects.count()) == ([], 0)
    assert give_back(7, by=None, key="form-0001") == 7


def test_failed_write_is_not_taken_for_a_used_form() -> None:
    make_category("STAFF", by=None)
    with pytest.raises(IntegrityError):
        make_category("STAFF", by=None, key="form-0001")
    assert Action.objects.count() == 1


@pytest.mark.parametrize("value", [None, 0, False, "", "text", 1.5, [], [1, 2], {"a": [1]}, {}])
def test_value_is_returned_again_as_it_was(value: Any) -> None:
    give_back(value, by=None, key="form-0001")
    assert give_back(value, by=None, key="form-0001") == value


def test_instances_are_returned_again_in_their_order() -> None:
    made = make_categories(["C", "A", "B"], by=None, key="form-0001")
    again = make_categories(["C", "A", "B"], by=None, key="form-0001")
    assert (again, [category.code for category in again]) == (made, ["C", "A", "B"])


def test_service_within_a_service_writes_its_own_action() -> None:
    make_categories(["A", "B"], by=None, key="form-0001")
    verbs = Action.objects.order_by("pk").values_list("verb", flat=True)
    assert sorted(verbs) == ["make_categories", "make_category", "make_category"]


def test_service_within_a_failed_service_leaves_nothing() -> None:
    with pytest.raises(RuntimeError):
        break_down(by=None)
    assert (codes(), Action.objects.count()) == ([], 0)


def test_changes_are_what_differs() -> None:
    category = MemberCategoryFactory(name="Old", max_loans=5)
    assert changes(category, {"name": "New", "max_loans": 5}) == ({"name": "Old"}, {"name": "New"})


def test_record_keeps_what_json_can_hold() -> None:
    category = MemberCategoryFactory()
    values = {1: category, "on": date(2026, 5, 5), "sum": Decimal("1.50"), "all": (category, None), "set": {2, 1}}
    values["b"] = b"x"
    assert as_json(values) == {
        "1": category.pk, "on": "2026-05-05", "sum": "1.50", "all": [category.pk, None], "set": [1, 2],
        "b": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881",
    }  # fmt: skip


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_form_sent_twenty_times_at_once_counts_once(transactional_db: None) -> None:
    user = UserFactory()
    made = at_once(20, lambda _number: make_category("STAFF", by=user, key="form-0001"))
    assert made == [MemberCategory.objects.get(code="STAFF")] * 20
    assert (codes(), Action.objects.count()) == (["STAFF"], 1)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_form_sent_at_once_with_different_contents_counts_once(transactional_db: None) -> None:
    results = at_once(10, lambda number: make_category(f"C{number}", by=None, key="form-0001"))
    refused = [result for result in results if isinstance(result, FormAlreadyUsed)]
    assert (len(refused), len(codes()), Action.objects.count()) == (9, 1, 1)
