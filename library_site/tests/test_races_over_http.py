"""Fifty desks and one copy, through real processes: one loan, forty-nine polite refusals, no fault."""

import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from library_site.tests.running import Running

pytestmark = pytest.mark.race
DESKS = 50
SEED = """
from django.contrib.auth.models import Group
from accounts.models import User, MemberCategory
from accounts.services.members import register_member
from catalog.drafts import BookDraft
from catalog.services.books import add_book
user = User.objects.create_user("desk", password="a sentence nobody guesses")
user.groups.add(Group.objects.get(name="Librarian"))
add_book(BookDraft(title="The only copy"), stock=1, by=user)
for n in range(5):
    register_member(name=f"Member {n}", category=MemberCategory.objects.get(code="ADULT"), by=user)
"""
COUNT = "from circulation.models import Loan; print(Loan.objects.open().count(), Loan.objects.count())"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    running = Running(tmp_path, "--demo", "no", WEB_CONCURRENCY="2").wait()
    yield running
    running.stop()


def token(page: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert found is not None
    return found[1]


def signed_in(running: Running) -> requests.Session:
    browser = requests.Session()
    page = browser.get(f"{running.address}/accounts/login/", timeout=30)
    form = {"csrfmiddlewaretoken": token(page.text), "login": "desk", "password": "a sentence nobody guesses"}
    assert browser.post(page.url, data=form, timeout=30).url.endswith("/desk/")
    return browser


def test_fifty_desks_issue_one_copy_and_one_has_it(running: Running) -> None:
    running.manage("shell", "-v", "0", program=SEED)
    browser = signed_in(running)
    cookies, barrier = browser.cookies.get_dict(), threading.Barrier(DESKS)
    answers: list[int] = []

    def desk(n: int) -> None:
        own = requests.Session()
        own.cookies.update(cookies)
        page = own.get(f"{running.address}/desk/issue/?member={n % 5 + 1}", timeout=60)
        key = re.search(r'name="key" value="(\w+)"', page.text)
        assert key is not None
        form = {"csrfmiddlewaretoken": token(page.text), "key": key[1], "member": str(n % 5 + 1), "scan": "B000001X"}
        barrier.wait()
        answers.append(
            own.post(f"{running.address}/desk/issue/", data=form, timeout=60, allow_redirects=False).status_code
        )

    threads = [threading.Thread(target=desk, args=(n,)) for n in range(DESKS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answers) == {302: 1, 409: DESKS - 1}
    assert running.manage("shell", "-v", "0", "-c", COUNT).split() == ["1", "1"]
