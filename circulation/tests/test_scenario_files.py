"""A scenario that cannot be understood says what is wrong and where; nothing else passes."""

import json
from typing import Any

import pytest

from circulation.scenarios import Misread, read

STEP = {"do": "is_open", "on": "2026-03-02"}
ISSUE = {"do": "issue", "copy": "C1", "member": "M1"}
PLACES: list[tuple[str, dict[str, Any]]] = [
    ("surprise", {"surprise": 1}),
    ("steps", {"steps": {}}),
    ("steps[0]", {"steps": [[]]}),
    ("steps[0].do", {"steps": [{"on": "2026-03-02"}]}),
    ("steps[0].do", {"steps": [{"do": "steal"}]}),
    ("steps[1].member", {"steps": [STEP, {"do": "issue", "copy": "C1"}]}),
    ("steps[0].cpoy", {"steps": [{**ISSUE, "cpoy": "C1"}]}),
    ("steps[0].copy", {"steps": [{**ISSUE, "copy": 1}]}),
    ("steps[0].copy", {"steps": [{**ISSUE, "copy": ""}]}),
    ("steps[0].branch", {"steps": [{**ISSUE, "branch": "ELSEWHERE"}]}),
    ("steps[0].due_on", {"steps": [{**ISSUE, "due_on": "02.03.2026"}]}),
    ("steps[0].due_on", {"steps": [{**ISSUE, "due_on": "2026-02-30"}]}),
    ("steps[0].override", {"steps": [{**ISSUE, "override": "on_loan"}]}),
    ("steps[0].override[1]", {"steps": [{**ISSUE, "override": ["on_loan", "too_many"]}]}),
    ("steps[0].reason", {"steps": [{**ISSUE, "reason": None}]}),
    ("steps[0].at", {"steps": [{**ISSUE, "at": "2026-03-02"}]}),
    ("steps[0].at", {"steps": [{**ISSUE, "at": "2026-03-02T10:00+01:00"}]}),
    ("steps[1].at", {"steps": [{**STEP, "at": "2026-03-02T10:00"}, {**STEP, "at": "2026-03-02T09:59"}]}),
    ("steps[2].at", {"steps": [{**STEP, "at": "2026-03-02T10:00"}, STEP, {**STEP, "at": "2026-03-02T09:59"}]}),
    ("steps[0].expect.due", {"steps": [{**ISSUE, "expect": {"due": "2026-03-02"}}]}),
    ("steps[0].expect.fine", {"steps": [{**ISSUE, "expect": {"fine": "0.00"}}]}),
    ("steps[0].expect.open", {"steps": [{**STEP, "expect": {"open": 1}}]}),
    ("steps[0].expect.ok", {"steps": [{**STEP, "expect": {"ok": "true"}}]}),
    ("steps[0].expect.refused", {"steps": [{**STEP, "expect": {"refused": "on_loan"}}]}),
    ("steps[0].expect.fine", {"steps": [{"do": "return", "copy": "C1", "expect": {"fine": 0.6}}]}),
    ("steps[0].expect.loan_perod", {"steps": [{"do": "rule", "expect": {"loan_perod": 21}}]}),
    ("steps[0].expect.loan_period.form", {"steps": [{"do": "rule", "expect": {"loan_period": {"form": []}}}]}),
    ("steps[0]", {"steps": [{"do": "return", "copy": "C1", "member": "M1", "isbn": "9780141439549"}]}),
    ("steps[0]", {"steps": [{"do": "return", "member": "M1"}]}),
    ("steps[0]", {"steps": [{"do": "return"}]}),
    ("steps[0]", {"steps": [{"do": "hold", "member": "M1", "hold": "H1"}]}),
    ("steps[0]", {"steps": [{"do": "hold", "member": "M1", "hold": "H1", "book": "B1", "copy": "C1"}]}),
    ("steps[0].hold", {"steps": [{"do": "hold", "member": "M1", "book": "B1"}]}),
    ("steps[0].book", {"steps": [{"do": "book", "book": "B9"}]}),
    ("steps[0].hold", {"steps": [{"do": "hold_state", "hold": "H9"}]}),
    ("steps[0].to", {"steps": [{"do": "move_hold", "hold": "H9", "to": 0}]}),
    ("steps[0].amount", {"steps": [{"do": "pay", "member": "M1", "amount": 5}]}),
    ("steps[0].amount", {"steps": [{"do": "pay", "member": "M1", "amount": "1.005"}]}),
    ("steps[0].by", {"steps": [{"do": "renew", "copy": "C1", "by": "nobody"}]}),
    ("steps[0].reason", {"steps": [{"do": "restrict", "member": "M1"}]}),
    ("library.zone", {"library": {"zone": "UTC"}}),
    ("library.timezone", {"library": {"timezone": "Europe/Nowhere"}}),
    ("library.currency", {"library": {"currency": "EURO"}}),
    ("library.currency", {"library": {"currency": "EU1"}}),
    ("library.today", {"library": {}}),
    ("library.today", {"library": {"today": "0001-01-01"}}),
    ("library.settings.lost_fine", {"library": {"settings": {"lost_fine": "keep"}}}),
    ("library.settings.lost_fine_policy", {"library": {"settings": {"lost_fine_policy": "none"}}}),
    ("library.settings.estimate_counts_for_limits", {"library": {"settings": {"estimate_counts_for_limits": 1}}}),
    ("library.settings.due_soon_days[0]", {"library": {"settings": {"due_soon_days": ["3"]}}}),
    ("branches[1]", {"branches": ["MAIN", "MAIN"]}),
    ("branches[0]", {"branches": [{"code": "MAIN"}]}),
    ("calendar.open_weekdays[0]", {"calendar": {"open_weekdays": [0]}}),
    ("calendar.hours.closes", {"calendar": {"hours": {"opens": "10:00"}}}),
    ("calendar.hours.8", {"calendar": {"hours": {"8": {"opens": "10:00", "closes": "18:00"}}}}),
    ("calendar.hours.1.opens", {"calendar": {"hours": {"1": {"opens": "10", "closes": "18:00"}}}}),
    ("calendar.closed[0].until", {"calendar": {"closed": [{"from": "2026-03-02", "until": "2026-03-04"}]}}),
    ("calendar.closed[0].yearly", {"calendar": {"closed": [{"yearly": "13-01"}]}}),
    ("calendars.B", {"calendars": {"B": {}}}),
    ("categories[0].code", {"categories": [{"max_loans": 5}]}),
    ("categories[0].max_loan", {"categories": [{"code": "ADULT", "max_loan": 5}]}),
    ("categories[0].max_loans", {"categories": [{"code": "ADULT", "max_loans": True}]}),
    ("categories[0].debt_limit", {"categories": [{"code": "ADULT", "debt_limit": "-1.00"}]}),
    ("categories[1].code", {"categories": [{"code": "ADULT"}, {"code": "ADULT"}]}),
    ("copy_types[0].is_lendable", {"copy_types": [{"code": "BOOK", "is_lendable": "yes"}]}),
    ("rules[0].category", {"rules": [{"category": "ADULTS"}]}),
    ("rules[0].loan_perod", {"rules": [{"loan_perod": 21}]}),
    ("rules[0].loan_period", {"rules": [{"loan_period": 21.5}]}),
    ("rules[0].loan_period", {"rules": [{"loan_period": -1}]}),
    ("rules[0].loan_period", {"rules": [{"loan_period": "unlimited"}]}),
    ("rules[0].max_loans", {"rules": [{"max_loans": "none"}]}),
    ("rules[0].renewal_period", {"rules": [{"renewal_period": "unlimited"}]}),
    ("rules[0].fine_amount", {"rules": [{"fine_amount": 0.5}]}),
    ("rules[0].fine_amount", {"rules": [{"fine_amount": "unlimited"}]}),
    ("rules[0].fine_period", {"rules": [{"fine_period": 0}]}),
    ("rules[0].grace_included", {"rules": [{"grace_included": "yes"}]}),
    ("rules[0].due_date_mode", {"rules": [{"due_date_mode": "weeks"}]}),
    ("members[0].category", {"members": [{"card": "M1", "category": "CHILD"}]}),
    ("members[1].card", {"members": [{"card": "M1"}, {"card": "M1"}]}),
    ("members[0].keep_history", {"members": [{"card": "M1", "keep_history": "no"}]}),
    ("books[0].id", {"books": [{"title": "Emma"}]}),
    ("books[0].isbn", {"books": [{"id": "B1", "isbn": "Emma"}]}),
    ("books[0].copies[0].barcode", {"books": [{"id": "B1", "copies": [{}]}]}),
    ("books[1].copies[0].barcode", {"books": [{"id": i, "copies": [{"barcode": "C1"}]} for i in ("B1", "B2")]}),
    ("books[0].copies[0].type", {"books": [{"id": "B1", "copies": [{"barcode": "C1", "type": "DVD"}]}]}),
    ("steps", {"refused_setup": ["rule_duplicate"], "steps": [STEP]}),
    ("refused_setup", {"refused_setup": "rule_duplicate"}),
]


