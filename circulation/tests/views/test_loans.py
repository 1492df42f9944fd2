"""/desk/loans/ and its file: every loan there ever was."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Branch
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.models import Loan
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, make_overdue_loan, set_library
from circulation.tests.views.pages import field_errors, rows, said, tiles

pytestmark = pytest.mark.django_db
ADDRESS = "/desk/loans/"
DAY = timedelta(days=1)


def shown(moment) -> str:
    return f"{timezone.localtime(moment).day} {timezone.localtime(moment):%b %Y}"


@pytest.fixture
def three(branch: Branch) -> list[Loan]:
    """One loan of each state: returned late, overdue, active."""
    now = timezone.now()
    member = MemberFactory(name="Ada", card_number="M1")
    copies = [CopyFactory(book__title=title, barcode=f"C{n}") for n, title in enumerate(["Dune", "Emma", "Ulysses"])]
    BookIdentifierFactory(book=copies[0].book, value="9780553382563")
    returned = make_overdue_loan(copies[0], member, days=2)
    return_copy(copies[0], branch=branch, by=None, now=now)
    Loan.objects.filter(pk=returned.pk).update(issued_at=now - 61 * DAY)
    return [
        Loan.objects.get(pk=returned.pk),
        make_overdue_loan(copies[1], member, days=1),
        make_loan(copies[2], member),
    ]


def test_records_tell_member_book_dates_fine_and_status(desk: Client, three: list[Loan]) -> None:
    returned, overdue, active = three
    page = desk.get(ADDRESS)
    time_of = timezone.localtime(overdue.due_at).strftime("%H:%M")
    assert rows(page) == [
        ["M1 Ada", "C2 Ulysses", shown(active.issued_at), shown(active.due_at), "NOT RETURNED", "–", "ACTIVE"],
        [
            "M1 Ada",
            "C1 Emma",
            shown(overdue.issued_at),
            f"{shown(overdue.due_at)} , {time_of} 1 day overdue".replace(" ,", ","),
            "NOT RETURNED",
            "€0.50",
            "OVERDUE",
        ],
        [
            "M1 Ada",
            "9780553382563 Dune",
            shown(returned.issued_at),
            f"{shown(returned.due_at)}, {time_of}",
            shown(returned.returned_at),
            "€1.00",
            "RETURNED",
        ],
    ]
    assert tiles(page) == {"Total records": "3"}


@pytest.mark.parametrize(("days", "words"), [(1, "1 day overdue"), (2, "2 days overdue"), (30, "30 days overdue")])
def test_lateness_is_told_in_right_grammar(days: int, words: str, desk: Client) -> None:
    make_overdue_loan(days=days)
    assert rows(desk.get(ADDRESS))[0][3].endswith(words)


@pytest.mark.parametrize(("query", "titles"), [
    ("", ["Ulysses", "Emma", "Dune"]), ("show=active", ["Ulysses", "Emma"]), ("show=overdue", ["Emma"]),
    ("show=returned", ["Dune"]), ("q=9780553382563", ["Dune"]), ("q=m1", ["Ulysses", "Emma", "Dune"]),
    ("q=c2", ["Ulysses"]), ("q=ada+emma", ["Emma"]), ("q=nobody", []),
    ("page=999999999", ["Ulysses", "Emma", "Dune"]), ("page=abc", ["Ulysses", "Emma", "Dune"]),
])  # fmt: skip
def test_records_are_filtered(query: str, titles: list[str], desk: Client, three: list[Loan]) -> None:
    page = desk.get(f"{ADDRESS}?{query}")
    assert ([row[1].split()[-1] for row in rows(page)], tiles(page)["Total records"]) == (titles, str(len(titles)))


def test_records_are_filtered_by_the_day_they_were_borrowed(desk: Client, three: list[Loan]) -> None:
    today = timezone.localdate()
    for query, titles in [
        (f"from_on={today}", ["Ulysses"]), (f"to_on={today - DAY}", ["Emma", "Dune"]),
        (f"from_on={today - 60 * DAY}&to_on={today - 60 * DAY}", ["Emma"]), (f"from_on={today + DAY}", []),
        (f"from_on={today}&to_on={today - DAY}", []),
    ]:  # fmt: skip
        assert [row[1].split()[-1] for row in rows(desk.get(f"{ADDRESS}?{query}"))] == titles


def test_empty_list_says_so(desk: Client) -> None:
    page = desk.get(ADDRESS)
    assert ("No loans here" in said(page), tiles(page)) == (True, {"Total records": "0"})


def test_estimate_stops_at_what_the_category_allows(desk: Client) -> None:
    make_overdue_loan(member=MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=120)), days=9)
    assert rows(desk.get(ADDRESS))[0][5] == "€1.20"


def test_room_of_a_member_is_used_up_once_whatever_is_shown(desk: Client) -> None:
    """As on the member's own page: the one due first in front, those of other pages and filters too."""
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=200))
    for title, days in [("Dune", 3), ("Emma", 2), ("Ulysses", 1)]:
        make_overdue_loan(CopyFactory(book__title=title), member, days=days)
    make_overdue_loan(CopyFactory(book__title="Walden"), MemberFactory(), days=3)
    costs = {row[1].split()[-1]: row[5] for row in rows(desk.get(ADDRESS))}
    assert costs == {"Dune": "€1.50", "Emma": "€0.50", "Ulysses": "–", "Walden": "€1.50"}
    assert [row[5] for row in rows(desk.get(f"{ADDRESS}?q=emma"))] == ["€0.50"]


