"""Search as a librarian judges it: over the demo's books and Open Library's records, alike on both databases."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django import DjangoDbBlocker

from library_site.judging.questions import Judgement, found_by, judge, read_judgements, score
from library_site.judging.shelves import demo, fill, records

HERE = Path(__file__).parent
RECORDS = HERE.parent / "data" / "search"
RANKED = json.loads((HERE / "ranked.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", autouse=True)
def _shelves(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The fixed library, put there once for all tests of this module."""
    with django_db_blocker.unblock(), transaction.atomic():
        fill([*demo(), *records(RECORDS / "openlibrary.jsonl"), *records(RECORDS / "more.jsonl")])
        if connection.vendor == "postgresql":  # as it does by itself a minute after many rows came in
            connection.cursor().execute("ANALYZE")
        yield
        transaction.set_rollback(True)


def test_what_a_librarian_wants_first_stands_first() -> None:
    verdicts = judge(read_judgements(HERE / "judged.json"))
    found = score(verdicts)
    missed = [(verdict.judgement.text, verdict.rank) for verdict in verdicts if verdict.rank != 1]
    assert found.questions >= 400
    assert (found.recall_at_1 >= 0.97, found.mean_reciprocal_rank >= 0.97) == (True, True), missed


@pytest.mark.parametrize("text", RANKED)
def test_the_whole_order_is_the_same_on_every_database(text: str) -> None:
    assert [str(book) for book in found_by(Judgement("order", text, ()), 12)] == RANKED[text]
