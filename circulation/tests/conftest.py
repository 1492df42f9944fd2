"""What the tests of circulation share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client

from accounts.models import Branch, LibrarySettings, User
from accounts.queries import default_branch
from accounts.tests.mail_server import MailServer, mail_server
from circulation.models import Hold, Loan
from circulation.tests.factories import make_hold, make_loan, set_library
from circulation.tests.holds import NOW


@pytest.fixture
def in_zurich(db: None) -> LibrarySettings:
    """A library away from UTC, in a zone that changes its clock."""
    return set_library(time_zone="Europe/Zurich")


@pytest.fixture
def branch(db: None) -> Branch:
    return default_branch()


@pytest.fixture
def helper(make_user: Callable[..., User]) -> Client:
    """A browser in which somebody is signed in who may issue and take back, and nothing else."""
    role = Group.objects.create(name="Helper")
    role.permissions.set(Permission.objects.filter(codename__in=["use_desk", "issue", "return"]))
    client = Client()
    client.force_login(make_user("Helper", name="Hugo Helper"))
    return client


@pytest.fixture
def loan(db: None) -> Loan:
    """A copy that is out."""
    return make_loan(now=NOW)


@pytest.fixture
def waiting(loan: Loan) -> list[Hold]:
    """Three members wait for it, in this order."""
    return [make_hold(loan.copy.book, now=NOW) for _each in range(3)]


@pytest.fixture
def postbox(settings: Any) -> Iterator[MailServer]:
    """The site sends its e-mails to a server of this test."""
    with mail_server(settings) as server:
        yield server
