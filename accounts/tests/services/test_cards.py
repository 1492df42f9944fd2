"""The card of a member on paper."""

import re

import pytest

from accounts.models import LibrarySettings
from accounts.services.cards import card_pdf
from accounts.tests.factories import MemberFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", ["Mia Member", "Анна Каренина", "山田太郎", "<script>", "x" * 200])
def test_card_of_every_member_is_one_page(name: str) -> None:
    pdf = card_pdf(MemberFactory(name=name), LibrarySettings(name="Библиотека"))
    assert (pdf[:5], len(re.findall(rb"/Type /Page\b", pdf))) == (b"%PDF-", 1)
