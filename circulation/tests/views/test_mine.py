"""/me/: a member's own loans, fines and renewals."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Branch, Member, MemberCategory, User
from accounts.tests.factories import MemberCategoryFactory, UserFactory
from catalog.tests.factories import AuthorFactory, CopyFactory
from circulation.models import Loan
from circulation.services.ledger import charge_member, take_payment
from circulation.services.loans import issue_copy, renew_loan, return_copy
from circulation.services.undo import undo
from circulation.tests.factories import make_loan, make_overdue_loan, set_rule
from circulation.tests.views.pages import TAKEN_BACK, outcomes, rows, said, send, tiles, tree, words

BY_THE_RULE = "Set by the rule for every branch, member category and copy type."
pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def shown(moment) -> str:
    return f"{timezone.localtime(moment).day} {timezone.localtime(moment):%b %Y}"


@pytest.fixture
def me(member_user: User) -> Member:
    return member_user.member


@pytest.fixture
def three(me: Member, branch: Branch) -> list[Loan]:
    """One loan of each state: returned late, overdue, active."""
    copies = [CopyFactory(book__title=title) for title in ("Dune", "Emma", "Ulysses")]
    returned = make_overdue_loan(copies[0], me, days=2)
    return_copy(copies[0], branch=branch, by=None)
    made = [Loan.objects.get(pk=returned.pk), make_overdue_loan(copies[1], me, days=1)]
    return [*made, make_loan(copies[2], me, now=timezone.now() - DAY)]


def test_tiles_count_what_is_open_late_owed_and_ever(mine: Client, me: Member, three: list[Loan]) -> None:
    """1.00 for the late return is owed, 0.50 is still running."""
    make_loan(), make_overdue_loan()
    Member.objects.filter(pk=me.pk).update(loans_ever=40)
    page = mine.get("/me/")
    assert tiles(page) == {"Active loans": "2", "Overdue books": "1", "Total fine": "€1.50", "Total history": "40"}
    assert "€0.50 of it still running" in said(page)


def test_loans_tell_dates_status_and_fine(mine: Client, three: list[Loan]) -> None:
    returned, overdue, active = three
    three[2].copy.book.contributors.create(author=AuthorFactory(name="James Joyce"), order=0, role="aut")
    time_of = timezone.localtime(overdue.due_at).strftime("%H:%M")
    found = [[cell.replace(" ,", ",") for cell in row] for row in rows(mine.get("/me/"))]
    assert [row[1:] for row in found] == [
        [
            shown(overdue.issued_at),
            f"{shown(overdue.due_at)}, {time_of} 1 day overdue",
            "OVERDUE",
            f"€0.50 Why? {shown(timezone.now())}: late, charged",
            "Renew Emma",
        ],
        [shown(active.issued_at), shown(active.due_at), "ACTIVE", "–", "Renew Ulysses"],
        [
            shown(returned.issued_at),
            f"{shown(returned.due_at)}, {time_of}",
            "RETURNED",
            "€1.00",
            shown(returned.returned_at),
        ],
    ]
    assert [row[0].split(" ", 1)[0] for row in found] == ["Emma", "Ulysses", "Dune"]
    assert found[1][0].endswith("Ulysses James Joyce")


@pytest.mark.parametrize(
    ("show", "titles"),
    [
        ("all", ["Emma", "Ulysses", "Dune"]),
        ("active", ["Emma", "Ulysses"]),
        ("overdue", ["Emma"]),
        ("returned", ["Dune"]),
        ("x", ["Emma", "Ulysses", "Dune"]),
        ("", ["Emma", "Ulysses", "Dune"]),
    ],
)
def test_loans_are_filtered(show: str, titles: list[str], mine: Client, three: list[Loan]) -> None:
    assert [row[0].split()[0] for row in rows(mine.get(f"/me/?show={show}"))] == titles


def test_filters_say_how_many_each_shows_and_which_is_on(mine: Client, three: list[Loan]) -> None:
    make_overdue_loan()
    pills = tree(mine.get("/me/?show=overdue")).findall(".//ul[@class='pills']/li/a")
    assert [(words(pill), pill.get("href"), pill.get("aria-current")) for pill in pills] == [
        ("All 3", "?show=all", None), ("Active 2", "?show=active", None), ("Overdue 1", "?show=overdue", "true"),
        ("Returned 1", "?show=returned", None),
    ]  # fmt: skip


def test_empty_page_says_so(mine: Client) -> None:
    page = mine.get("/me/")
    assert "You have nothing on loan" in said(page)
    assert tiles(page) == {"Active loans": "0", "Overdue books": "0", "Total fine": "€0.00", "Total history": "0"}


def test_fine_of_a_renewed_loan_and_its_estimate_are_one_sum(mine: Client, me: Member) -> None:
    loan = make_overdue_loan(member=me, days=3)
    renew_loan(loan, by=None)
    Loan.objects.update(due_at=timezone.now() - 2 * DAY)
    page = mine.get("/me/")
    assert (rows(page)[0][4].split()[0], tiles(page)["Total fine"]) == ("€2.50", "€2.50")


def test_estimates_stop_at_what_the_category_allows(mine: Client, me: Member) -> None:
    Member.objects.filter(pk=me.pk).update(category=MemberCategoryFactory(max_open_fines_minor=120))
    make_overdue_loan(member=me, days=2), make_overdue_loan(member=me, days=1)
    page = mine.get("/me/")
    fines = [row[4] for row in rows(page)]
    assert ([fine.split()[0] for fine in fines], tiles(page)["Total fine"]) == (["€1.00", "€0.20"], "€1.20")
    assert fines[1].endswith("Cut to what the member's category allows in all.")


def test_loan_that_was_undone_is_not_shown(mine: Client, me: Member, librarian: User, branch: Branch) -> None:
    issue_copy(CopyFactory(), member=me, branch=branch, by=librarian)
    undo(librarian.actions.get(), by=librarian)
    page = mine.get("/me/")
    assert (rows(page), tiles(page)["Total history"]) == ([], "0")


def test_one_loan_is_renewed(mine: Client, three: list[Loan]) -> None:
    active = three[2]
    due = timezone.localdate() + 41 * DAY
    page = send(mine, f"/me/loans/{active.pk}/renew/", {})
    assert page.redirect_chain == [("/me/", 302)]
    assert outcomes(page) == [("success", f"“Ulysses” is now due on {due.day} {due:%B %Y}.")]
    assert Loan.objects.get(pk=active.pk).renewals == 1


def test_all_loans_are_renewed_and_each_refusal_has_its_reason(mine: Client, me: Member, three: list[Loan]) -> None:
    Loan.objects.filter(pk=three[1].pk).update(renewals=2)
    page = send(mine, "/me/loans/renew/", {})
    due = timezone.localdate() + 41 * DAY
    assert outcomes(page) == [
        ("error", f"“Emma” was not renewed. It can be renewed 2 times only. {BY_THE_RULE}"),
        ("success", f"“Ulysses” is now due on {due.day} {due:%B %Y}."),
    ]  # fmt: skip


def test_form_sent_again_after_its_renewal_was_taken_back_says_so(mine: Client, me: Member, member_user: User) -> None:
    loan = make_loan(CopyFactory(book__title="Dune"), me, now=timezone.now() - DAY)
    form = {"key": "the-form-1"}
    send(mine, f"/me/loans/{loan.pk}/renew/", form)
    undo(member_user.actions.get(verb="renew"), by=UserFactory(is_superuser=True))
    for address in (f"/me/loans/{loan.pk}/renew/", "/me/loans/renew/"):
        assert outcomes(send(mine, address, form)) == [("error", f"“Dune”: {TAKEN_BACK}")]
    assert Loan.objects.get().renewals == 0


def test_refused_renewal_tells_every_reason(mine: Client, me: Member) -> None:
    set_rule(max_renewals=0, no_renewal_before=1)
    loan = make_loan(member=me)
    page = send(mine, f"/me/loans/{loan.pk}/renew/", {"overrides": "renewal_limit", "reason": "please"})
    assert outcomes(page) == [(
        "error", f"“{loan.copy.book.title}” was not renewed. It can be renewed 0 times only. {BY_THE_RULE} "
        f"Renewal is possible from 1 day before the due date. {BY_THE_RULE}",
    )]  # fmt: skip


def test_loan_of_another_member_does_not_exist(mine: Client) -> None:
    loan = make_loan()
    assert mine.post(f"/me/loans/{loan.pk}/renew/").status_code == 404
    assert Loan.objects.get().renewals == 0


def test_loan_that_was_returned_cannot_be_renewed(mine: Client, three: list[Loan]) -> None:
    assert mine.post(f"/me/loans/{three[0].pk}/renew/").status_code == 404


@pytest.mark.parametrize("address", ["/me/", "/me/fines/"])
def test_staff_without_a_membership_has_no_page_of_a_member(address: str, desk: Client) -> None:
    assert desk.get(address).status_code == 404


def test_account_tells_what_was_owed_paid_and_why(mine: Client, me: Member, branch: Branch) -> None:
    loan = make_overdue_loan(CopyFactory(book__title="Dune"), me, days=2)
    return_copy(loan.copy, branch=branch, by=None)
    charge_member(me, amount_minor=500, reason="lost card", by=None)
    take_payment(me, amount_minor=300, by=None)
    page = mine.get("/me/fines/")
    days = [date_format(timezone.localdate() - n * DAY, "SHORT_DATE_FORMAT") for n in (1, 0)]
    terms = "€0.50 for each day, by the rule for everything"
    assert "You owe €3.00. Pay at the desk." in said(page)
    assert [row[1:] for row in rows(page)] == [
        ["Payment", "-€3.00", "–"], ["Other charge lost card", "€5.00", "€3.00"],
        [f"Overdue fine: Dune Why? {terms} {days[0]}: late, charged {days[1]}: late, charged", "€1.00", "–"],
    ]  # fmt: skip


@pytest.mark.parametrize(("paid", "words"), [(0, "You owe nothing."), (250, "You have a credit of €2.50.")])
def test_account_that_owes_nothing_says_so(paid: int, words: str, mine: Client, me: Member) -> None:
    if paid:
        take_payment(me, amount_minor=paid, overpay=True, by=None)
    assert words in said(mine.get("/me/fines/"))


def test_account_of_another_member_is_not_shown(mine: Client) -> None:
    loan = make_loan(CopyFactory(book__title="Secret"))
    charge_member(loan.member, amount_minor=500, reason="Secret", by=None)
    for address in ("/me/", "/me/fines/"):
        assert "Secret" not in mine.get(address).content.decode()


def test_renewal_sent_twice_counts_once(mine: Client, me: Member) -> None:
    loans = [make_loan(member=me), make_loan(member=me)]
    form = {"key": "one-form-sent-twice"}
    for address in (f"/me/loans/{loans[0].pk}/renew/", f"/me/loans/{loans[0].pk}/renew/", "/me/loans/renew/"):
        send(mine, address, form)
    assert list(me.loans.order_by("pk").values_list("renewals", flat=True)) == [1, 1]


def test_every_form_of_the_page_carries_a_key(mine: Client, me: Member) -> None:
    make_loan(member=me)
    page = mine.get("/me/").content.decode()
    assert page.count('action="/me/loans/') == page.count('name="key"') == 2


@pytest.mark.parametrize("show", ["all", "overdue"])
def test_page_asks_the_database_at_most_twelve_times(
    show: str, mine: Client, me: Member, three: list[Loan], django_assert_max_num_queries: Any
) -> None:
    """With overdue loans, and a category that limits fines."""
    MemberCategory.objects.filter(pk=me.category_id).update(max_open_fines_minor=500)
    make_overdue_loan(member=me, days=2)
    with django_assert_max_num_queries(12):
        page = mine.get(f"/me/?show={show}")
    assert (tiles(page)["Overdue books"], len(rows(page))) == ("2", {"all": 4, "overdue": 2}[show])
