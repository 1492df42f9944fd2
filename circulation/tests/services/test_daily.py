"""DAILY: what time brings about, at any hour, any number of times, after missed days."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import call_command
from django.utils import timezone

from accounts.models import Action, LibrarySettings, Member
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation import tasks
from circulation.models import Hold, Loan
from circulation.services import daily
from circulation.services.daily import DailyCounts, is_daily_due, run_daily
from circulation.services.holds import place_hold
from circulation.services.loans import return_copy
from circulation.tests.factories import make_loan, set_library, what_there_is, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
ISSUED = zurich("2026-03-02T10:00")


def something_of_everything() -> None:
    """By 1 May: two holds that are over, a returned loan to forget, one loan that is long overdue."""
    set_library(unlink_history_after_days=30, long_overdue_lost_days=30)
    copy = CopyFactory()
    loan = make_loan(copy, now=ISSUED)
    place_hold(MemberFactory(), book=copy.book, branch=copy.home_branch, by=None, now=ISSUED)
    return_copy(copy, branch=copy.home_branch, by=None, now=ISSUED + timedelta(days=1))
    other = CopyFactory()
    place_hold(
        MemberFactory(), book=other.book, branch=other.home_branch, by=None, now=ISSUED, not_after=date(2026, 3, 9)
    )
    assert loan.copy == copy
    make_loan(now=ISSUED)


MAY = zurich("2026-05-01T07:00")
ALL = DailyCounts(holds_expired=2, unlinked=1, marked_lost=1, most_borrowed=2)


def test_daily_1_everything_that_is_due_is_done_and_counted() -> None:
    something_of_everything()
    assert run_daily(MAY) == ALL
    assert Loan.objects.order_by("pk").values_list("outcome", "member_id").first() == ("returned", None)
    assert Loan.objects.filter(outcome="lost", member__isnull=False).count() == 1


def test_daily_2_second_run_finds_nothing_left() -> None:
    something_of_everything()
    run_daily(MAY)
    before = what_there_is()
    assert run_daily(MAY + timedelta(hours=12)) == DailyCounts()
    assert what_there_is() == before


@pytest.fixture
def in_the_morning() -> Iterator[None]:
    with time_machine.travel(zurich("2026-05-04T06:00"), tick=False):
        yield


@pytest.mark.parametrize("killed_in", ["expire_holds", "mark_long_overdue_lost", "unlink_history"])
def test_daily_3_run_that_was_killed_is_gone_on_with(killed_in: str, monkeypatch: pytest.MonkeyPatch) -> None:
    something_of_everything()

    def killed(*_args, **_how) -> int:
        raise KeyboardInterrupt

    heard: dict[str, int] = {}
    with monkeypatch.context() as patch:
        patch.setattr(daily, killed_in, killed)
        with pytest.raises(KeyboardInterrupt):
            run_daily(MAY, heard.__setitem__)
    assert is_daily_due(MAY)
    second = run_daily(MAY)._asdict()
    assert {name: second[name] + heard.get(name, 0) for name in second} == ALL._asdict()
    assert not is_daily_due(MAY)


def test_daily_4_days_are_those_of_the_library() -> None:
    run_daily(zurich("2026-03-02T00:30"))  # still 1 March in UTC
    assert LibrarySettings.current().daily_done_on == date(2026, 3, 2)
    assert not is_daily_due(zurich("2026-03-02T23:59"))
    assert not is_daily_due(zurich("2026-03-03T05:59"))
    assert is_daily_due(zurich("2026-03-03T06:00"))


@pytest.mark.usefixtures("in_the_morning")
def test_daily_5_worker_does_it_once_a_day_from_six_on() -> None:
    assert [tasks.do_the_daily_work() for _each in range(2)] == [True, False]
    assert LibrarySettings.current().daily_done_on == timezone.now().astimezone(LibrarySettings.current().zone).date()


@pytest.mark.usefixtures("in_the_morning")
def test_daily_6_what_failed_is_tried_again_after_a_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr(tasks, "run_daily", broken)
        with pytest.raises(RuntimeError):
            tasks.do_the_daily_work()
    assert tasks.do_the_daily_work() is False
    tasks.cache.delete(tasks.TAKEN_KEY)  # as it is after ten minutes
    assert tasks.do_the_daily_work() is True


def test_daily_7_command_tells_each_part_and_the_counts_as_json() -> None:
    something_of_everything()
    out = StringIO()
    call_command("daily", stdout=out)
    lines = out.getvalue().splitlines()
    assert lines[:-1] == [
        "holds_expired: 2", "marked_lost: 1", "notices_queued: 0", "unlinked: 1", "also_borrowed: 0",
        "most_borrowed: 0",
    ]  # fmt: skip
    assert json.loads(lines[-1]) == ALL._replace(most_borrowed=0)._asdict()  # all that was longer ago


def test_daily_8_clock_set_back_does_no_harm() -> None:
    something_of_everything()
    run_daily(MAY)
    assert run_daily(ISSUED) == DailyCounts()
    assert (Hold.objects.filter(status="expired").count(), Member.objects.count()) == (2, 4)
    assert Action.objects.filter(verb="expire_holds").count() == 2
