"""Who may open which page of circulation, and that nothing changes by fetching one."""

from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import Action, User
from circulation.models import LedgerEntry, Loan
from circulation.services.ledger import charge_member, take_payment
from circulation.tests.factories import make_loan, what_there_is

pytestmark = pytest.mark.django_db

OF_THE_DESK = [
    "desk",
    "issue",
    "return",
    "renew",
    "loans",
    "loans.csv",
    "branch",
    "undo",
    "pay",
    "waive",
    "charge",
    "receipt",
]
OF_MEMBERS = ["me", "fines", "renew_mine", "renew_all"]
POST_ONLY = ["branch", "undo", "renew_mine", "renew_all"]


@pytest.fixture
def address(librarian: User) -> Callable[[str], str]:
    """Addresses by a short name; what they point at belongs to somebody else than the member who is signed in."""
    loan = make_loan()
    charge_member(loan.member, amount_minor=500, reason="lost card", by=librarian)
    payment = take_payment(loan.member, amount_minor=500, by=librarian)
    member = f"/desk/members/{loan.member_id}"
    known = {
        "desk": "/desk/", "branch": f"/desk/branch/{loan.branch_id}/",
        "undo": f"/desk/undo/{Action.objects.get(verb='take_payment').pk}/", "receipt": f"/desk/receipts/{payment.pk}/",
        "pay": f"{member}/pay/", "waive": f"{member}/waive/", "charge": f"{member}/charge/", "me": "/me/",
        "loans.csv": "/desk/loans.csv", "fines": "/me/fines/", "renew_all": "/me/loans/renew/",
        "renew_mine": f"/me/loans/{loan.pk}/renew/",
    }  # fmt: skip
    return lambda name: known.get(name, f"/desk/{name}/")


@pytest.mark.parametrize("name", OF_THE_DESK + OF_MEMBERS)
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_is_not_signed_in_is_asked_to(
    name: str, method: str, address: Callable[[str], str], client: Client
) -> None:
    before = what_there_is()
    response = getattr(client, method)(address(name))
    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/accounts/login/")
    assert what_there_is() == before


@pytest.mark.parametrize("name", OF_THE_DESK)
@pytest.mark.parametrize("method", ["get", "post"])
def test_member_is_refused_at_the_desk(name: str, method: str, address: Callable[[str], str], mine: Client) -> None:
    before = what_there_is()
    assert getattr(mine, method)(address(name)).status_code == 403
    assert what_there_is() == before


@pytest.mark.parametrize("name", [name for name in OF_THE_DESK if name not in POST_ONLY])
def test_librarian_may(name: str, address: Callable[[str], str], desk: Client) -> None:
    assert desk.get(address(name)).status_code == 200


@pytest.mark.parametrize("name", ["me", "fines"])
def test_member_may(name: str, address: Callable[[str], str], mine: Client) -> None:
    assert mine.get(address(name)).status_code == 200


@pytest.mark.parametrize(("name", "status"), [
    ("desk", 200), ("issue", 200), ("return", 200), ("renew", 200), ("loans", 200), ("pay", 403), ("waive", 403),
    ("charge", 403), ("receipt", 403),
])  # fmt: skip
def test_who_may_issue_only_keeps_off_the_money(
    name: str, status: int, address: Callable[[str], str], helper: Client
) -> None:
    assert helper.get(address(name)).status_code == status


@pytest.mark.parametrize("name", POST_ONLY)
@pytest.mark.parametrize("method", ["get", "head", "put", "delete"])
def test_nothing_changes_by_fetching(
    name: str, method: str, address: Callable[[str], str], desk: Client, mine: Client
) -> None:
    before = what_there_is()
    browser = mine if name.startswith("renew") else desk
    assert getattr(browser, method)(address(name)).status_code == 405
    assert what_there_is() == before


@pytest.mark.parametrize("name", OF_THE_DESK)
def test_page_of_the_desk_that_is_fetched_changes_nothing(
    name: str, address: Callable[[str], str], desk: Client
) -> None:
    before = (what_there_is(), list(Loan.objects.values()), list(LedgerEntry.objects.values()))
    desk.get(address(name) + "?scan=COPY1&member=1&overrides=on_loan&reason=x&amount_minor=5&key=abcdefgh")
    assert (what_there_is(), list(Loan.objects.values()), list(LedgerEntry.objects.values())) == before
