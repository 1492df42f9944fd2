from datetime import UTC, datetime
from typing import Any

import pytest

from accounts.models import LibrarySettings, MemberCategory
from accounts.prepared import Prepared

pytestmark = pytest.mark.django_db

NAMES = Prepared(
    lambda keys: (
        MemberCategory.objects.filter(pk__in=keys, code__startswith="P").order_by("pk").values_list("pk", "name")
    ),
    most=3,
)


def categories(count: int) -> list[int]:
    return [MemberCategory.objects.create(code=f"P{n}", name=f"Category {n}").pk for n in range(count)]


@pytest.mark.parametrize("count", [0, 1, 3, 7])
def test_rows_are_those_of_the_keys_however_many(count: int) -> None:
    keys = categories(8)[:count]
    assert NAMES.rows(keys) == [(pk, f"Category {n}") for n, pk in enumerate(keys)]


def test_keys_are_asked_for_a_few_at_a_time_and_none_is_not_asked_for(django_assert_num_queries: Any) -> None:
    keys = categories(7)
    with django_assert_num_queries(3):
        NAMES.rows(keys)
    with django_assert_num_queries(0):
        assert NAMES.rows([]) == []


def test_keys_that_nothing_has_give_no_rows() -> None:
    (pk,) = categories(1)
    assert NAMES.rows([pk, 10**9, pk]) == [(pk, "Category 0")]


def test_the_settings_are_read_as_the_model_reads_them() -> None:
    moment = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    LibrarySettings.objects.filter(pk=1).update(
        due_soon_days=[2, 5], set_up_at=moment, daily_done_on=moment.date(), estimate_counts_for_limits=False
    )
    by_model, current = LibrarySettings.objects.get(pk=1), LibrarySettings.current()
    names = [field.attname for field in LibrarySettings._meta.concrete_fields]
    assert [getattr(current, name) for name in names] == [getattr(by_model, name) for name in names]
    assert (type(current.set_up_at), type(current.estimate_counts_for_limits)) == (datetime, bool)
    current.name = "Saved"
    current.save()
    assert LibrarySettings.current().name == "Saved"


def test_settings_without_a_row_are_the_defaults() -> None:
    LibrarySettings.objects.all().delete()
    assert (LibrarySettings.current().pk, LibrarySettings.current().name) == (1, "Openshelf")
