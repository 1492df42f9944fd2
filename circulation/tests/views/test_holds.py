"""/desk/holds/ and the queue of a book at the desk."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Action, Branch, User
from accounts.tests.factories import BranchFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import BookFactory, CopyFactory
from circulation.models import Hold
from circulation.queries.hold_lists import pull_list
from circulation.services.holds import suspend_hold
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, set_rule
from circulation.tests.views.pages import forms, outcomes, rows, said, send

pytestmark = pytest.mark.django_db
FORM = {"key": "one-form-sent-twice"}


@pytest.fixture
def emma() -> Copy:
    return CopyFactory(book__title="Emma", barcode="C1", call_number="823", location="Hall")


def queue(copy: Copy) -> str:
    return f"/desk/books/{copy.book_id}/holds/"


# --- to fetch ---------------------------------------------------------------------------------------


def test_list_says_which_copy_to_fetch_for_whom(desk: Client, emma: Copy, branch: Branch) -> None:
    hold = make_hold(emma.book, MemberFactory(name="Ada"))
    assert rows(desk.get("/desk/holds/")) == [[f"{branch}, Hall", "823", "Emma C1", f"Ada {hold.member.card_number}"]]


def test_copy_is_fetched_for_the_first_who_takes_one() -> None:
    book = BookFactory()
    lent, named, other = CopyFactory.create_batch(3, book=book)
    make_loan(lent)
    suspend_hold(make_hold(book), by=None)
    make_hold(copy=lent)
    of_book, of_copy, third = make_hold(book), make_hold(copy=named), make_hold(book)
    assert {row.copy: row.hold for row in pull_list(timezone.localdate())} == {other: of_book, named: of_copy}
    assert third.status == "waiting"


def test_nothing_to_fetch_is_said(desk: Client) -> None:
    make_hold(make_loan().copy.book)
    assert "Nothing to fetch" in said(desk.get("/desk/holds/"))


@pytest.mark.parametrize(("show", "words"), [
    ("ready", "The hold shelf is empty"), ("missed", "Everything was picked up"), ("nonsense", "Nothing to fetch"),
])  # fmt: skip
def test_empty_list_says_so(show: str, words: str, desk: Client) -> None:
    assert words in said(desk.get(f"/desk/holds/?show={show}"))


# --- the hold shelf ---------------------------------------------------------------------------------


def test_shelf_tells_for_whom_and_until_when(desk: Client, emma: Copy, branch: Branch) -> None:
    hold = make_ready_hold(emma, MemberFactory(name="Ada"))
    until = date_format(hold.pickup_by, "SHORT_DATE_FORMAT")
    (row,) = rows(desk.get("/desk/holds/?show=ready"))
    assert (row[0], row[1], row[2].split(" Why?")[0], row[3]) == (
        f"Ada {hold.member.card_number}", "Emma C1", f"Ready until {until}", str(branch),
    )  # fmt: skip


def test_what_was_not_picked_up_passes_on_with_one_click(desk: Client, emma: Copy) -> None:
    missed = make_ready_hold(emma, MemberFactory(name="Ada"), now=timezone.now() - timedelta(days=30))
    following = make_hold(make_ready_hold().book)
    (row,) = rows(desk.get("/desk/holds/?show=missed"))
    assert row[2].startswith("Not picked up until ")
    page = send(desk, "/desk/holds/let-go/", FORM)
    text = "1 hold has expired. Here is what stands ready for somebody else now; the rest goes back to the shelves."
    assert outcomes(page) == [("success", text)]
    missed.refresh_from_db()
    assert (missed.status, Hold.objects.get(pk=following.pk).status) == ("expired", "waiting")


def test_slip_names_member_book_and_deadline(desk: Client, emma: Copy, branch: Branch) -> None:
    hold = make_ready_hold(emma, MemberFactory(name="Ada"))
    until = date_format(hold.pickup_by, "DATE_FORMAT")
    words = f"Ada {hold.member.card_number} Pick up by {until} Book Emma Barcode C1 Pick up at {branch}"
    assert words in said(desk.get(f"/desk/holds/{hold.pk}/slip/"))


def test_slip_of_a_hold_that_does_not_stand_ready_is_not_there(desk: Client) -> None:
    assert desk.get(f"/desk/holds/{make_hold().pk}/slip/").status_code == 404


def test_return_offers_the_slip(desk: Client, emma: Copy) -> None:
    hold = make_hold(emma.book, MemberFactory(name="Ada"))
    page = send(desk, "/desk/return/", {"scan": "C1"})
    assert (f"/desk/holds/{hold.pk}/slip/" in page.content.decode(), "Print the slip for Ada" in said(page)) == (
        True,
        True,
    )
    assert outcomes(page)[0][1].startswith("“Emma” is on hold for Ada until")


# --- the queue of a book ----------------------------------------------------------------------------


def test_hold_is_placed_for_a_member(desk: Client, emma: Copy, librarian: User) -> None:
    member = MemberFactory(name="Ada")
    page = send(desk, queue(emma), FORM | {"scan": member.card_number, "copy": emma.pk})
    assert outcomes(page) == [("success", "Ada waits for “Emma”.")]
    assert [row[:2] for row in rows(page)] == [["1", f"Ada {member.card_number} this copy only: C1"]]
    assert Action.objects.get(verb="place_hold").by == librarian


def test_desk_says_where_it_is_picked_up(desk: Client, emma: Copy, branch: Branch) -> None:
    other, member = BranchFactory(name="Harbour"), MemberFactory()
    [chosen] = re.findall(r'<option value="(\d+)" selected>', desk.get(queue(emma)).content.decode())
    send(desk, queue(emma), FORM | {"scan": member.card_number, "branch": other.pk})
    assert (int(chosen), Hold.objects.get().branch) == (branch.pk, other)


def test_member_is_chosen_where_the_name_fits_several(desk: Client, emma: Copy) -> None:
    for name in ("Ada One", "Ada Two"):
        MemberFactory(name=name)
    page = send(desk, queue(emma), FORM | {"scan": "Ada"})
    assert ("Which member?" in said(page), Hold.objects.count()) == (True, 0)


def test_nobody_is_told(desk: Client, emma: Copy) -> None:
    page = send(desk, queue(emma), FORM | {"scan": "Nobody"})
    assert ("No member has this card or name." in said(page), Hold.objects.count()) == (True, 0)


def test_refusal_can_be_set_aside_with_a_reason(desk: Client, emma: Copy) -> None:
    set_rule(max_holds=0)
    form = {"scan": MemberFactory(name="Ada").card_number, "key": ""}
    page = desk.post(queue(emma), form)
    assert (page.status_code, "Not placed for Ada" in said(page), Hold.objects.count()) == (409, True, 0)
    send(desk, queue(emma), form | {"overrides": "hold_limit", "reason": "a seminar"})
    assert (Hold.objects.count(), Action.objects.get(verb="place_hold").overrides) == (1, ["hold_limit"])


def test_hold_is_moved_suspended_resumed_and_cancelled(desk: Client, emma: Copy) -> None:
    holds = [make_hold(emma.book) for _each in range(3)]
    address = f"/desk/holds/{holds[2].pk}"
    for what, form, words in (
        ("move", {"to": "1"}, "Moved: “Emma”."), ("suspend", {"until": ""}, "Suspended: “Emma”."),
        ("resume", {}, "Resumed: “Emma”."), ("cancel", {}, "Cancelled: “Emma”."),
    ):  # fmt: skip
        page = send(desk, f"{address}/{what}/", form)
        assert outcomes(page) == [("success", words)]
    numbers = [row[0] for row in rows(page)]
    assert (numbers, Hold.objects.get(pk=holds[2].pk).status) == (["1", "2"], "cancelled")


@pytest.mark.parametrize("to", ["0", "-1", "x", "", "99999999999999999999"])
def test_place_that_is_none_is_refused(to: str, desk: Client, emma: Copy) -> None:
    make_hold(emma.book)
    hold = make_hold(emma.book)
    (outcome,) = outcomes(send(desk, f"/desk/holds/{hold.pk}/move/", {"to": to}))
    assert (outcome[0], Action.objects.filter(verb="move_hold").count()) == ("error", 0)


def test_holds_of_a_member_stand_on_the_members_page(desk: Client, emma: Copy) -> None:
    hold = make_hold(emma.book)
    page = desk.get(f"/desk/members/{hold.member_id}/")
    assert [row[:2] for row in rows(page)] == [["Emma", "1"]]


def test_fetching_a_page_notes_nothing(desk: Client, emma: Copy) -> None:
    make_ready_hold(emma, now=timezone.now() - timedelta(days=30))
    before, actions = list(Hold.objects.values()), Action.objects.count()
    for address in ("/desk/holds/", "/desk/holds/?show=missed", queue(emma), f"/books/{emma.book_id}/"):
        assert desk.get(address).status_code == 200
    assert (list(Hold.objects.values()), Action.objects.count()) == (before, actions)


@pytest.mark.parametrize("count", [1, 3])
def test_pages_ask_the_database_as_often_for_any_number(
    count: int, desk: Client, emma: Copy, django_assert_max_num_queries: Callable[..., Any]
) -> None:
    for number in range(count):
        make_hold()
        make_ready_hold()
        make_ready_hold(CopyFactory(book=emma.book))
        make_hold(emma.book, not_after=date(2999, 1, number + 1))
    for address, queries in (("/desk/holds/", 8), ("/desk/holds/?show=ready", 12), (queue(emma), 12)):
        with django_assert_max_num_queries(queries):
            desk.get(address)


def test_choosing_one_of_several_members_keeps_copy_and_days(desk: Client, emma: Copy) -> None:
    for name in ("Ann Archer", "Ann Baker"):
        MemberFactory(name=name)
    asked = {"scan": "Ann", "copy": emma.pk, "starts_on": "2027-01-01", "not_after": "2027-02-01"}
    chosen = forms(send(desk, f"/desk/books/{emma.book_id}/holds/", asked), button="Ann Baker")[0]
    send(desk, f"/desk/books/{emma.book_id}/holds/", chosen)
    hold = Hold.objects.get()
    assert (hold.member.name, hold.copy, str(hold.starts_on), str(hold.not_after)) == (
        "Ann Baker", emma, "2027-01-01", "2027-02-01",
    )  # fmt: skip
