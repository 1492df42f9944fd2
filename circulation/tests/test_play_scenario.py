"""``play_scenario``: one line of JSON a file, exit code 1 for what fails, 2 for what cannot be understood."""

import io
import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core import mail
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.models import Action, LibrarySettings
from circulation.scenarios import play_text
from circulation.scenarios.aside import empty_library

RIGHT: dict[str, Any] = {
    "name": "right",
    "library": {"today": "2026-03-02"},
    "members": [{"card": "M1"}],
    "books": [{"id": "B1", "copies": [{"barcode": "C1"}]}],
    "steps": [
        {"do": "issue", "copy": "C1", "member": "M1", "expect": {"due_on": "2026-03-23"}},
        {"at": "2026-03-24T08:00", "do": "return", "copy": "C1", "expect": {"fine": "0.50"}},
        {"do": "return", "copy": "C1", "expect": {"refused": ["not_on_loan"]}},
    ],
}
WRONG = {**RIGHT, "name": "wrong", "steps": [{**RIGHT["steps"][0], "expect": {"due_on": "2026-03-24"}}]}
MISTYPED = {**RIGHT, "members": [{"crad": "M1"}]}
pytestmark = pytest.mark.django_db


def played(capsys: pytest.CaptureFixture[str], *files: Path | str) -> tuple[int, list[dict[str, Any]]]:
    code = 0
    try:
        call_command("play_scenario", *(str(file) for file in files))
    except SystemExit as end:
        code = int(end.code or 0)
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(name: str, scenario: dict[str, Any]) -> Path:
        (tmp_path / name).write_text(json.dumps(scenario), encoding="utf-8")
        return tmp_path / name

    return written


