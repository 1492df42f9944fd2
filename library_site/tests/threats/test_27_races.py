"""27, races: the last copy, a payment, a queue at many desks at one moment; each is had once, and nobody sees a fault.

Every race and how it is lost without its lock: circulation/tests/services/test_races*.py; with real processes:
library_site/tests/test_races_over_http.py.
"""

import pytest
from django.db import connection
from django.utils import timezone

from accounts.queries import default_branch
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from catalog.tests.factories import CopyFactory
from circulation import invariants
from circulation.models import Hold, LedgerEntry, Loan
from circulation.queries.holds import positions
from circulation.services.holds import place_hold
from circulation.services.ledger import charge_member, take_payment
from circulation.services.loans import issue_copy
from circulation.tests.racing import outcomes
from library_site.tests.threats.breaking import Break

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
BREAKS = [
    Break("library_site/connecting.py", '"transaction_mode": "IMMEDIATE"', '"transaction_mode": "DEFERRED"'),
    Break("accounts/services/actions.py", "                    if key:\n                        _claim(action)",
          "                    action.key = action.key if not key else uuid.uuid4().hex"),
]  # fmt: skip
DESKS = 8


def test_last_copy_one_payment_and_one_queue_at_many_desks_at_once(transactional_db: None) -> None:
    copy, members, branch = CopyFactory(), MemberFactory.create_batch(DESKS), default_branch()
    charge_member(members[0], amount_minor=5_000, reason="lost card", by=None)
    lent = at_once(DESKS, lambda n: issue_copy(copy, member=members[n], branch=branch, by=None))
    assert outcomes(lent) == {"done": 1, "on_loan": DESKS - 1}
    paid = at_once(DESKS, lambda n: take_payment(members[0], amount_minor=100, by=None, key="one-form-sent-often"))
    assert paid == [LedgerEntry.objects.get(kind="payment")] * DESKS
    others = [member for member in members if member.pk != Loan.objects.get().member_id]
    where = {"book": copy.book, "branch": branch, "by": None}
    waits = at_once(2 * len(others), lambda n: place_hold(others[n // 2], **where))  # each at two desks
    assert outcomes(waits) == {"done": DESKS - 1, "hold_duplicate": DESKS - 1}
    places = positions(Hold.objects.all(), timezone.localdate())
    assert (sorted(places.values()), list(invariants.broken())) == (list(range(1, DESKS)), [])
    assert connection.vendor == "sqlite" or Loan.objects.count() == 1
