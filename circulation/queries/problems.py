"""Every reason against an issue or a renewal, the same list for the desk, for members and for commands."""

from collections.abc import Iterable, Iterator
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts import money
from accounts.models import Member, Restriction, User
from accounts.permissions import OVERRIDE_BLOCK
from catalog.models import Copy
from circulation.exceptions import Level, Problem
from circulation.models import Loan
from circulation.policy import EffectiveRule, RenewalBlock
from circulation.queries.holds import keeper_among
from circulation.queries.rules import row_in_words
from circulation.queries.standing import Standing

MOST_TITLES = 5  # named where a member is told what is overdue


def block(code: str, message: str) -> Problem:
    """A problem nobody can set aside."""
    return Problem(code, message)


def confirm(code: str, message: str, why: str = "") -> Problem:
    """A problem that a person with the permission can set aside, with a reason; ``why``: what led to it."""
    return Problem(code, message, Level.CONFIRM, OVERRIDE_BLOCK, why)


def may_set_aside(problems: Iterable[Problem], user: User | None) -> bool:
    """Whether ``user`` may set every one of ``problems`` aside, with a reason; None is the system, which may."""
    return all(p.level == Level.CONFIRM and (user is None or user.has_perm(p.permission)) for p in problems)


def issue_problems(copy: Copy, standing: Standing, rule: EffectiveRule) -> list[Problem]:
    """Every reason against lending ``copy`` under ``rule`` to the member of ``standing``; empty: it may be lent."""
    return [
        *_against_copy(copy, standing.member),
        *_held_for_other(copy, standing),
        *against_member(standing),
        *against_debt(standing),
        *_overdue(standing),
        *_too_many(standing, rule),
    ]


def renewal_problems(loan: Loan, standing: Standing, rule: EffectiveRule) -> list[Problem]:
    """Every reason against renewing ``loan`` of the member of ``standing`` under ``rule``, for all alike."""
    return [
        *_against_renewal(loan, standing, rule),
        *_waited_for(loan, standing, rule),
        *against_member(standing),
        *against_debt(standing),
        *_overdue(standing),
    ]


def _against_copy(copy: Copy, member: Member) -> Iterator[Problem]:
    loan = copy.loans.open().first()
    if loan and loan.member_id == member.pk:
        yield confirm("already_yours", _("%(member)s has this copy on loan already.") % {"member": member})
    elif loan:
        yield block("on_loan", _("This copy is on loan to somebody else. Take it back first."))
    if not copy.copy_type.is_lendable:
        yield confirm("not_lendable", _("Copies of the type %(type)s are not lent.") % {"type": copy.copy_type})
    if copy.withdrawn_on:
        yield block("copy_withdrawn", _("This copy was withdrawn on %(day)s.") % {"day": _day(copy.withdrawn_on)})
    if copy.lost_on:
        yield confirm("copy_lost", _("This copy has been marked lost since %(day)s.") % {"day": _day(copy.lost_on)})
    if copy.damaged_on:
        yield confirm(
            "copy_damaged", _("This copy has been marked damaged since %(day)s.") % {"day": _day(copy.damaged_on)}
        )


def _held_for_other(copy: Copy, standing: Standing) -> Iterator[Problem]:
    hold = keeper_among(standing.holds_at(copy), copy, standing.today)
    if hold and hold.member_id != standing.member.pk:
        yield confirm("held_for_other", _("This copy stands ready for %(member)s.") % {"member": hold.member})


def against_member(standing: Standing) -> Iterator[Problem]:
    """What bars the member from anything: the membership is over, a librarian's bar, a suspension."""
    ends_on = standing.member.expires_on
    if ends_on and ends_on < standing.today:
        yield confirm("member_expired", _("The membership ended on %(day)s.") % {"day": _day(ends_on)})
    barred = [r for r in standing.restrictions if r.source == Restriction.Source.LIBRARIAN]
    if barred:
        yield confirm("member_restricted", _("Borrowing is barred: %(reason)s") % {"reason": barred[0].reason})
    ends = [r.until_on for r in standing.restrictions if r.source == Restriction.Source.OVERDUE and r.until_on]
    if ends:
        yield confirm("member_suspended", _("Suspended for late returns until %(day)s.") % {"day": _day(max(ends))})


