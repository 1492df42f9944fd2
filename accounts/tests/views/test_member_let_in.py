"""A member's card, and the first password from paper."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import Action, Card, Member, User
from accounts.numbering import numbered_code
from accounts.permissions import LIBRARIAN
from accounts.services.members import give_first_password
from accounts.tests.factories import MemberFactory
from accounts.tests.views.members import HOSTILE, sent, texts
from catalog.tests.factories import BookIdentifierFactory, CopyFactory

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form"


@pytest.mark.parametrize("name", ["Mia", "山田太郎", HOSTILE])
def test_card_is_a_pdf_named_after_the_number(name: str, desk: Client) -> None:
    response = desk.get(f"/desk/members/{MemberFactory(name=name, card_number='A-1.2/3+4').pk}/card.pdf")
    assert (response.headers["Content-Type"], response.content[:5]) == ("application/pdf", b"%PDF-")
    assert response.headers["Content-Disposition"] == 'inline; filename="card-A-1.2-3+4.pdf"'


def test_new_card_is_given_once(desk: Client) -> None:
    member = MemberFactory(card_number="OLD")
    for _each in range(2):
        page = desk.post(f"/desk/members/{member.pk}/replace-card/", {"key": KEY, "reason": "lost"}, follow=True)
    member.refresh_from_db()
    assert (member.card_number, Action.objects.count()) == (numbered_code("M", 1), 1)
    assert f"The new card is {member.card_number}. The old one is worthless." in texts(page)


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("HERS", "Another member has the card HERS."),
        ("LIBRARIAN", "Somebody else signs in as LIBRARIAN. Give another card."),
    ],
)
def test_card_of_somebody_else_is_refused_at_its_field(typed: str, error: str, desk: Client) -> None:
    MemberFactory(card_number="HERS")
    member = MemberFactory(card_number="OLD")
    give_first_password(member, password="paper", by=None)
    page = desk.post(f"/desk/members/{member.pk}/replace-card/", {"card_number": typed})
    member.refresh_from_db()
    assert (page.status_code, page.context["form"].errors) == (200, {"card_number": [error]})
    assert (member.card_number, member.user.username) == ("OLD", "OLD")


WARNINGS = [
    ("C001", "C001 is also the barcode of a copy of “Dune”. At the desk you will be asked which one you mean."),
    ("0C001", None),
    ("9780553382563", "9780553382563 is also an ISBN of “Emma”. At the desk it will mean the card, not the book."),
    ("000123", "000123 is also the barcode of a copy of “Ulysses”. At the desk you will be asked which one you mean."),
]


@pytest.mark.parametrize(("card", "warning"), WARNINGS)
def test_card_that_is_also_a_barcode_or_an_isbn_is_taken_with_a_warning(
    card: str, warning: str | None, desk: Client
) -> None:
    CopyFactory(barcode="C001", book__title="Dune")
    CopyFactory(barcode="123", book__title="Ulysses")
    BookIdentifierFactory(value="9780553382563", book__title="Emma")
    old = MemberFactory()
    for address in ("/desk/members/add/", f"/desk/members/{old.pk}/replace-card/"):
        Card.objects.filter(number=card).delete()
        Member.objects.filter(card_number=card).update(card_number="ELSEWHERE")
        page = desk.post(address, sent(card_number=card, key=f"form-{address[-4:-1]}-1"), follow=True)
        found = re.findall(r"\S+ is also .*?(?:you mean|the book)\.", texts(page))
        assert (Member.objects.filter(card_number=card).count(), found) == (1, [warning] if warning else [])


def test_first_password_is_shown_once_with_where_and_how_long_it_serves(desk: Client) -> None:
    member = MemberFactory(card_number="C1", name="Mia")
    page = desk.post(f"/desk/members/{member.pk}/first-password/")
    password = re.search(r'class="password-slip">([a-z2-9-]{14})<', page.content.decode())[1]
    member.refresh_from_db()
    assert member.user.check_password(password) is True
    wanted = ["First password for Mia", "http://testserver/accounts/login/", "C1"]
    assert [each for each in wanted if each not in texts(page)] == []
    assert password not in desk.get(member.get_absolute_url()).content.decode()
    assert "no-store" in page.headers["Cache-Control"]


def test_first_password_is_given_once_by_the_button_of_the_page(desk: Client) -> None:
    member = MemberFactory(name="Mia")
    address = f"/desk/members/{member.pk}/first-password/"
    key = key_of(desk.get(member.get_absolute_url()), address)
    pages = [desk.post(address, {"key": key}) for _each in range(2)]
    printed = re.search(r'class="password-slip">([a-z2-9-]{14})<', pages[0].content.decode())[1]
    user = User.objects.get(member=member)
    assert ([page.status_code for page in pages], user.check_password(printed)) == ([200, 409], True)
    assert "password-slip" not in pages[1].content.decode()
    assert "Mia was given a first password already" in texts(pages[1])
    another = desk.post(address, {"key": key_of(pages[1], address)})
    user.refresh_from_db()
    assert (another.status_code, user.check_password(printed)) == (200, False)


def key_of(page: Any, action: str) -> str:
    form = re.search(rf'action="{action}">(.*?)</form>', page.content.decode(), re.DOTALL)[1]
    return re.search(r'name="key" value="([^"]+)"', form)[1]


@pytest.mark.parametrize("role", [LIBRARIAN, "Admin"])
def test_librarian_cannot_give_a_password_to_somebody_who_works_here(role: str, desk: Client, make_user: Any) -> None:
    colleague = make_user(role, username="C1", password="kept")
    member = MemberFactory(card_number="C1", user=colleague)
    page = desk.post(f"/desk/members/{member.pk}/first-password/")
    colleague.refresh_from_db()
    assert (page.status_code, colleague.password) == (409, "kept")
    assert "This member also works here. Staff choose their password themselves." in texts(page)
