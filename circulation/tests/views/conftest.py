"""A member and a copy, as most tests of the desk's pages want them."""

import pytest

from accounts.models import Member
from accounts.tests.factories import MemberFactory
from catalog.models import Copy
from catalog.tests.factories import CopyFactory


@pytest.fixture
def ada(db: None) -> Member:
    return MemberFactory(name="Ada Lovelace", card_number="M1")


@pytest.fixture
def dune(db: None) -> Copy:
    return CopyFactory(book__title="Dune", barcode="C1")
