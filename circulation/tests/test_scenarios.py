"""Every scenario file of this folder holds, on a library that is in use, and nothing of it stays there."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from pytest_django import DjangoDbBlocker

from accounts.models import Branch, LibrarySettings
from accounts.tests.factories import MemberFactory
from accounts.tests.rows import rows_of
from catalog.tests.factories import CopyFactory
from circulation.models import Closure
from circulation.scenarios import play_text, read
from circulation.scenarios.aside import empty_library
from circulation.tests.factories import make_overdue_loan, open_on, set_library, set_rule

FILES = sorted((Path(__file__).parent / "scenarios").glob("*.json"))
pytestmark = pytest.mark.django_db


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table."""
    return {model._meta.label: rows_of(model) for model in apps.get_models(include_auto_created=True)}


def test_scenario_does_not_need_a_library_that_was_set_up() -> None:
    LibrarySettings.objects.all().delete()
    text = '{"library": {"today": "2026-03-02"}, "steps": [{"do": "is_open", "on": "2026-03-02"}]}'
    assert (play_text(text)["ok"], LibrarySettings.objects.exists()) == (True, False)


@pytest.fixture(scope="module")
def library_in_use(shared_rows: DjangoDbBlocker) -> DjangoDbBlocker:
    """A library with codes, cards and barcodes that scenarios use too, with other rules, closed most of the time."""
    with shared_rows.unblock():
        set_library(
            time_zone="Pacific/Kiritimati", currency="JPY", found_refund_policy="none", long_overdue_lost_days=1
        )
        set_rule(loan_period=3, fine_amount_minor=900, max_loans=1)
        open_on("3")
        Closure.objects.create(branch=Branch.objects.get(), from_on="2026-01-01", to_on="2026-12-31")
        make_overdue_loan(CopyFactory(barcode="C1"), MemberFactory(card_number="M1"))
    return shared_rows


@pytest.mark.parametrize("name", ["DUE-1", "FINE-1", "HOLD-1", "LOST-1", "NOTICE-1"])
def test_scenario_leaves_nothing_behind(name: str, library_in_use: DjangoDbBlocker) -> None:
    [path] = [path for path in FILES if path.stem == name]
    before = everything()
    assert play_text(path.read_bytes(), path.name)["ok"]
    assert everything() == before


@pytest.fixture(scope="module")
def aside(library_in_use: DjangoDbBlocker) -> Iterator[None]:
    """The tables of the scenarios beside the library, laid out once; what was played left nothing in it."""
    with library_in_use.unblock():
        before = everything()
        laid_out = empty_library()
        laid_out.__enter__()
    yield
    with library_in_use.unblock():
        laid_out.__exit__(None, None, None)
        assert everything() == before


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_scenario_holds(path: Path, aside: None) -> None:
    outcome = play_text(path.read_bytes(), path.name)
    assert (outcome.get("error"), outcome.get("place")) == (None, None)
    failed = {step["n"]: step["failed"] for step in outcome["steps"] if step["failed"]}
    assert (failed, outcome.get("failed", []), outcome["ok"]) == ({}, [], True)
    scenario = read(path.read_bytes())
    assert scenario.name
    assert any([scenario.refused_setup, *(step.expect for step in scenario.steps)])
