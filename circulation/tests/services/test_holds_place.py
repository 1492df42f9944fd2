"""HOLD: placing one, and every reason against it."""

from datetime import date

import pytest

from accounts.models import Action, Branch, Member, Restriction, User
from accounts.tests.factories import BranchFactory, MemberCategoryFactory, MemberFactory
from catalog.models import Copy
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation.exceptions import CirculationRefused
from circulation.models import CirculationRule, Hold
from circulation.queries.copies import with_availability
from circulation.queries.holds import position
from circulation.services.holds import cancel_hold, expire_holds, place_hold, trap_copy
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_hold, make_loan, make_ready_hold, set_rule, zurich
from circulation.tests.refusals import codes_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def refusal(member: Member, one: Copy, branch: Branch, **how) -> list[str]:
    """The codes against a hold on any copy of the book of ``one``."""
    return codes_of(place_hold, member, **({"book": one.book, "branch": branch, "by": None, "now": NOW} | how))


def test_hold_1_book_and_copy_holds_wait_in_one_queue_in_the_order_of_placing() -> None:
    loan = make_loan(now=NOW)
    first = make_hold(loan.copy.book, now=NOW)
    second = make_hold(copy=loan.copy, now=NOW)
    third = make_hold(loan.copy.book, now=NOW)
    assert [position(hold, NOW.date()) for hold in (first, second, third)] == [1, 2, 3]


def test_hold_is_recorded(branch: Branch, librarian: User) -> None:
    member, copy = MemberFactory(), CopyFactory()
    hold = place_hold(
        member, book=copy.book, copy=copy, branch=branch, starts_on=date(2026, 3, 5), not_after=date(2026, 4, 1),
        by=librarian, now=NOW,
    )  # fmt: skip
    stored = Hold.objects.values("member", "book", "copy", "branch", "placed_at", "starts_on", "not_after", "status")
    assert stored.get() == {
        "member": member.pk, "book": copy.book_id, "copy": copy.pk, "branch": branch.pk, "placed_at": NOW,
        "starts_on": date(2026, 3, 5), "not_after": date(2026, 4, 1), "status": "waiting",
    }  # fmt: skip
    action = Action.objects.get(verb="place_hold")
    after = {"member": member.pk, "book": copy.book_id, "copy": copy.pk}
    assert (action.by, action.target_id, action.after) == (librarian, hold.pk, after)


def test_hold_2_placing_a_hold_traps_no_copy() -> None:
    copy = CopyFactory()
    hold = make_hold(copy.book, now=NOW)
    assert (hold.status, with_availability(Copy.objects.all()).get().status) == ("waiting", "available")


def test_same_form_places_one_hold(branch: Branch) -> None:
    member, copy = MemberFactory(), CopyFactory()
    how = {"book": copy.book, "branch": branch, "by": None, "now": NOW, "key": "the-form-1"}
    assert place_hold(member, **how) == place_hold(member, **how) == Hold.objects.get()


# --- every reason against it ------------------------------------------------------------------------


def test_hold_3_member_waits_for_a_book_once(branch: Branch) -> None:
    copy, member = CopyFactory(), MemberFactory()
    make_hold(copy.book, member, now=NOW)
    assert refusal(member, copy, branch, copy=CopyFactory(book=copy.book)) == ["hold_duplicate"]


def test_hold_that_stands_ready_is_one_too(branch: Branch) -> None:
    hold = make_ready_hold(now=NOW)
    assert refusal(hold.member, hold.trapped_copy, branch) == ["hold_duplicate"]


def test_hold_that_is_over_stands_in_nobodys_way(branch: Branch) -> None:
    copy, member = CopyFactory(), MemberFactory()
    cancel_hold(make_hold(copy.book, member, now=NOW), by=None, now=NOW)
    assert make_hold(copy.book, member, now=NOW).status == "waiting"


def test_missed_deadline_is_noted_when_the_member_comes_again() -> None:
    missed = make_ready_hold(now=NOW)
    again = make_hold(missed.book, missed.member, now=zurich("2026-03-10T00:00"))
    missed.refresh_from_db()
    assert (missed.status, again.status) == ("expired", "waiting")


def test_hold_4_book_that_the_member_has_is_not_waited_for(branch: Branch) -> None:
    loan = make_loan(now=NOW)
    assert refusal(loan.member, loan.copy, branch) == ["hold_already_borrowed"]


