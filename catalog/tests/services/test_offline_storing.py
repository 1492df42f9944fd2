"""Storing many records of the local copy at once."""

from typing import Any

import pytest

from accounts.models import Action
from catalog.models import OfflineIsbn, OfflineLoad, OfflineRecord
from catalog.openlibrary.dump import read_line
from catalog.openlibrary.sieves import isbn_values
from catalog.services.offline import Row, count_missing, drop_local_copy, named_by_stored, store_records
from catalog.tests.openlibrary.dumps import author, edition, work

pytestmark = pytest.mark.django_db
TEA, FOX = "9780142414125", "9780140328721"


@pytest.fixture
def load() -> OfflineLoad:
    return OfflineLoad.objects.create(identity="x", selection="everything")


def rows(*lines: str) -> list[Row]:
    records = [read_line(line.encode()) for line in lines]
    return [Row(each.olid, each.revision, each.text, isbn_values(each.value)) for each in records]


def revised(number: int, revision: int, *isbns: str) -> Row:
    return Row(f"OL{number}M", revision, edition(number, *isbns).split("\t")[4], frozenset(isbns))


def kept() -> tuple[dict[str, int], set[tuple[str, str]]]:
    """Key -> revision, and the ISBNs with their editions."""
    isbns = OfflineIsbn.objects.values_list("isbn", "edition_key")
    return dict(OfflineRecord.objects.values_list("key", "revision")), set(isbns)


def test_store_records_keeps_the_line_and_its_isbns(load: OfflineLoad) -> None:
    [row] = rows(edition(1, TEA, "x", title="Bücher \\ \t \u0000 \ud800"))
    assert store_records([row], load) == {"new": 1, "updated": 0, "same": 0}
    record = OfflineRecord.objects.get()
    assert (record.key, record.revision, record.load_number, record.data) == ("OL1M", 1, load.pk, row.data)
    assert kept()[1] == {(TEA, "OL1M")}


def test_store_records_changes_nothing_the_second_time(load: OfflineLoad) -> None:
    some = rows(edition(1, TEA), edition(2, TEA), work(1), author(1))
    assert store_records(some, load) == {"new": 4, "updated": 0, "same": 0}
    before = kept()
    assert store_records(some, load) == {"new": 0, "updated": 0, "same": 4}
    assert kept() == before


def test_store_records_takes_a_later_revision_with_its_isbns_and_no_earlier_one(load: OfflineLoad) -> None:
    store_records([revised(1, 5, TEA), revised(2, 1, TEA)], load)
    counts = store_records([revised(1, 6, FOX), revised(2, 0, FOX), revised(3, 1)], load)
    assert counts == {"new": 1, "updated": 1, "same": 1}
    assert kept() == ({"OL1M": 6, "OL2M": 1, "OL3M": 1}, {(FOX, "OL1M"), (TEA, "OL2M")})


def test_store_records_takes_the_latest_of_one_key(load: OfflineLoad) -> None:
    assert store_records([revised(1, 2), revised(1, 3, TEA), revised(1, 1)], load)["same"] == 2
    assert kept() == ({"OL1M": 3}, {(TEA, "OL1M")})


@pytest.mark.parametrize("count", [1, 3])
def test_store_records_needs_the_same_queries_for_one_and_many(
    load: OfflineLoad, count: int, django_assert_num_queries: Any
) -> None:
    store_records([revised(number, 1, TEA) for number in range(count)], load)
    with django_assert_num_queries(8):
        store_records([revised(number, 2, FOX) for number in range(count)], load)


def test_named_by_stored_follows_old_keys_and_names_each_once(load: OfflineLoad) -> None:
    old = edition(2, work=4, authors=[9]).replace("/works/OL4W", "/w/OL4W").replace("/authors/OL9A", "/a/OL9A")
    store_records(rows(edition(1, work=3, authors=[8]), old, work(3, 8, 7), author(8)), load)
    works, authors = named_by_stored("work"), named_by_stored("author")
    assert [n for n in range(10) if n in works] == [3, 4]
    assert [n for n in range(10) if n in authors] == [7, 8, 9]
    assert (count_missing("work"), count_missing("author")) == (1, 2)


def test_drop_local_copy_leaves_nothing_but_the_word_that_it_was_done(load: OfflineLoad) -> None:
    store_records(rows(edition(1, TEA), work(1)), load)
    assert drop_local_copy(by=None) == 2
    assert (kept(), OfflineLoad.objects.count()) == (({}, set()), 0)
    assert Action.objects.get(verb="drop_local_copy").after == {"records": 2}
