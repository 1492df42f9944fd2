"""The page that plays a scenario: by its own rules or the library's, and nothing is kept."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MemberCategory
from accounts.queries import default_branch
from circulation.models import CirculationRule, Closure
from circulation.scenarios import read
from circulation.scenarios.misread import Node
from circulation.scenarios.own import completed, own_library, sample
from circulation.tests.factories import close_on, open_on, set_library, set_rule, what_there_is

pytestmark = pytest.mark.django_db
PAGE = "/desk/rules/rehearse/"
SCENARIO: dict[str, Any] = {
    "name": "a late book",
    "library": {"today": "2026-03-02"},
    "members": [{"card": "M1"}],
    "books": [{"id": "B1", "copies": [{"barcode": "C1"}]}],
    "steps": [
        {"do": "issue", "copy": "C1", "member": "M1", "expect": {"due_on": "2026-03-23"}},
        {"do": "issue", "copy": "C1", "member": "M1"},
    ],
}


def play(browser: Client, scenario: dict[str, Any] | str, **fields: Any) -> Any:
    text = scenario if isinstance(scenario, str) else json.dumps(scenario)
    return browser.post(PAGE, {"scenario": text, **fields})


def test_page_begins_with_a_scenario_that_plays(admin_desk: Client) -> None:
    assert reverse("circulation:rehearse") == PAGE
    form = admin_desk.get(PAGE).context["form"]
    outcome = play(admin_desk, form.initial["scenario"], own_rules="on").context["outcome"]
    assert (outcome["ok"], [step["ok"] for step in outcome["steps"]]) == (True, [True] * 4)


def test_outcome_is_a_table_and_nothing_is_kept(admin_desk: Client) -> None:
    before = what_there_is()
    response = play(admin_desk, SCENARIO)
    assert response.status_code == 200
    assert [row["failed"] for row in response.context["steps"]] == [[], []]
    page = response.content.decode()
    assert "everything is as expected" in page
    assert "<code>already_yours</code>" in page
    assert what_there_is() == before


def test_what_was_expected_and_did_not_come_is_said(admin_desk: Client) -> None:
    wrong = {**SCENARIO, "steps": [{**SCENARIO["steps"][0], "expect": {"due_on": "2026-03-24"}}]}
    assert "2026-03-24 was expected, 2026-03-23 came" in play(admin_desk, wrong).content.decode()


def test_library_s_own_rules_fill_in_what_the_scenario_does_not_say(admin_desk: Client) -> None:
    set_rule(loan_period=7)
    open_on("12345")
    own = play(admin_desk, SCENARIO, own_rules="on").context["outcome"]
    assert own["steps"][0]["due_on"] == "2026-03-09"
    alone = play(admin_desk, SCENARIO).context["outcome"]
    assert alone["steps"][0]["due_on"] == "2026-03-23"
    given = play(admin_desk, {**SCENARIO, "rules": [{"loan_period": 5}]}, own_rules="on").context["outcome"]
    assert given["steps"][0]["due_on"] == "2026-03-09"  # 7 March is a Saturday


def test_file_comes_before_the_field(admin_desk: Client) -> None:
    file = SimpleUploadedFile("scenario.json", json.dumps({**SCENARIO, "name": "from a file"}).encode())
    assert play(admin_desk, SCENARIO, file=file).context["outcome"]["name"] == "from a file"


def test_what_cannot_be_understood_is_shown_with_its_place(admin_desk: Client) -> None:
    page = play(admin_desk, {**SCENARIO, "mebmers": []}).content.decode()
    assert "<code>mebmers</code>" in page


@pytest.mark.parametrize(
    "fields",
    [{}, {"scenario": "x" * 100_001}, {"file": SimpleUploadedFile("big.json", b" " * 100_001)}],
    ids=["nothing", "long text", "large file"],
)
def test_nothing_and_too_much_are_refused(admin_desk: Client, fields: dict[str, Any]) -> None:
    response = admin_desk.post(PAGE, fields)
    assert (response.status_code, "outcome" in response.context) == (400, False)


def test_more_steps_than_a_page_plays(admin_desk: Client) -> None:
    steps = [{"do": "is_open", "on": "2026-03-02"}] * 201
    outcome = play(admin_desk, {**SCENARIO, "steps": steps}).context["outcome"]
    assert (outcome["place"], outcome["steps"]) == ("steps", [])


def test_librarian_without_the_permission_does_not_rehearse(desk: Client) -> None:
    assert (desk.get(PAGE).status_code, play(desk, SCENARIO).status_code) == (403, 403)


def test_own_library_is_written_as_a_scenario_reads_it() -> None:
    set_library(time_zone="Europe/Zurich", long_overdue_lost_days=40)
    MemberCategory.objects.update(max_open_fines_minor=1_250)
    CirculationRule.objects.create(branch=default_branch(), max_loans=-1, fine_cap_minor=-1, clears_fixed_due_on=True,
                                   renewal_period=-1, fine_amount_minor=25)  # fmt: skip
    open_on("12")
    close_on("2026-12-24", "2026-12-26")
    close_on("2026-12-26", "2026-12-31", branch=default_branch())
    Closure.objects.create(from_on="2026-08-01", to_on="2026-08-02", is_yearly=True)
    own = own_library()
    branch, zone = own["branches"][0], own["library"]
    assert (zone["timezone"], zone["settings"]["long_overdue_lost_days"]) == ("Europe/Zurich", 40)
    hours = {"opens": "10:00:00", "closes": "16:00:00"}
    assert own["calendars"][branch] == {
        "hours": {"1": hours, "2": hours},
        "closed": [{"from": "2026-12-24", "to": "2026-12-31"}, {"yearly": "08-01"}, {"yearly": "08-02"}],
    }
    assert own["categories"][0]["max_open_fines"] == "12.50"
    assert own["rules"][1] == {
        "branch": branch, "category": None, "copy_type": None, "max_loans": "unlimited", "fine_cap": "unlimited",
        "fixed_due_on": "none", "renewal_period": "none", "fine_amount": "0.25",
    }  # fmt: skip
    read(json.dumps(completed(Node(json.loads(sample(timezone.localdate())))).value))


def test_own_rules_for_what_the_scenario_does_not_have_are_left_out() -> None:
    CirculationRule.objects.create(category=MemberCategory.objects.order_by("pk")[0], loan_period=3)
    merged = completed(Node({"categories": [{"code": "STUDENT"}]})).value
    assert [rule["category"] for rule in merged["rules"]] == [None]