@pytest.mark.parametrize("mark", ["lost_on", "withdrawn_on", "damaged_on"])
def test_hold_5_book_without_a_copy_that_can_be_lent_is_not_waited_for(mark: str, branch: Branch) -> None:
    copy = CopyFactory(**{mark: date(2026, 1, 5)})
    assert refusal(MemberFactory(), copy, branch) == ["hold_not_possible"]
    assert refusal(MemberFactory(), copy, branch, copy=copy) == ["hold_not_possible"]


def test_copies_that_are_not_lent_do_not_count(branch: Branch) -> None:
    reading_room = CopyFactory(copy_type=CopyTypeFactory(is_lendable=False))
    assert refusal(MemberFactory(), reading_room, branch) == ["hold_not_possible"]
    CopyFactory(book=reading_room.book)
    assert make_hold(reading_room.book, now=NOW).status == "waiting"


def test_book_without_copies_is_not_waited_for(branch: Branch) -> None:
    member, book = MemberFactory(), BookFactory()
    how = {"book": book, "branch": branch, "by": None, "now": NOW}
    assert codes_of(place_hold, member, **how) == ["hold_not_possible"]


def test_copy_of_another_book_is_unknown(branch: Branch) -> None:
    assert refusal(MemberFactory(), CopyFactory(), branch, copy=CopyFactory()) == ["unknown_copy"]


NOT_NEEDED = ["hold_not_needed"]


@pytest.mark.parametrize(
    ("on_shelf", "out", "codes"),  # codes against a hold on any copy, on a copy that is in, on one that is out
    [
        ("yes", 0, ([], [], None)),
        ("yes", 1, ([], [], [])),
        ("only_if_out", 0, (NOT_NEEDED, NOT_NEEDED, None)),
        ("only_if_out", 1, ([], NOT_NEEDED, [])),
        ("only_if_out", 2, ([], None, [])),
        ("only_if_all_out", 0, (NOT_NEEDED, NOT_NEEDED, None)),
        ("only_if_all_out", 1, (NOT_NEEDED, NOT_NEEDED, NOT_NEEDED)),
        ("only_if_all_out", 2, ([], None, [])),
    ],
)
def test_hold_6_rule_says_what_must_be_out(on_shelf: str, out: int, codes: tuple, branch: Branch) -> None:
    set_rule(holds_on_shelf=on_shelf)
    one, other = CopyFactory.create_batch(2, book=BookFactory())
    for copy in [one, other][:out]:
        make_loan(copy, now=NOW)
    for copy, expected in zip((None, other, one), codes, strict=True):
        assert expected is None or refused_or_placed(one, branch, copy) == expected


def refused_or_placed(of_book: Copy, branch: Branch, copy: Copy | None) -> list[str]:
    from_here = {"book": of_book.book, "copy": copy, "branch": branch, "by": None, "now": NOW}
    if codes := _codes(from_here):
        return codes
    cancel_hold(Hold.objects.latest("pk"), by=None, now=NOW)
    return []


def _codes(how: dict) -> list[str]:
    try:
        place_hold(MemberFactory(), **how)
    except CirculationRefused as refused:
        return refused.codes
    return []


def test_copy_on_the_hold_shelf_is_out() -> None:
    ready = make_ready_hold(now=NOW)
    set_rule(holds_on_shelf="only_if_all_out")
    assert make_hold(ready.book, now=NOW).status == "waiting"


def test_hold_7_most_holds_of_the_rule(branch: Branch) -> None:
    set_rule(max_holds=2)
    member, copies = MemberFactory(), CopyFactory.create_batch(3)
    make_hold(copies[0].book, member, now=NOW)
    trap_copy(copies[0], branch=branch, by=None, now=NOW)
    make_hold(copies[1].book, member, now=NOW)
    assert refusal(member, copies[2], branch) == ["hold_limit"]
    how = {"overrides": ["hold_limit"], "reason": "a seminar"}
    assert make_hold(copies[2].book, member, now=NOW, **how).status == "waiting"


def test_holds_that_are_over_do_not_count(branch: Branch) -> None:
    set_rule(max_holds=1)
    ready = make_ready_hold(now=NOW)
    assert refusal(ready.member, CopyFactory(), branch, now=zurich("2026-03-09T23:59")) == ["hold_limit"]
    assert make_hold(None, ready.member, now=zurich("2026-03-10T00:00")).status == "waiting"


@pytest.mark.parametrize(("most", "codes"), [(0, ["hold_limit"]), (-1, [])])
def test_most_holds_may_be_none_or_unlimited(most: int, codes: list[str], branch: Branch) -> None:
    set_rule(max_holds=most)
    assert _codes({"book": CopyFactory().book, "branch": branch, "by": None, "now": NOW}) == codes


