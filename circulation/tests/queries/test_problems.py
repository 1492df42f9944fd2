"""Every refusal says what led to it: the row of the rules, the sums, the books."""

import pytest

from accounts.models import Branch, Member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation.exceptions import Problem
from circulation.models import CirculationRule
from circulation.queries.problems import issue_problems, renewal_problems
from circulation.queries.rules import rule_book
from circulation.queries.standing import Standing
from circulation.services.ledger import charge_member
from circulation.services.loans import issue_copy
from circulation.tests.factories import make_loan, set_rule, zurich

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("in_zurich")]
NOW = zurich("2026-03-02T10:00")


def against_issuing(member: Member, branch: Branch, copy=None, now=NOW) -> list[Problem]:
    copy, book = copy or CopyFactory(), rule_book()
    rule = book.rule(branch.pk, member.category_id, copy.copy_type_id)
    return issue_problems(copy, Standing(member, book, now), rule)


def test_limit_of_a_rule_names_its_row(branch: Branch) -> None:
    dvd, member = CopyTypeFactory(name="DVD"), MemberFactory(category=MemberCategoryFactory(name="Adult"))
    CirculationRule.objects.create(category=member.category, copy_type=dvd, max_loans=0)
    (problem,) = against_issuing(member, branch, CopyFactory(copy_type=dvd))
    assert (problem.code, problem.why) == ("too_many_loans", "Set by the rule for Adult / DVD.")


def test_limit_of_the_row_for_everything_says_so(branch: Branch) -> None:
    set_rule(max_loans=0)
    (problem,) = against_issuing(MemberFactory(), branch)
    assert problem.why == "Set by the rule for every branch, member category and copy type."


def test_limit_of_a_category_names_it(branch: Branch) -> None:
    member = MemberFactory(category=MemberCategoryFactory(name="Child", max_loans=0))
    (problem,) = against_issuing(member, branch)
    assert problem.why == "The limit of the category Child, of all kinds together."


def test_debt_tells_its_sum_and_whose_limit_it_is(branch: Branch) -> None:
    set_rule(loan_period=1, fine_amount_minor=100)
    member = MemberFactory(category=MemberCategoryFactory(name="Adult", debt_limit_minor=500))
    charge_member(member, amount_minor=400, reason="stain", by=None, now=NOW)
    issue_copy(CopyFactory(price_minor=None), member=member, branch=branch, by=None, now=NOW)
    (problem,) = against_issuing(member, branch, now=zurich("2026-03-05T10:00"))
    assert problem.why == (
        "On the account: €4.00. Fines of overdue loans if they came back now: €2.00. "
        "The limit is that of the category Adult; who owes exactly the limit may borrow."
    )


def test_overdue_loans_that_block_are_named(branch: Branch) -> None:
    set_rule(loan_period=1)
    member = MemberFactory(category=MemberCategoryFactory(name="Adult", overdue_blocks_loans=True))
    copy = CopyFactory(book=BookFactory(title="Middlemarch"))
    issue_copy(copy, member=member, branch=branch, by=None, now=NOW)
    (problem,) = against_issuing(member, branch, now=zurich("2026-03-05T10:00"))
    why = "Overdue: Middlemarch. In the category Adult an overdue loan blocks borrowing and renewing."
    assert problem.why == why


@pytest.mark.parametrize(
    ("code", "parameters"), [("renewal_limit", {"max_renewals": 0}), ("renewal_too_soon", {"no_renewal_before": 2})]
)
def test_refused_renewal_names_the_row(code: str, parameters: dict[str, int]) -> None:
    set_rule(**parameters)
    loan, book = make_loan(now=NOW), rule_book()
    (problem,) = renewal_problems(loan, Standing(loan.member, book, NOW), book.rule_of(loan))
    row = "the rule for every branch, member category and copy type"
    assert (problem.code, problem.why) == (code, f"Set by {row}.")
