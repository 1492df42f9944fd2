"""/desk/: the day's work, what was done last, taking it back, and the branch."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Branch, User
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import Loan
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy, return_copy
from circulation.tests.factories import make_loan, make_overdue_loan
from circulation.tests.views.pages import outcomes, rows, said, send, tiles

pytestmark = pytest.mark.django_db


def test_day_in_numbers(desk: Client, branch: Branch) -> None:
    make_overdue_loan()
    return_copy(make_loan().copy, branch=branch, by=None)
    page = desk.get("/desk/")
    assert tiles(page) == {"Overdue": "1", "Due today": "0", "Issued today": "1", "Returned today": "1"}
    assert "Manage Books 2 titles, 2 copies Manage Members 2 members Borrow Records 1 on loan" in said(page)


def test_six_doors_lead_to_the_work(desk: Client) -> None:
    words = said(desk.get("/desk/"))
    doors = ["Issue Book", "Return Book", "Manage Books", "Manage Members", "Borrow Records", "Import"]
    assert [door for door in doors if door in words] == doors


def test_last_things_done_can_be_undone(desk: Client, librarian: User, branch: Branch) -> None:
    copy, member = CopyFactory(book__title="Dune"), MemberFactory(name="Ada")
    issue_copy(copy, member=member, branch=branch, by=librarian)
    issue_copy(CopyFactory(book__title="Emma"), member=member, branch=branch, by=librarian,
               now=timezone.now() - timedelta(minutes=11))  # fmt: skip
    page = desk.get("/desk/")
    assert [(row[2].split()[0], row[3], row[4]) for row in rows(page)] == [
        ("Dune", "Ada", "Undo Dune"), ("Emma", "Ada", ""),
    ]  # fmt: skip
    page = send(desk, f"/desk/undo/{Action.objects.latest('at').pk}/", {})
    assert (page.redirect_chain, outcomes(page)) == ([("/desk/", 302)], [("warning", "Taken back.")])
    assert Loan.objects.get(copy=copy).outcome == "undone"
    assert "taken back" in rows(page)[1][1]


@pytest.mark.parametrize(("minutes", "words"), [
    (11, "More than ten minutes have passed."), (0, "This was taken back already."),
])  # fmt: skip
def test_what_cannot_be_undone_says_why(
    minutes: int, words: str, desk: Client, librarian: User, branch: Branch
) -> None:
    when = timezone.now() - timedelta(minutes=minutes)
    issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=librarian, now=when)
    address = f"/desk/undo/{Action.objects.get().pk}/"
    if not minutes:
        send(desk, address, {})
    assert outcomes(send(desk, address, {})) == [("error", words)]


def test_undo_5_nobody_undoes_what_somebody_else_did(desk: Client, admin_user: User, branch: Branch) -> None:
    issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=admin_user)
    assert desk.post(f"/desk/undo/{Action.objects.get().pk}/").status_code == 404
    assert Loan.objects.get().is_open


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("/desk/issue/?member=1", "/desk/issue/?member=1"),
        ("https://evil.example/", "/desk/"),
        ("//evil.example", "/desk/"),
        ("/\\evil.example", "/desk/"),
        ("javascript:alert(1)", "/desk/"),
        ("", "/desk/"),
        ("\x00", "/desk/"),
    ],
)
def test_undo_leads_back_to_a_page_of_ours_only(
    back: str, leads_to: str, desk: Client, librarian: User, branch: Branch
) -> None:
    issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=librarian)
    response = desk.post(f"/desk/undo/{Action.objects.get().pk}/", {"next": back})
    assert (response.status_code, response.headers["Location"]) == (302, leads_to)


def test_branch_is_chosen_for_the_session(desk: Client, branch: Branch) -> None:
    other = BranchFactory(name="Riverside")
    assert "Riverside" in said(send(desk, f"/desk/branch/{other.pk}/", {}))
    desk.post("/desk/return/", {"scan": make_loan().copy.barcode, "key": ""})
    assert Loan.objects.get().copy.current_branch == other
    assert desk.post("/desk/branch/999/").status_code == 404


def test_branch_that_was_closed_for_good_is_forgotten(desk: Client, branch: Branch) -> None:
    other = BranchFactory(name="Riverside")
    desk.post(f"/desk/branch/{other.pk}/")
    other.delete()
    assert desk.get("/desk/").status_code == 200


def test_library_of_one_branch_does_not_speak_of_branches(desk: Client) -> None:
    assert "This desk stands in" not in said(desk.get("/desk/"))


def test_desk_says_when_no_worker_runs(desk: Client) -> None:
    assert "The worker is not running" in said(desk.get("/desk/"))


def test_desk_asks_the_database_at_most_twelve_times(
    desk: Client, librarian: User, branch: Branch, django_assert_max_num_queries: Any
) -> None:
    """With two branches, overdue loans and things done, both with loans and with money."""
    desk.post(f"/desk/branch/{BranchFactory().pk}/")
    for _each in range(3):
        loan = issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=librarian)
        charge_member(loan.member, amount_minor=100, reason="card", by=librarian)
        make_overdue_loan()
    with django_assert_max_num_queries(12):
        page = desk.get("/desk/")
    assert (tiles(page)["Overdue"], len(rows(page))) == ("3", 6)