def test_hold_8_limit_counts_the_holds_whose_own_limit_comes_from_the_same_row(branch: Branch) -> None:
    dvd, member = CopyTypeFactory(), MemberFactory()
    CirculationRule.objects.create(copy_type=dvd, max_holds=1)
    set_rule(max_holds=1)
    make_hold(CopyFactory().book, member, now=NOW)
    make_hold(CopyFactory(copy_type=dvd).book, member, now=NOW)
    assert refusal(member, CopyFactory(copy_type=dvd), branch) == ["hold_limit"]
    assert refusal(member, CopyFactory(), branch) == ["hold_limit"]


def test_hold_9_hold_on_any_copy_goes_by_the_type_that_allows_most(branch: Branch) -> None:
    dvd, member = CopyTypeFactory(), MemberFactory()
    CirculationRule.objects.create(copy_type=dvd, max_holds=0, holds_on_shelf="only_if_out")
    film = CopyFactory(copy_type=dvd)
    assert refusal(member, film, branch) == ["hold_limit", "hold_not_needed"]
    CopyFactory(book=film.book)
    assert make_hold(film.book, member, now=NOW).status == "waiting"


def test_rule_is_that_of_the_desk(branch: Branch) -> None:
    other = BranchFactory()
    CirculationRule.objects.create(branch=other, max_holds=0)
    copy = CopyFactory()
    assert refusal(MemberFactory(), copy, other) == ["hold_limit"]
    assert make_hold(copy.book, now=NOW).status == "waiting"


def test_hold_10_what_bars_a_member_from_borrowing_bars_from_waiting(branch: Branch) -> None:
    member = MemberFactory(expires_on=date(2026, 3, 1), category=MemberCategoryFactory(debt_limit_minor=500))
    charge_member(member, amount_minor=501, reason="lost card", by=None, now=NOW)
    for source in Restriction.Source.values:
        until = date(2026, 3, 2)
        Restriction.objects.create(member=member, from_on=until, until_on=until, source=source, reason="no")
    codes = ["debt_limit", "member_expired", "member_restricted", "member_suspended"]
    assert refusal(member, CopyFactory(), branch) == codes
    assert make_hold(CopyFactory().book, member, now=NOW, overrides=codes, reason="asked by phone").status == "waiting"


def test_debt_at_the_limit_may_wait(branch: Branch) -> None:
    member = MemberFactory(category=MemberCategoryFactory(debt_limit_minor=500))
    charge_member(member, amount_minor=500, reason="lost card", by=None, now=NOW)
    assert make_hold(CopyFactory().book, member, now=NOW).status == "waiting"


def test_hold_11_dates_must_make_sense(branch: Branch) -> None:
    copy, today, past = CopyFactory(), date(2026, 3, 2), date(2026, 3, 1)
    assert refusal(MemberFactory(), copy, branch, not_after=past) == ["due_in_past"]
    assert refusal(MemberFactory(), copy, branch, starts_on=today, not_after=past) == [
        "calendar_backwards", "due_in_past",
    ]  # fmt: skip
    assert make_hold(copy.book, now=NOW, starts_on=today, not_after=today).status == "waiting"


def test_hold_12_refusal_names_every_reason_at_once(branch: Branch) -> None:
    set_rule(max_holds=1, holds_on_shelf="only_if_all_out")
    member, copy = MemberFactory(expires_on=date(2026, 3, 1)), CopyFactory()
    make_loan(CopyFactory(book=copy.book), member, now=NOW, overrides=["member_expired"], reason="phoned")
    Hold.objects.create(member=member, book=copy.book, branch=branch, placed_at=NOW)
    assert refusal(member, copy, branch, starts_on=date(2026, 3, 1), not_after=date(2026, 2, 1)) == [
        "calendar_backwards", "due_in_past", "hold_already_borrowed", "hold_duplicate", "hold_limit",
        "hold_not_needed", "member_expired",
    ]  # fmt: skip


def test_what_is_no_question_cannot_be_set_aside(branch: Branch) -> None:
    loan = make_loan(now=NOW)
    how = {"overrides": ["hold_already_borrowed"], "reason": "all the same"}
    assert refusal(loan.member, loan.copy, branch, **how) == ["hold_already_borrowed"]


def test_last_day_that_has_passed_is_noted_by_the_daily_run() -> None:
    hold = make_hold(now=NOW, not_after=date(2026, 3, 5))
    assert expire_holds(by=None, now=zurich("2026-03-05T23:59")) == 0
    assert expire_holds(by=None, now=zurich("2026-03-06T00:00")) == 1
    hold.refresh_from_db()
    assert (hold.status, hold.closed_at) == ("expired", zurich("2026-03-06T00:00"))
