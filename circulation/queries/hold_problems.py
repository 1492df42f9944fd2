"""Every reason against placing a hold, the same list for the desk, for members and for commands."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import Branch, Member
from catalog.models import Book, Copy
from circulation.exceptions import Problem
from circulation.policy import EffectiveRule, HoldsOnShelf
from circulation.queries.copies import AVAILABLE, ON_HOLD_SHELF, ON_LOAN, with_availability
from circulation.queries.problems import against_debt, against_member, block, confirm, row_of
from circulation.queries.rules import RuleBook
from circulation.queries.standing import Standing

CAN_BE_HELD = (AVAILABLE, ON_LOAN, ON_HOLD_SHELF)


def hold_problems(
    standing: Standing, book: Book, *, branch: Branch, copy: Copy | None = None,
    starts_on: date | None = None, not_after: date | None = None,
) -> list[Problem]:  # fmt: skip
    """Every reason against a hold of the member of ``standing`` on ``book`` (or one ``copy`` of it) at ``branch``.

    A hold on any copy goes by the types of the copies that could fill it; where their rules differ, by the one that
    allows most.
    """
    copies = list(with_availability(book.copies.select_related("copy_type")).order_by("pk"))
    fit = [each for each in copies if each.status in CAN_BE_HELD]  # type: ignore[attr-defined] # annotated
    wanted = [each for each in fit if copy is None or each == copy]
    rules = _rules(wanted or ([copy] if copy else copies), standing.member, branch, standing.book)
    return [
        *_against_dates(starts_on, not_after, standing.today),
        *_against_copies(wanted, fit, rules),
        *_against_another(standing, book),
        *_too_many(standing, rules),
        *against_member(standing),
        *against_debt(standing),
    ]


def _rules(copies: Iterable[Copy], member: Member, branch: Branch, book: RuleBook) -> list[EffectiveRule]:
    types = {copy.copy_type_id for copy in copies}
    return [book.rule(branch.pk, member.category_id, each) for each in sorted(types)] or [
        book.rule(branch.pk, member.category_id, 0)  # no copy at all: the rules for any type
    ]


def _against_dates(starts_on: date | None, not_after: date | None, today: date) -> Iterator[Problem]:
    if starts_on and not_after and starts_on > not_after:
        yield block("calendar_backwards", _("The hold would end before it begins."))
    if not_after and not_after < today:
        yield block("due_in_past", _("The day after which it is not needed has passed."))


def _against_copies(wanted: list[Copy], fit: list[Copy], rules: list[EffectiveRule]) -> Iterator[Problem]:
    if not wanted:
        yield block("hold_not_possible", _("There is no copy that could be lent."))
        return
    is_needed = {
        HoldsOnShelf.YES: True,
        HoldsOnShelf.ONLY_IF_OUT: any(_is_out(copy) for copy in wanted),
        HoldsOnShelf.ONLY_IF_ALL_OUT: all(_is_out(copy) for copy in fit),
    }
    if not any(is_needed[rule.holds_on_shelf] for rule in rules):
        yield block("hold_not_needed", _("A copy is in: it can be borrowed right away."))


def _is_out(copy: Copy) -> bool:
    return copy.status in (ON_LOAN, ON_HOLD_SHELF)  # type: ignore[attr-defined] # annotated


def _against_another(standing: Standing, book: Book) -> Iterator[Problem]:
    if any(hold.book_id == book.pk for hold in standing.holds):
        yield block("hold_duplicate", _("%(member)s has a hold on this book already.") % {"member": standing.member})
    if any(loan.copy.book_id == book.pk for loan in standing.loans):
        yield block(
            "hold_already_borrowed", _("%(member)s has this book on loan already.") % {"member": standing.member}
        )


def _too_many(standing: Standing, rules: list[EffectiveRule]) -> Iterator[Problem]:
    rule = most_generous(rules)
    if rule.max_holds is not None and holds_under_row_of(rule, standing) >= rule.max_holds:
        text = ngettext(
            "Only %(count)d hold of this kind at a time.",
            "Only %(count)d holds of this kind at a time.",
            rule.max_holds,
        )
        yield confirm("hold_limit", text % {"count": rule.max_holds}, row_of(rule, "max_holds"))


def most_generous(rules: list[EffectiveRule]) -> EffectiveRule:
    """Of ``rules`` the first that allows most holds."""
    return max(rules, key=lambda rule: float("inf") if rule.max_holds is None else rule.max_holds)


def holds_under_row_of(rule: EffectiveRule, standing: Standing) -> int:
    """How many active holds of the member have their own ``max_holds`` from the same row as ``rule``."""
    row = rule.sources["max_holds"]
    return sum(1 for each in _rules_of_holds(standing) if each.sources["max_holds"] == row)


def _rules_of_holds(standing: Standing) -> Iterator[EffectiveRule]:
    """The rule that each active hold of the member goes by."""
    copies: dict[int, list[Copy]] = defaultdict(list)
    books = {hold.book_id for hold in standing.holds if hold.copy_id is None}
    for copy in with_availability(Copy.objects.filter(book__in=books)) if books else ():
        copies[copy.book_id].append(copy)
    for hold in standing.holds:
        own = [hold.copy] if hold.copy else copies[hold.book_id]
        fit = [each for each in own if hold.copy or each.status in CAN_BE_HELD]  # type: ignore[attr-defined] # annotated
        yield most_generous(_rules(fit or own, standing.member, hold.branch, standing.book))
