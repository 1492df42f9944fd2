"""What tests of every app share: a library that is set up, and clients signed in with each role."""

import gc
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.core.management.color import no_style
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from accounts.api.throttling import tally
from accounts.models import LibrarySettings, OpenSignIn, User
from accounts.permissions import ADMIN, LIBRARIAN, MEMBER
from accounts.queries.sign_ins import LISTED_AS, SEEN_AT, SIGNED_IN_AT
from accounts.tests.factories import MemberFactory, UserFactory
from catalog import files
from library_site.tests.addresses import make_addresses


def pytest_configure() -> None:
    """A shell that runs the tests behind it has Ctrl-C ignored, by them and by all that they start; some press it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What is there by now stays till the end: else much time goes into finding that out again and again."""
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


@pytest.fixture(autouse=True)
def _own_media() -> Iterator[None]:
    """No test finds what another one stored. Few store anything: a folder for each would cost more than most tests."""
    yield
    shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)
    shutil.rmtree(files.folder(), ignore_errors=True)


@pytest.fixture(autouse=True)
def _empty_cache(request: pytest.FixtureRequest) -> None:
    """Throttles and breakers of one test are none of the next one's business."""
    if "db" in request.fixturenames or "transactional_db" in request.fixturenames:
        request.getfixturevalue("transactional_db" if "transactional_db" in request.fixturenames else "db")
        cache.clear()
        tally.forget()


OUR_TABLES = ("accounts_", "catalog_", "circulation_")
BLOCKER = pytest.StashKey[DjangoDbBlocker]()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker, pytestconfig: pytest.Config) -> None:
    """The test library is set up as after the first run: what `migrate` makes, and somebody took it over."""
    pytestconfig.stash[BLOCKER] = django_db_blocker
    with django_db_blocker.unblock():
        take_over()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """A test with real transactions leaves an empty database: set the library up again for whatever comes next."""
    yield
    if nextitem is not None and BLOCKER in item.config.stash and _empties_the_database(item):
        with item.config.stash[BLOCKER].unblock():
            if not LibrarySettings.objects.exists():  # a test that was skipped has emptied nothing
                _count_from_one_again()
                call_command("set_up_roles")
                take_over()


def _empties_the_database(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    with_transactions = bool(marker and marker.kwargs.get("transaction"))
    fixtures = getattr(item, "fixturenames", ())
    return with_transactions or "transactional_db" in fixtures or "live_server" in fixtures


def _count_from_one_again() -> None:
    """The rows no library can do without get the numbers they have after `migrate`, whatever ran before."""
    ours = [each for each in connection.introspection.sequence_list() if each["table"].startswith(OUR_TABLES)]
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_by_name_sql(no_style(), ours):
            cursor.execute(statement)


def take_over() -> None:
    LibrarySettings.objects.filter(pk=1).update(set_up_at=timezone.now())


@pytest.fixture
def library(db: None) -> LibrarySettings:
    return LibrarySettings.current()


@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    def make(role: str, **fields: Any) -> User:
        user = UserFactory(is_staff=role == ADMIN, **fields)
        user.groups.add(Group.objects.get(name=role))
        return user

    return make


@pytest.fixture
def librarian(make_user: Callable[..., User]) -> User:
    """The one who made the rows that the module shares, or a new one."""
    found = User.objects.filter(username="librarian").first()
    return found or make_user(LIBRARIAN, username="librarian", name="Lena Librarian")


@pytest.fixture
def admin_user(make_user: Callable[..., User]) -> User:
    return make_user(ADMIN, username="admin", name="Ada Admin")


@pytest.fixture
def member_user(make_user: Callable[..., User]) -> User:
    """A sign-in with its Member (``member_user.member``)."""
    user = make_user(MEMBER, username="M000001X")
    MemberFactory(user=user, card_number=user.username, name="Mia Member")
    return user


def signed_in(user: User) -> Client:
    """A browser in which ``user`` has just signed in: the next page has no time to note."""
    client, now = Client(), int(time.time())
    session = client.session
    OpenSignIn.objects.create(user=user, session_key=session.session_key, since=datetime.fromtimestamp(now, UTC))
    session.update({
        LISTED_AS: session.session_key, "account_authentication_methods": [{"method": "password", "at": now}],
        "account_authentication_methods_user": str(user.pk),
        SESSION_KEY: str(user.pk), BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(), SIGNED_IN_AT: now, SEEN_AT: now,
    })  # fmt: skip
    session.save()
    return client


@pytest.fixture
def browser_of() -> Callable[[User], Client]:
    """A browser in which the user given has just signed in."""
    return signed_in


@pytest.fixture
def desk(librarian: User) -> Client:
    """A browser in which a librarian is signed in."""
    return signed_in(librarian)


@pytest.fixture
def admin_desk(admin_user: User) -> Client:
    return signed_in(admin_user)


@pytest.fixture
def mine(member_user: User) -> Client:
    """A browser in which a member is signed in."""
    return signed_in(member_user)


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[DjangoDbBlocker]:
    """Rows that are dear to make, once for the tests of a module: what each test does with them is undone behind it.

    Only for modules whose tests have no transactions of their own. Make the rows within ``unblock()``.
    """
    around = transaction.atomic()
    around._from_testcase = True  # as in Django's own test cases: what must be outermost may begin within
    with django_db_blocker.unblock():
        around.__enter__()
    yield django_db_blocker
    with django_db_blocker.unblock():
        transaction.set_rollback(True)
        around.__exit__(None, None, None)


@pytest.fixture(scope="module")
def shared_librarian(shared_rows: DjangoDbBlocker) -> User:
    """Who makes shared rows; ``librarian`` is the same person in each test of the module."""
    with shared_rows.unblock():
        user = UserFactory(username="librarian", name="Lena Librarian")
        user.groups.add(Group.objects.get(name=LIBRARIAN))
        return user


@pytest.fixture(scope="module")
def shared_addresses(shared_rows: DjangoDbBlocker, shared_librarian: User) -> Callable[[str], str]:
    with shared_rows.unblock():
        return make_addresses(shared_librarian)


@pytest.fixture
def address(shared_addresses: Callable[[str], str], db: None) -> Callable[[str], str]:
    """An address by name, with the keys of things that exist and belong to somebody else."""
    return shared_addresses