def test_many_rows_cost_as_many_queries_as_few(desk: Client) -> None:
    category, counts = MemberCategoryFactory(max_open_fines_minor=200), []
    for members in (1, 4):
        for _each in range(members):
            make_overdue_loan(member=MemberFactory(category=category))
        with CaptureQueriesContext(connection) as queries:
            desk.get(ADDRESS)
        counts.append(len(queries))
    assert (counts[0], counts[0] <= 12) == (counts[1], True)


def test_fine_of_a_renewed_loan_and_its_estimate_are_one_sum(desk: Client) -> None:
    loan = make_overdue_loan(days=3)
    renew_loan(loan, by=None)
    Loan.objects.update(due_at=timezone.now() - 2 * DAY)
    assert rows(desk.get(ADDRESS))[0][5] == "€2.50"


def test_loan_that_was_undone_is_not_in_the_records(desk: Client, librarian, branch: Branch) -> None:
    issue_copy(CopyFactory(), member=MemberFactory(), branch=branch, by=librarian)
    undo(librarian.actions.get(), by=librarian)
    assert tiles(desk.get(ADDRESS)) == {"Total records": "0"}


def test_loan_that_forgot_its_member_says_so(desk: Client, three: list[Loan]) -> None:
    Loan.objects.filter(pk=three[0].pk).update(member=None)
    assert rows(desk.get(f"{ADDRESS}?show=returned"))[0][0] == "forgotten"


def test_lost_loan_is_lost(desk: Client, three: list[Loan]) -> None:
    Loan.objects.filter(pk=three[0].pk).update(outcome="lost")
    assert rows(desk.get(f"{ADDRESS}?show=returned"))[0][6] == "LOST"
    assert lines(desk, "?show=returned")[1][9] == "LOST"


@pytest.mark.parametrize("query", ["from_on=0001-01-01", "to_on=9999-12-31", "from_on=rubbish"])
def test_day_nobody_can_have_borrowed_on_is_an_error_of_the_form(query: str, desk: Client, three: list[Loan]) -> None:
    set_library(time_zone="Pacific/Kiritimati")
    page = desk.get(f"{ADDRESS}?{query}")
    assert (page.status_code, len(field_errors(page)), rows(page), tiles(page)) == (200, 1, [], {"Total records": "0"})


@pytest.mark.parametrize("query", ["show=x", "from_on=rubbish", f"q={'a' * 201}", "q=%00"])
def test_filter_that_is_an_error_shows_nothing_and_gives_no_file(query: str, desk: Client, three: list[Loan]) -> None:
    """Everything would be taken for what was asked for."""
    page = desk.get(f"{ADDRESS}?{query}")
    assert (page.status_code, len(field_errors(page)), rows(page)) == (200, 1, [])
    answer = desk.get(f"/desk/loans.csv?{query}")
    assert (answer.status_code, len(field_errors(answer)), rows(answer)) == (400, 1, [])
    assert f'action="{ADDRESS}"' in answer.content.decode()