@pytest.mark.parametrize(("place", "part"), PLACES, ids=[f"{n}-{place}" for n, (place, _part) in enumerate(PLACES)])
def test_place_of_what_cannot_be_understood(place: str, part: dict[str, Any]) -> None:
    library = part.get("library", {"today": "2026-03-02"})
    if set(library) & {"zone", "settings"} or "timezone" in library or "currency" in library:
        library = {"today": "2026-03-02", **library}
    with pytest.raises(Misread) as error:
        read(json.dumps({**part, "library": library}))
    assert error.value.place == place
    assert error.value.message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", "line 1, column 1"),
        ('{"name": "a",\n "steps": [}', "line 2, column 12"),
        ('{"name": "a", "name": "b"}', "name"),
        ('{"name": NaN}', ""),
        (b"\xff{}", ""),
        ("[" * 100_000, ""),
        ("[1" + "0" * 5_000 + "]", ""),
        ("[]", ""),
    ],
    ids=["nothing", "comma", "key twice", "no number", "no text", "deep", "long number", "a list"],
)
def test_what_is_no_json_object(text: str | bytes, place: str) -> None:
    with pytest.raises(Misread) as error:
        read(text)
    assert error.value.place == place


def test_least_of_a_scenario_is_what_it_does() -> None:
    scenario = read('{"steps": [{"at": "2026-03-02T10:00", "do": "is_open", "on": "2026-03-02"}]}')
    assert (scenario.time_zone, scenario.currency, scenario.today.isoformat()) == ("UTC", "EUR", "2026-03-02")
    assert (scenario.branches, scenario.categories[0].code, scenario.copy_types[0].code) == (("MAIN",), "ADULT", "BOOK")
    assert scenario.rules == ()