def test_outcome_of_every_step_is_told(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = write("right.json", RIGHT)
    code, [outcome] = played(capsys, path)
    assert (code, outcome) == (0, {
        "file": str(path), "name": "right", "ok": True,
        "steps": [
            {"n": 1, "at": "2026-03-02T00:00", "do": "issue", "ok": True, "refused": [], "due_on": "2026-03-23",
             "due_at": "2026-03-23T23:59", "filled_hold": None, "failed": []},
            {"n": 2, "at": "2026-03-24T08:00", "do": "return", "ok": True, "refused": [], "fine": "0.50",
             "explained": [{"day": "2026-03-24", "charged": True, "why": "late"}], "suspended_until": None,
             "trapped_for": None, "pickup_by": None, "credited": "0.00", "unlinked": False, "failed": []},
            {"n": 3, "at": "2026-03-24T08:00", "do": "return", "ok": False, "refused": ["not_on_loan"], "failed": []},
        ],
    })  # fmt: skip


def test_failed_expectation_is_told_and_ends_with_1(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    code, outcomes = played(capsys, write("right.json", RIGHT), write("wrong.json", WRONG))
    assert (code, [outcome["ok"] for outcome in outcomes]) == (1, [True, False])
    assert outcomes[1]["steps"][0]["failed"] == [{"key": "due_on", "expected": "2026-03-24", "got": "2026-03-23"}]


def test_file_that_cannot_be_understood_ends_with_2_and_the_others_are_played(
    write: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    files = [
        write("bad.json", MISTYPED),
        write("wrong.json", WRONG),
        tmp_path / "none.json",
        write("right.json", RIGHT),
    ]
    code, outcomes = played(capsys, *files)
    assert (code, [outcome["ok"] for outcome in outcomes]) == (2, [False, False, False, True])
    assert [outcome.get("place") for outcome in outcomes] == ["members[0].crad", None, "", None]


def test_set_up_that_is_refused_and_one_that_is_not_but_should_be() -> None:
    closed = {"library": {"today": "2026-03-02"}, "calendar": {"open_weekdays": []}}
    unexpected = play_text(json.dumps({**closed, "steps": []}))
    assert (unexpected["ok"], unexpected["refused_setup"]) == (False, ["calendar_never_open"])
    missed = play_text(json.dumps({"library": closed["library"], "refused_setup": ["rule_duplicate"]}))
    assert missed["failed"] == [{"key": "refused_setup", "expected": ["rule_duplicate"], "got": []}]


@pytest.mark.parametrize("expected", [None, "none", {"value": None}, {"value": "none", "from": [None, None, None]}])
def test_parameter_that_is_none_may_be_expected_in_either_way(expected: Any) -> None:
    steps = [{"do": "rule", "expect": {"renewal_period": expected}}]
    assert play_text(json.dumps({"library": {"today": "2026-03-02"}, "steps": steps}))["ok"] is True


def test_standard_input_is_a_file_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(json.dumps(RIGHT).encode())))
    code, [outcome] = played(capsys, "-")
    assert (code, outcome["file"], outcome["ok"]) == (0, "-", True)


def test_language_and_time_zone_of_the_process_change_nothing() -> None:
    text = json.dumps(RIGHT)
    with timezone.override("Pacific/Kiritimati"), translation.override("de"):
        elsewhere = play_text(text)
    with timezone.override("Pacific/Pago_Pago"), translation.override("en"):
        assert play_text(text) == elsewhere


def test_clock_goes_on_through_a_night_that_shows_an_hour_twice() -> None:
    """In Zurich the clock shows 02:30 twice on 25 October 2026."""
    steps = [{"at": f"2026-10-25T{at}", "do": "is_open", "on": "2026-10-25"} for at in ("02:30", "02:50", "03:00")]
    text = json.dumps({"library": {"timezone": "Europe/Zurich"}, "steps": steps})
    assert [step["at"][-5:] for step in play_text(text)["steps"]] == ["02:30", "02:50", "03:00"]


def test_no_message_goes_out() -> None:
    play_text(json.dumps({**RIGHT, "steps": [*RIGHT["steps"][:1], {"at": "2026-05-01T10:00", "do": "daily"}]}))
    assert mail.outbox == []


def test_empty_library_is_empty_takes_no_numbers_and_goes_away(library: LibrarySettings) -> None:
    Action.objects.create(key="before", verb="x", at=timezone.now())
    last = Action.objects.latest("pk").pk
    with empty_library():
        assert (Action.objects.count(), LibrarySettings.objects.count()) == (0, 0)
        Action.objects.create(key="within", verb="x", at=timezone.now())
    assert list(Action.objects.values_list("key", flat=True)) == ["before"]
    assert Action.objects.create(key="after", verb="x", at=timezone.now()).pk == last + 1


def test_kinds_of_things_keep_their_numbers() -> None:
    """Every process keeps them in mind: a number made up within would be taken for the real one afterwards."""
    ContentType.objects.clear_cache()
    with empty_library():
        within = ContentType.objects.get_for_model(Action).pk
    ContentType.objects.clear_cache()
    assert within == ContentType.objects.get_for_model(Action).pk


def test_many_scenarios_share_the_tables_and_nothing_else() -> None:
    text = json.dumps(RIGHT)
    with empty_library():
        outcomes = [play_text(text) for _each in range(3)]
        assert Action.objects.count() == 0
    assert [outcome["ok"] for outcome in outcomes] == [True, True, True]


def test_whatever_happens_within_is_rolled_back(library: LibrarySettings) -> None:
    with pytest.raises(ZeroDivisionError), empty_library():
        raise ZeroDivisionError
    assert LibrarySettings.current() == library
    assert not connection.needs_rollback


@pytest.mark.django_db(transaction=True)
def test_nothing_is_kept_outside_of_a_transaction_too() -> None:
    assert not connection.in_atomic_block
    assert play_text(json.dumps(RIGHT))["ok"] is True
    with transaction.atomic():
        assert Action.objects.count() == 0
    if connection.vendor == "sqlite":
        assert connection.transaction_mode == connection.settings_dict["OPTIONS"].get("transaction_mode")
