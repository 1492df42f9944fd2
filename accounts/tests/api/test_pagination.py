"""Pages of lists that stay right while rows come and go."""

import pytest

from accounts.models import User
from accounts.tests.api.programs import Program, problem_of
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(librarian: User) -> Program:
    for name in ("B", "A", "C", "A", "E"):
        MemberFactory(name=name)
    return Program(librarian)


def names(said: dict) -> str:
    return "".join(each["name"] for each in said["results"])


def walked(program: Program, address: str, way: str = "next") -> list[str]:
    """The names on every page from ``address`` on."""
    pages = []
    while address:
        said = program.ask("GET", address).json()
        pages.append(names(said))
        last, address = address, said[way] and said[way].removeprefix("http://testserver")
    return [*pages, last]


@pytest.mark.parametrize(
    ("ordering", "forth", "back"),
    [("name", ["AA", "BC", "E"], ["E", "BC", "AA"]), ("-name", ["EC", "BA", "A"], ["A", "BA", "EC"])],
)
def test_pages_lead_forth_and_back(ordering: str, forth: list[str], back: list[str], program: Program) -> None:
    *pages, last = walked(program, f"members?limit=2&ordering={ordering}")
    assert (pages, walked(program, last, "previous")[:-1]) == (forth, back)


def test_row_that_comes_before_shifts_nothing(program: Program) -> None:
    following = program.ask("GET", "members?limit=2").json()["next"]
    MemberFactory(name="AB")
    MemberFactory(name="0")
    assert names(program.ask("GET", following.removeprefix("http://testserver")).json()) == "ABB"


def test_cursor_of_another_order_is_refused(program: Program) -> None:
    following = program.ask("GET", "members?limit=2").json()["next"]
    address = following.removeprefix("http://testserver") + "&ordering=-name"
    assert problem_of(program.ask("GET", address)) == (400, "bad_cursor")