def against_debt(standing: Standing) -> Iterator[Problem]:
    """Whether the member owes more than the category allows."""
    limit, library = standing.member.category.debt_limit_minor, standing.book.library
    if limit is None:
        return
    owed = standing.outstanding_minor
    if library.estimate_counts_for_limits:
        owed += standing.running_minor
    if owed > limit:
        sums = {
            "owed": owed,
            "limit": limit,
            "written": standing.outstanding_minor,
            "running": owed - standing.outstanding_minor,
        }
        language = get_language() or library.language
        amounts = {name: money.formatted(sum, library.currency, language) for name, sum in sums.items()}
        amounts["category"] = str(standing.member.category)
        why = _(
            "On the account: %(written)s. Fines of overdue loans if they came back now: %(running)s. "
            "The limit is that of the category %(category)s; who owes exactly the limit may borrow."
        )
        yield confirm("debt_limit", _("%(owed)s are owed; the limit is %(limit)s.") % amounts, why % amounts)


def _overdue(standing: Standing) -> Iterator[Problem]:
    late = len(standing.overdue) if standing.member.category.overdue_blocks_loans else 0
    if late:
        text = ngettext("%(count)d loan is overdue.", "%(count)d loans are overdue.", late)
        titles = ", ".join(loan.copy.book.title for loan in standing.overdue[:MOST_TITLES])
        why = _("Overdue: %(titles)s. In the category %(category)s an overdue loan blocks borrowing and renewing.")
        facts = {"titles": titles, "category": standing.member.category}
        yield confirm("has_overdue", text % {"count": late}, why % facts)


def _too_many(standing: Standing, rule: EffectiveRule) -> Iterator[Problem]:
    if rule.max_loans is not None and standing.loans_under_row_of(rule) >= rule.max_loans:
        text = ngettext(
            "Only %(count)d loan of this kind at a time.",
            "Only %(count)d loans of this kind at a time.",
            rule.max_loans,
        )
        yield confirm("too_many_loans", text % {"count": rule.max_loans}, row_of(rule, "max_loans"))
    limit = standing.member.category.max_loans
    if limit is not None and len(standing.loans) >= limit:
        text = ngettext("Only %(count)d loan in all at a time.", "Only %(count)d loans in all at a time.", limit)
        why = _("The limit of the category %(category)s, of all kinds together.")
        facts = {"category": standing.member.category}
        yield confirm("too_many_loans_total", text % {"count": limit}, why % facts)


def _against_renewal(loan: Loan, standing: Standing, rule: EffectiveRule) -> Iterator[Problem]:
    if loan.claimed_returned_at:
        yield block("claimed_returned", _("The member says this was returned."))
    if rule.max_renewals is not None and loan.renewals >= rule.max_renewals:
        text = ngettext(
            "It can be renewed %(count)d time only.", "It can be renewed %(count)d times only.", rule.max_renewals
        )
        yield confirm("renewal_limit", text % {"count": rule.max_renewals}, row_of(rule, "max_renewals"))
    if rule.no_renewal_before is not None:
        due_on = loan.due_at.astimezone(standing.book.library.zone).date()
        if (due_on - standing.today).days > rule.no_renewal_before:
            text = ngettext(
                "Renewal is possible from %(count)d day before the due date.",
                "Renewal is possible from %(count)d days before the due date.",
                rule.no_renewal_before,
            )
            yield confirm(
                "renewal_too_soon", text % {"count": rule.no_renewal_before}, row_of(rule, "no_renewal_before")
            )


def row_of(rule: EffectiveRule, parameter: str) -> str:
    """Which row of the rules set a parameter, for people."""
    return _("Set by %(row)s.") % {"row": row_in_words(rule.sources[parameter])}


def _waited_for(loan: Loan, standing: Standing, rule: EffectiveRule) -> Iterator[Problem]:
    """Holds that this copy could fill block its renewal, unless by the rule enough other copies are free."""
    claims = standing.claims.get(loan.copy.book_id)
    if claims is None or not (claims.on_any or loan.copy_id in claims.on_copies):
        return
    may_be_filled = rule.renewal_blocked_by_holds == RenewalBlock.UNLESS_OTHERS_FREE
    if not may_be_filled or loan.copy_id in claims.on_copies or claims.free < claims.on_any:
        text = _("Somebody else waits for this book.")
        yield confirm("renewal_hold", text, row_of(rule, "renewal_blocked_by_holds"))


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
