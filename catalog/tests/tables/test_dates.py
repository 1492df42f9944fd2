"""Days in many notations, decided for a whole column."""

from datetime import date

import pytest

from catalog.tables.dates import order_of, read_day, read_moment

TODAY = date(2026, 9, 1)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2020-04-03", date(2020, 4, 3)),
        ("2020/4/3", date(2020, 4, 3)),
        ("20200403", date(2020, 4, 3)),
        ("03.04.2020", date(2020, 4, 3)),
        ("3. 4. 2020", date(2020, 4, 3)),
        ("3/4/20", date(2020, 4, 3)),
        ("3.4.99", date(1999, 4, 3)),
        ("03-04-2020 14:30:00", date(2020, 4, 3)),
        ("2020-04-03T14:30:00Z", date(2020, 4, 3)),
        ("3 April 2020", date(2020, 4, 3)),
        ("Apr 3rd, 2020", date(2020, 4, 3)),
        ("3. März 2020", date(2020, 3, 3)),
        ("3. Jänner 2020", date(2020, 1, 3)),
        ("1er février 2020", date(2020, 2, 1)),
        ("3 de abril de 2020", date(2020, 4, 3)),
        ("43924", date(2020, 4, 3)),
        ("", None),
        ("0000-00-00", None),
        ("n/a", None),
    ],
)
def test_read_day_reads_every_notation(text, day):
    assert read_day(text, day_first=True, today=TODAY) == day


def test_read_day_reads_the_month_first_where_the_column_has_it_so():
    assert read_day("3/4/2020", day_first=False, today=TODAY) == date(2020, 3, 4)


@pytest.mark.parametrize("text", ["30.02.2020", "13/13/2020", "yesterday", "3 Smarch 2020", "2020"])
def test_read_day_refuses_what_no_calendar_has(text):
    with pytest.raises(ValueError):  # noqa: PT011 - its text is not for people
        read_day(text, day_first=True, today=TODAY)


@pytest.mark.parametrize(
    ("texts", "otherwise", "day_first"),
    [
        (["1/2/2020", "13/2/2020"], False, True),
        (["1/2/2020", "2/13/2020"], True, False),
        (["1/2/2020"], False, False),
        (["1/2/2020"], True, True),
        (["1.2.2020"], False, True),
        (["13/2/2020", "2/14/2020", "2/15/2020"], True, False),
        ([], False, False),
    ],
)
def test_order_of_a_column_goes_by_what_all_of_it_says(texts, otherwise, day_first):
    assert order_of(texts, otherwise=otherwise) is day_first


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-09-22T18:47:00+02:00", "2026-09-22T18:47:00+02:00"),
        ("22.9.2026 18:47", "2026-09-22T18:47"),
        ("22/9/2026 6:47 PM", "2026-09-22T18:47"),
        ("2026-09-22", "2026-09-22"),
        ("", ""),
    ],
)
def test_read_moment_keeps_the_time_and_its_offset(text, moment):
    assert read_moment(text, day_first=True, today=TODAY) == moment
