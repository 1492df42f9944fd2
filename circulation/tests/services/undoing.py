"""What tests take back."""

from accounts.models import Action, Branch, User
from accounts.tests.factories import MemberFactory
from catalog.tests.factories import CopyFactory
from circulation.models import Loan
from circulation.services.loans import issue_copy
from circulation.tests.factories import zurich

ISSUED, LATE = zurich("2026-03-02T10:00"), zurich("2026-03-26T10:00")  # due 23 March


def last(verb: str) -> Action:
    return Action.objects.filter(verb=verb).latest("pk")


def issued(by: User, branch: Branch, **fields) -> Loan:
    how = {"copy": CopyFactory(), "member": MemberFactory(), "branch": branch, "by": by, "now": ISSUED} | fields
    return issue_copy(how.pop("copy"), **how)


def row(loan: Loan) -> dict:
    names = ("due_at", "returned_at", "closed_at", "outcome", "renewals", "explanation")
    return Loan.objects.values(*names).get(pk=loan.pk)
