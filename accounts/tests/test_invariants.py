"""What is broken is found."""

import pytest

from accounts.invariants import broken
from accounts.models import Branch, Card, LibrarySettings, MemberCategory
from accounts.permissions import ADMIN, LIBRARIAN
from accounts.services.members import edit_member, give_first_password, replace_card
from accounts.tests.factories import MemberFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_library_in_order_has_nothing_broken() -> None:
    member = MemberFactory()
    give_first_password(member, password="paper", by=None)
    replace_card(member, by=None)
    edit_member(member, name="New", by=None)
    assert list(broken()) == []


@pytest.mark.parametrize(
    ("model", "sentence"),
    [
        (LibrarySettings, "the library's settings are missing"),
        (Branch, "there is no branch"),
        (MemberCategory, "there is no member category"),
    ],
)
def test_missing_first_row_is_found(model: type, sentence: str) -> None:
    model.objects.all().delete()
    assert sentence in list(broken())


def test_sign_in_that_is_not_the_card_is_found() -> None:
    member = MemberFactory(card_number="C1", user=UserFactory(username="C2"))
    assert list(broken()) == [f"member {member.pk} signs in as C2 but has the card C1"]


@pytest.mark.parametrize("role", [LIBRARIAN, ADMIN])
def test_sign_in_of_staff_may_be_another_than_the_card(role: str, make_user) -> None:
    MemberFactory(card_number="C1", user=make_user(role, username="ada"))
    assert list(broken()) == []


def test_card_that_could_be_given_again_is_found() -> None:
    member = MemberFactory(card_number="C1")
    Card.objects.all().delete()
    assert list(broken()) == [f"the card C1 of member {member.pk} is not among the cards ever given"]
