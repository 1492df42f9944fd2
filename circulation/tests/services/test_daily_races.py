"""Several daily runs and several workers at the same moment: everything is done once."""

from collections import Counter
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from accounts.tests.factories import MemberFactory
from accounts.tests.threads import at_once
from circulation.models import Notice
from circulation.services.daily import DailyCounts, run_daily
from circulation.services.loans import return_copy
from circulation.services.messages import send_next
from circulation.tests.factories import make_loan, set_library

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("races")]
RUNS, MEMBERS = 4, 6


def test_daily_9_several_runs_at_once_do_everything_once(mailoutbox: list) -> None:
    now = timezone.now()
    set_library(due_soon_days=[2], overdue_notice_days=[1, 7], unlink_history_after_days=0)
    for member in MemberFactory.create_batch(MEMBERS, email="family@example.org"):
        for _each in range(2):
            make_loan(member=member, now=now - timedelta(days=30))
        back = make_loan(member=member, now=now - timedelta(days=30), due_on=(now + timedelta(days=9)).date())
        return_copy(back.copy, branch=back.branch, by=None, now=now - timedelta(days=1))
    counts = at_once(RUNS, lambda _n: run_daily(now))
    assert DailyCounts(*map(sum, zip(*counts, strict=True))) == DailyCounts(
        notices_queued=2 * MEMBERS, unlinked=MEMBERS, most_borrowed=3 * MEMBERS
    )
    assert (Notice.objects.count(), Message.objects.count()) == (2 * MEMBERS, MEMBERS)
    sent = at_once(RUNS, lambda _n: [send_next(now) for _each in range(MEMBERS)].count(True))
    assert (sum(sent), len(mailoutbox)) == (MEMBERS, MEMBERS)
    assert Counter(Message.objects.values_list("state", flat=True)) == {"done": MEMBERS}
    assert len({mail.extra_headers["Message-ID"] for mail in mailoutbox}) == MEMBERS
