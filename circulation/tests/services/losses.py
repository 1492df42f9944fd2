"""Loans as tests lose and find them, and what stands in the ledger then."""

from accounts.models import Action, Branch, Member
from catalog.tests.factories import CopyFactory, CopyTypeFactory
from circulation import invariants
from circulation.models import Loan
from circulation.services.lost import mark_found
from circulation.tests.factories import make_loan, zurich

ISSUED, IN_TIME = zurich("2026-03-02T10:00"), zurich("2026-03-10T10:00")
LATE, LATER = zurich("2026-03-26T10:00"), zurich("2026-04-02T10:00")  # due 23 March: 3 and 10 days late


def lent(price: int | None = 9_900, fee: int = 2_000, **how) -> Loan:
    """A loan of a copy of 99.00 and a processing fee of 20.00."""
    copy_type = CopyTypeFactory(processing_fee_minor=fee, replacement_price_minor=how.pop("type_price", 0))
    return make_loan(CopyFactory(price_minor=price, copy_type=copy_type), now=ISSUED, **how)


def lines(member: Member) -> list[tuple[str, int, int]]:
    return list(member.ledger.order_by("pk").values_list("kind", "amount_minor", "allocated_minor"))


def amounts(member: Member) -> list[tuple[str, int]]:
    return [(kind, amount) for kind, amount, _settled in lines(member)]


def found(loan: Loan, branch: Branch, now=LATER, **how) -> dict:
    mark_found(loan.copy, branch=branch, by=None, now=now, **how)
    assert list(invariants.broken()) == []
    return Action.objects.get(verb="mark_found").after
