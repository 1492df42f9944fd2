"""What holds of due dates and fines whatever the rule, the calendar and the dates."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from circulation.policy import (
    Calendar,
    DueDateMode,
    EffectiveRule,
    Exceptional,
    FineChargedAt,
    NoOpenDay,
    Unit,
    due_date,
    end_of_day,
    overdue_fine,
    renewed_due_date,
)
from circulation.tests.policy.builders import ZONES, rule

thoroughly = settings(max_examples=200, deadline=None)
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2029, 12, 31), timezones=st.just(UTC))
HOURS = (time(9), time(17, 30))


@st.composite
def exceptions(draw: st.DrawFn) -> Exceptional:
    first = draw(DAYS)
    last = first + timedelta(days=draw(st.integers(0, 20)))
    return Exceptional(first, last, is_yearly=draw(st.booleans()), opens=draw(st.booleans()))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    week = dict.fromkeys(draw(st.sets(st.integers(1, 7), min_size=1)), HOURS)
    without_hours = draw(st.integers(0, 4)) == 0
    return Calendar(
        draw(st.sampled_from(ZONES)), None if without_hours else week, draw(st.lists(exceptions(), max_size=6))
    )


RULES = st.builds(
    rule,
    loan_period=st.integers(0, 60),
    due_date_mode=st.sampled_from(DueDateMode),
    fine_amount_minor=st.integers(0, 500),
    fine_period=st.integers(1, 10),
    fine_charged_at=st.sampled_from(FineChargedAt),
    grace_period=st.integers(0, 10),
    grace_included=st.booleans(),
    fine_cap_minor=st.one_of(st.none(), st.integers(0, 3000)),
    cap_fine_to_price=st.booleans(),
    charge_closed_days=st.booleans(),
)
PRICES = st.integers(0, 3000)
ROOMS = st.one_of(st.none(), st.integers(-100, 3000))


@thoroughly
@given(MOMENTS, RULES, calendars(), st.one_of(st.none(), DAYS))
def test_due_date_is_an_open_day_in_every_mode_that_looks_at_the_calendar(
    start: datetime, of_rule: EffectiveRule, library: Calendar, expires_on: date | None
) -> None:
    assume(of_rule.due_date_mode != DueDateMode.DAYS)
    try:
        found = due_date(start, of_rule, library, expires_on=expires_on)
    except NoOpenDay:
        return
    due_on = found.at.astimezone(library.zone).date()
    assert (library.is_open(due_on), found.at) == (True, end_of_day(due_on, library.zone))
    assert expires_on is None or due_on <= expires_on


@thoroughly
@given(MOMENTS, RULES, calendars())
def test_due_date_is_never_before_the_whole_period_has_passed(
    start: datetime, of_rule: EffectiveRule, library: Calendar
) -> None:
    try:
        due_on = due_date(start, of_rule, library).at.astimezone(library.zone).date()
    except NoOpenDay:
        return
    planned = start.astimezone(library.zone).date() + timedelta(days=of_rule.loan_period)
    assert due_on == planned if of_rule.due_date_mode == DueDateMode.DAYS else due_on >= planned


@thoroughly
@given(MOMENTS, MOMENTS, RULES, calendars())
def test_renewal_is_never_due_before_the_loan_was(
    due_at: datetime, now: datetime, of_rule: EffectiveRule, library: Calendar
) -> None:
    try:
        found = renewed_due_date(due_at, now, of_rule, library).at
    except NoOpenDay:
        return
    assert found >= end_of_day(due_at.astimezone(library.zone).date(), library.zone)


@thoroughly
@given(MOMENTS, RULES, calendars(), st.integers(1, 60))
def test_hourly_loan_ends_while_the_library_is_open(
    start: datetime, of_rule: EffectiveRule, library: Calendar, hours: int
) -> None:
    assume(of_rule.due_date_mode != DueDateMode.DAYS)
    try:
        found = due_date(start, replace(of_rule, loan_unit=Unit.HOURS, loan_period=hours), library).at
    except NoOpenDay:
        return
    assert (library.is_open_at(found), found > start) == (True, True)


@thoroughly
@given(due_on=DAYS, late=st.integers(0, 200), of_rule=RULES, library=calendars(), price=PRICES, room=ROOMS)
def test_fine_is_never_negative_and_never_above_any_cap(
    *, due_on: date, late: int, of_rule: EffectiveRule, library: Calendar, price: int, room: int | None
) -> None:
    due_at = end_of_day(due_on, library.zone)
    back = due_at + timedelta(days=late)
    amount = overdue_fine(due_at, back, of_rule, library, price_minor=price, room_minor=room).amount_minor
    caps = [] if of_rule.fine_cap_minor is None else [of_rule.fine_cap_minor]
    caps += [price] if of_rule.cap_fine_to_price and price else []
    caps += [] if room is None else [max(0, room)]
    assert 0 <= amount <= min(caps, default=amount)


@thoroughly
@given(due_on=DAYS, late=st.integers(0, 99), more=st.integers(0, 99), of_rule=RULES, library=calendars(), price=PRICES)
def test_later_return_never_costs_less(
    *, due_on: date, late: int, more: int, of_rule: EffectiveRule, library: Calendar, price: int
) -> None:
    due_at = end_of_day(due_on, library.zone)
    sooner, later = (
        overdue_fine(due_at, due_at + timedelta(days=days), of_rule, library, price_minor=price)
        for days in (late, late + more)
    )
    assert (sooner.amount_minor <= later.amount_minor, sooner.units <= later.units) == (True, True)


@thoroughly
@given(due_on=DAYS, late=st.integers(0, 100), clock=st.times(), of_rule=RULES, library=calendars(), room=ROOMS)
def test_days_explained_are_those_after_the_due_date_through_the_return(
    *, due_on: date, late: int, clock: time, of_rule: EffectiveRule, library: Calendar, room: int | None
) -> None:
    back_on = due_on + timedelta(days=late)
    back = datetime.combine(back_on, clock, tzinfo=library.zone).astimezone(UTC)
    found = overdue_fine(end_of_day(due_on, library.zone), back, of_rule, library, room_minor=room)
    days = [due_on + timedelta(days=n) for n in range(1, late + 1)]
    assert [d.day for d in found.days] == [d.isoformat() for d in days]
    closed = [] if of_rule.charge_closed_days else [d.isoformat() for d in days if not library.is_open(d)]
    assert [d.day for d in found.days if d.why == "closed"] == closed
    assert {d.why for d in found.days if d.charged} <= {"late"}
    assert {d.why for d in found.days if not d.charged} <= {"closed", "grace", "cap"}
    if not found.cap:
        assert found.units == sum(1 for d in found.days if d.why in ("late", "cap"))


@thoroughly
@given(MOMENTS, st.integers(0, 300), calendars(), st.booleans())
def test_open_time_is_never_more_than_the_time_that_passed(
    start: datetime, hours: int, library: Calendar, charged: bool
) -> None:
    end = start + timedelta(hours=hours)
    of_rule = rule(loan_unit=Unit.HOURS, fine_cap_minor=None, charge_closed_days=charged)
    units = overdue_fine(start, end, of_rule, library).units
    spent = sum((last - first for first, last in library.open_spans(start, end)), timedelta())
    open_hours = hours if charged else -(-spent // timedelta(hours=1))
    assert (units, units <= hours) == (open_hours, True)
