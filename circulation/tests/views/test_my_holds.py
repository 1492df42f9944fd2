"""/me/holds/ and the button on the page of a book: a member's own holds."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import Branch, Member, User
from accounts.tests.factories import BranchFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory
from circulation.models import Hold
from circulation.services.holds import move_hold, suspend_hold
from circulation.tests.factories import make_hold, make_loan, make_ready_hold
from circulation.tests.views.pages import outcomes, rows, said, send

pytestmark = pytest.mark.django_db
FORM = {"key": "one-form-sent-twice"}


@pytest.fixture
def me(member_user: User) -> Member:
    return member_user.member


@pytest.fixture
def emma() -> Copy:
    return CopyFactory(book__title="Emma")


def address(copy: Copy) -> str:
    return f"/books/{copy.book_id}/hold/"


# --- placing ----------------------------------------------------------------------------------------


def test_page_of_a_book_tells_how_many_wait_and_leads_to_the_hold(client: Client, emma: Copy) -> None:
    assert "Nobody waits for it." in said(client.get(f"/books/{emma.book_id}/"))
    make_hold(emma.book)
    page = client.get(f"/books/{emma.book_id}/")
    assert ("1 member waits for it." in said(page), address(emma) in page.content.decode()) == (True, True)


def test_who_is_not_signed_in_comes_back_to_the_hold(client: Client, emma: Copy) -> None:
    assert client.get(address(emma)).headers["Location"] == f"/accounts/login/?next={address(emma)}"


def test_page_tells_the_place_before_a_hold_is_placed(mine: Client, emma: Copy) -> None:
    assert "Nobody waits: you are next." in said(mine.get(address(emma)))
    make_hold(emma.book)
    assert "1 member waits already: you would be in place 2." in said(mine.get(address(emma)))


def test_hold_is_placed_with_one_click(mine: Client, me: Member, emma: Copy, branch: Branch) -> None:
    page = send(mine, address(emma), FORM)
    assert outcomes(page) == [("success", "You wait for “Emma”, in place 1.")]
    assert Hold.objects.values("member", "book", "branch", "status").get() == {
        "member": me.pk, "book": emma.book_id, "branch": branch.pk, "status": "waiting",
    }  # fmt: skip


def test_member_may_say_where_and_when(mine: Client, emma: Copy) -> None:
    other, today = BranchFactory(name="Harbour"), timezone.localdate()
    send(mine, address(emma), FORM | {"branch": other.pk, "starts_on": today, "not_after": today + timedelta(days=9)})
    hold = Hold.objects.get()
    assert (hold.branch, hold.starts_on, hold.not_after) == (other, today, today + timedelta(days=9))


def test_page_says_why_a_hold_is_not_possible(mine: Client, me: Member, emma: Copy) -> None:
    make_loan(emma, me)
    page = mine.get(address(emma))
    assert ("has this book on loan already." in said(page), 'name="key"' in page.content.decode()) == (True, False)
    refused = mine.post(address(emma), FORM)
    assert (refused.status_code, Hold.objects.count()) == (409, 0)


def test_refused_hold_can_be_sent_again_with_other_days(mine: Client, me: Member, emma: Copy) -> None:
    make_loan(emma, me)
    page = mine.post(address(emma), FORM | {"not_after": "2999-01-01"})
    assert (page.status_code, 'value="2999-01-01"' in page.content.decode()) == (409, True)


@pytest.mark.parametrize("day", ["yesterday", "9999-99-99", "31.12.99999", "0001-01-01"])
def test_day_that_is_none_is_refused_at_its_field(day: str, mine: Client, emma: Copy) -> None:
    page = mine.post(address(emma), FORM | {"not_after": day})
    assert (page.status_code, Hold.objects.count(), "id_not_after_error" in page.content.decode()) == (200, 0, True)


def test_librarian_without_a_membership_is_led_to_the_desk(desk: Client, emma: Copy) -> None:
    assert desk.get(address(emma)).headers["Location"] == f"/desk/books/{emma.book_id}/holds/"


def test_book_that_readers_do_not_see_is_not_held(mine: Client) -> None:
    hidden = CopyFactory(withdrawn_on=date(2026, 1, 1))
    assert mine.get(address(hidden)).status_code == 404


# --- my holds ---------------------------------------------------------------------------------------


def test_page_without_holds_says_so(mine: Client, me: Member) -> None:
    assert "You wait for nothing" in said(mine.get("/me/holds/"))


def test_holds_tell_place_state_and_why(mine: Client, me: Member, emma: Copy, branch: Branch) -> None:
    suspended = make_hold(emma.book)
    suspend_hold(suspended, by=None)
    own = make_hold(emma.book, me)
    moved = make_hold(emma.book)
    move_hold(moved, to=1, by=None)
    ready = make_ready_hold(CopyFactory(book__title="Dune"), me)
    placed = date_format(timezone.localtime(own.placed_at), "DATE_FORMAT")
    until = date_format(ready.pickup_by, "SHORT_DATE_FORMAT")
    dune, of_emma = [row[:4] for row in rows(mine.get("/me/holds/"))][::-1]
    assert of_emma == [
        "Emma", "3",
        f"Waiting Why? Emma Placed on {placed}; who placed a hold before waits in front. 1 hold was put in front by "
        "the library. 1 hold in front takes no copy today and is passed over.",
        str(branch),
    ]  # fmt: skip
    assert dune == [
        "Dune", "–",
        f"Ready until {until} Why? Dune Ready since {placed}. Kept for 7 open days. "
        "Set by the rule for every branch, member category and copy type.",
        str(branch),
    ]  # fmt: skip


def test_missed_deadline_is_no_hold_of_mine_any_more(mine: Client, me: Member) -> None:
    make_ready_hold(member=me, now=timezone.now() - timedelta(days=30))
    assert ("You wait for nothing" in said(mine.get("/me/holds/")), Hold.objects.get().status) == (True, "ready")


def test_hold_is_suspended_resumed_and_cancelled(mine: Client, me: Member, emma: Copy) -> None:
    hold, until = make_hold(emma.book, me), timezone.localdate() + timedelta(days=5)
    assert outcomes(send(mine, f"/me/holds/{hold.pk}/suspend/", {"until": until})) == [
        ("success", "Suspended: “Emma”.")
    ]
    hold.refresh_from_db()
    assert (hold.is_suspended, hold.suspended_until) == (True, until)
    assert outcomes(send(mine, f"/me/holds/{hold.pk}/resume/", {})) == [("success", "Resumed: “Emma”.")]
    assert outcomes(send(mine, f"/me/holds/{hold.pk}/cancel/", {})) == [("success", "Cancelled: “Emma”.")]
    hold.refresh_from_db()
    assert (hold.status, hold.is_suspended) == ("cancelled", False)


def test_refusal_is_told(mine: Client, me: Member) -> None:
    hold = make_ready_hold(CopyFactory(book__title="Dune"), me)
    page = send(mine, f"/me/holds/{hold.pk}/suspend/", {"until": "2020-01-01"})
    assert outcomes(page) == [
        ("error", "“Dune”: A copy stands ready for this hold already."),
        ("error", "“Dune”: The day on which the hold resumes has passed."),
    ]


@pytest.mark.parametrize("what", ["cancel", "suspend", "resume"])
def test_hold_of_somebody_else_is_not_there(what: str, mine: Client, me: Member) -> None:
    hold = make_hold()
    assert mine.post(f"/me/holds/{hold.pk}/{what}/", FORM).status_code == 404
    assert list(Hold.objects.values_list("status", "is_suspended")) == [("waiting", False)]


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_six_times(
    count: int, mine: Client, me: Member, django_assert_num_queries: Callable[..., Any]
) -> None:
    for _each in range(count):
        make_hold(None, me)
        make_hold(Hold.objects.latest("pk").book)
    with django_assert_num_queries(6):
        mine.get("/me/holds/")
