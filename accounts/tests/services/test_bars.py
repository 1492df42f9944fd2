"""Members barred and unbarred, from day to day."""

from datetime import UTC, date, datetime

import pytest

from accounts.exceptions import Refused
from accounts.models import Action, LibrarySettings
from accounts.queries import restrictions_on
from accounts.services.members import (
    lift_restriction,
    restrict_member,
)
from accounts.tests.factories import MemberFactory
from accounts.tests.services.members import code_of

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 5, 12, tzinfo=UTC)


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