def lines(desk: Client, query: str = "") -> list[list[str]]:
    text = b"".join(desk.get(f"/desk/loans.csv{query}").streaming_content).decode()
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:])))


def test_file_has_the_same_records(desk: Client, three: list[Loan]) -> None:
    set_library(time_zone="Europe/Zurich")
    returned, overdue, active = three

    def stamp(moment) -> str:
        return moment.astimezone(set_library().zone).strftime("%Y-%m-%d %H:%M")

    assert lines(desk) == [
        ["Member ID", "Name", "ISBN", "Title", "Barcode", "Borrowed", "Return by", "Returned on", "Fine", "Status"],
        ["M1", "Ada", "", "Ulysses", "C2", stamp(active.issued_at), stamp(active.due_at), "", "0.00", "ACTIVE"],
        ["M1", "Ada", "", "Emma", "C1", stamp(overdue.issued_at), stamp(overdue.due_at), "", "0.50", "OVERDUE"],
        ["M1", "Ada", "9780553382563", "Dune", "C0", stamp(returned.issued_at), stamp(returned.due_at),
         stamp(returned.returned_at), "1.00", "RETURNED"],
    ]  # fmt: skip


def test_file_says_the_same_fines_as_the_page(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circulation.views.loans.AT_ONCE", 2)
    member = MemberFactory(category=MemberCategoryFactory(max_open_fines_minor=200))
    for days in (1, 2, 3):
        make_overdue_loan(member=member, days=days)
    renew_loan(make_overdue_loan(days=3), by=None)
    Loan.objects.filter(renewals=1).update(due_at=timezone.now() - 2 * DAY)
    on_page = [row[5].replace("–", "€0.00") for row in rows(desk.get(ADDRESS))]
    assert [f"€{line[8]}" for line in lines(desk)[1:]] == on_page
    assert sorted(on_page) == ["€0.00", "€0.50", "€1.50", "€2.50"]


def test_file_keeps_to_the_filters(desk: Client, three: list[Loan]) -> None:
    assert [line[3] for line in lines(desk, "?show=overdue")] == ["Title", "Emma"]


def test_file_is_named_and_typed(desk: Client) -> None:
    response = desk.get("/desk/loans.csv")
    assert (response.headers["Content-Type"], response.headers["Content-Disposition"]) == (
        "text/csv; charset=utf-8", 'attachment; filename="loans.csv"',
    )  # fmt: skip


def test_file_speaks_the_language_of_the_page(desk: Client, three: list[Loan], settings) -> None:
    """The lines are made after the request has ended, when its language is no longer the thread's."""
    desk.cookies[settings.LANGUAGE_COOKIE_NAME] = "de"
    columns, line = lines(desk, "?show=overdue")
    assert (columns[6], line[9]) == ("Rückgabe bis", "ÜBERFÄLLIG")


def test_long_file_leaves_nothing_out(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("circulation.views.loans.AT_ONCE", 2)
    for _each in range(5):
        make_loan()
    barcodes = [line[4] for line in lines(desk)[1:]]
    assert sorted(barcodes) == sorted(Copy.objects.values_list("barcode", flat=True))


def test_file_skips_and_doubles_nothing_while_the_desk_works(desk: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loan is taken back, and another issued, when the first lines of the open ones are on their way."""
    monkeypatch.setattr("circulation.views.loans.AT_ONCE", 2)
    loans = [make_loan(now=timezone.now() - days * DAY) for days in range(1, 6)]
    parts = iter(desk.get("/desk/loans.csv?show=active").streaming_content)
    begun = [next(parts) for _part in range(4)]
    return_copy(loans[0].copy, branch=loans[0].branch, by=None)
    make_loan()
    text = b"".join([*begun, *parts]).decode()
    assert [line[4] for line in csv.reader(io.StringIO(text))][1:] == [loan.copy.barcode for loan in loans]
