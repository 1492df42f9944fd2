"""What the rules say to one loan, through the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from accounts.queries import default_branch
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberCategoryFactory
from catalog.tests.factories import CopyTypeFactory
from circulation.models import CirculationRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    return Program(librarian)


def test_every_parameter_says_its_row_and_the_due_date_follows(program: Program) -> None:
    branch, category, copy_type = default_branch(), MemberCategoryFactory(), CopyTypeFactory()
    CirculationRule.objects.create(category=category, loan_period=3, due_date_mode="days", fine_cap_minor=-1)
    CirculationRule.objects.create(branch=branch, copy_type=copy_type, fine_amount_minor=75, charge_closed_days=True)
    where = f"rules/lookup?branch={branch.pk}&category={category.pk}&copy_type={copy_type.pk}"
    said = program.ask("GET", where).json()
    found = {each["name"]: (each["value"], each["row"]) for each in said["parameters"]}
    of_category = {"branch": None, "category": category.pk, "copy_type": None}
    of_copy_type = {"branch": branch.pk, "category": None, "copy_type": copy_type.pk}
    assert [found[name] for name in ("loan_period", "fine_cap", "fine_amount", "charge_closed_days")] == [
        (3, of_category), (None, of_category), ("0.75", of_copy_type), (True, of_copy_type),
    ]  # fmt: skip
    assert found["max_holds"][0] == 5
    assert said["due_on"] == str(timezone.localdate() + timedelta(days=3))
    assert (said["branch"], said["category"], said["copy_type"]) == (branch.pk, category.pk, copy_type.pk)


def test_keys_that_are_asked_for_are_listed(program: Program) -> None:
    """With them a program finds its way without anybody telling it numbers."""
    category, copy_type = MemberCategoryFactory(code="KID"), CopyTypeFactory(code="DVD", replacement_price_minor=950)
    listed = {
        name: {each["code"]: each for each in program.ask("GET", name).json()["results"]}
        for name in ("branches", "member-categories", "copy-types")
    }
    assert listed["branches"][default_branch().code]["id"] == default_branch().pk
    assert listed["member-categories"]["KID"]["id"] == category.pk
    dvd = listed["copy-types"]["DVD"]
    assert (dvd["id"], dvd["replacement_price"], dvd["is_lendable"]) == (copy_type.pk, "9.50", True)
    library = Program().ask("GET", "library").json()
    assert library == {"name": "Openshelf", "currency": "EUR", "language": "en", "time_zone": "UTC"}


@pytest.mark.parametrize(
    ("query", "status", "problem"),
    [
        ("", 400, "invalid"), ("branch=1&category=1", 400, "invalid"),
        ("branch=1&category=1&copy_type=x", 400, "invalid"),
        ("branch=999&category=999&copy_type=999", 404, "not_found"), ("branch=1&colour=red", 400, "unknown_parameter"),
    ],
)  # fmt: skip
def test_question_without_an_answer_is_one_problem(query: str, status: int, problem: str, program: Program) -> None:
    assert problem_of(program.ask("GET", f"rules/lookup?{query}")) == (status, problem)
    assert problem_of(program.ask("GET", f"rules/lookup?{query}", If_Match='"x"')) == (status, problem)
