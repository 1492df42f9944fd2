"""The pages of members: the list, registering, and all about one."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Member, MemberCategory, User
from accounts.numbering import numbered_code
from accounts.services.members import give_first_password, restrict_member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from accounts.tests.views.members import HOSTILE, sent, texts
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan, make_overdue_loan

pytestmark = pytest.mark.django_db
KEY = "a-key-of-a-form"


def test_list_shows_card_name_class_category_loans_and_debt(desk: Client, librarian: User) -> None:
    member = MemberFactory(name="Mia", card_number="C1", group_name="7B")
    make_loan(member=member)
    make_overdue_loan(member=member)
    charge_member(member, amount_minor=250, reason="lost card", by=librarian)
    row = re.search(r"<tbody>(.*)</tbody>", desk.get("/desk/members/").content.decode(), re.DOTALL)[1]
    words = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", row)).strip()
    assert words == f"C1 Mia 7B {member.category} 2 1 late €2.50 Issue Mia Edit Mia"


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", ["Ada", "Mia", "Otto"]), ("?q=mia", ["Mia"]), ("?q=nobody", []), ("?q=+", ["Ada", "Mia", "Otto"]),
        ("?q=*C2*", ["Mia"]), ("?category=abc", ["Ada", "Mia", "Otto"]), ("?category=999", ["Ada", "Mia", "Otto"]),
        ("?page=1000000000", ["Ada", "Mia", "Otto"]), ("?page=0", ["Ada", "Mia", "Otto"]),
        ("?page=-1&q=", ["Ada", "Mia", "Otto"]),
        ("?page=abc", ["Ada", "Mia", "Otto"]), ("?page=%00", ["Ada", "Mia", "Otto"]), ("?q=a&q=otto", ["Otto"]),
        ("?q=%ff%fe", []), ("?name__icontains=x&_connector=OR", ["Ada", "Mia", "Otto"]),
    ],
)  # fmt: skip
def test_list_answers_every_search(query: str, names: list[str], desk: Client) -> None:
    for number, name in enumerate(["Ada", "Mia", "Otto"], start=1):
        MemberFactory(name=name, card_number=f"C{number}")
    page = desk.get(f"/desk/members/{query}")
    assert (page.status_code, [member.name for member in page.context["page"]]) == (200, names)


def test_list_is_narrowed_to_a_category(desk: Client) -> None:
    child = MemberCategory.objects.get(code="CHILD")
    kid = MemberFactory(category=child)
    MemberFactory()
    assert list(desk.get(f"/desk/members/?category={child.pk}").context["page"]) == [kid]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?q=" + "x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
        ("?q=%00", "Null characters are not allowed."),
        ("?category=abc", "Select a valid choice. That choice is not one of the available choices."),
    ],
)
def test_search_that_cannot_be_says_what_is_wrong(query: str, sentence: str, desk: Client) -> None:
    assert sentence in texts(desk.get(f"/desk/members/{query}"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "No members yet"), ("?q=nobody", "No member fits “nobody”"), ("?category={}", "No members in this category")],
)
def test_empty_list_says_why_it_is_empty(query: str, sentence: str, desk: Client) -> None:
    assert sentence in texts(desk.get("/desk/members/" + query.format(MemberCategoryFactory().pk)))


def test_list_has_pages_that_keep_the_search(desk: Client) -> None:
    MemberFactory.create_batch(60, name="Mia")
    page = desk.get("/desk/members/?q=mia&page=2")
    assert (len(page.context["page"]), page.context["page"].shown) == (25, [1, 2, 3])
    assert 'href="?q=mia&amp;page=3"' in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_asks_the_database_nine_times(count: int, desk: Client, django_assert_num_queries: Any) -> None:
    for _each in range(count):
        member = MemberFactory(category=MemberCategoryFactory())
        make_overdue_loan(member=member)
        charge_member(member, amount_minor=100, reason="x", by=None)
    with django_assert_num_queries(9):
        desk.get("/desk/members/")


def test_five_answers_register_a_member(desk: Client, librarian: User) -> None:
    page = desk.post("/desk/members/add/", sent(email="m@x.org", phone="1", group_name="7B"), follow=True)
    member = Member.objects.get()
    card = numbered_code("M", 1)
    assert (member.name, member.card_number, member.email, member.phone, member.group_name) == (
        "Mia Member", card, "m@x.org", "1", "7B",
    )  # fmt: skip
    assert (page.redirect_chain, Action.objects.get().by) == ([(f"/desk/members/{member.pk}/", 302)], librarian)
    assert f"Mia Member is registered with the card {card}." in texts(page)


def test_form_sent_twice_registers_one_member(desk: Client) -> None:
    places = [desk.post("/desk/members/add/", sent()).headers["Location"] for _each in range(2)]
    assert (Member.objects.count(), len(set(places))) == (1, 1)


def test_form_sent_again_with_another_name_says_that_it_was_used(desk: Client) -> None:
    desk.post("/desk/members/add/", sent())
    page = desk.post("/desk/members/add/", sent(name="Otto"))
    assert (page.status_code, Member.objects.count()) == (409, 1)
    assert "This form was sent before" in texts(page)


def test_wrong_answer_is_said_at_its_field_and_nothing_typed_is_lost(desk: Client) -> None:
    page = desk.post("/desk/members/add/", sent(email="nobody", phone="555"))
    assert (page.status_code, list(page.context["form"].errors), Member.objects.count()) == (200, ["email"], 0)
    assert [value in page.content.decode() for value in ('value="Mia Member"', 'value="555"', f'value="{KEY}"')] == [
        True
    ] * 3
    assert "<title>Error: " in page.content.decode()


def test_card_of_another_member_is_refused_at_its_field(desk: Client) -> None:
    MemberFactory(card_number="C1")
    page = desk.post("/desk/members/add/", sent(card_number="*c1*"))
    assert page.context["form"].errors == {"card_number": ["Another member has the card C1."]}


def test_worthless_card_is_refused_at_its_field_on_both_pages(desk: Client) -> None:
    MemberFactory(card_number="OLD")
    desk.post(f"/desk/members/{Member.objects.get().pk}/replace-card/", {"reason": "lost"})
    pages = [
        desk.post("/desk/members/add/", sent(card_number="old")),
        desk.post(f"/desk/members/{MemberFactory().pk}/replace-card/", {"card_number": "*OLD*"}),
    ]
    error = {"card_number": ["OLD was on a card that is worthless by now. Give another card."]}
    assert [page.context["form"].errors for page in pages] == [error] * 2


@pytest.mark.parametrize(
    "field", ["name", "email", "phone", "group_name", "card_number", "address", "note", "category"]
)
@pytest.mark.parametrize("value", ["x" * 100_000, "a\x00b", "\ud7ff\ufffd" * 3_000])
def test_odd_answer_is_refused_or_kept_and_never_breaks_the_page(field: str, value: str, desk: Client) -> None:
    page = desk.post("/desk/members/add/", sent(**{field: value}))
    assert (page.status_code, list(page.context["form"].errors), Member.objects.count()) == (200, [field], 0)


def test_page_shows_what_the_desk_must_know(desk: Client) -> None:
    member = MemberFactory(name="Mia", card_number="C1", note="Speaks\nsoftly", expires_on=date(2027, 1, 2))
    loan = make_overdue_loan(member=member, days=3)
    charge_member(member, amount_minor=250, reason="lost card", by=None)
    restrict_member(member, reason="ill-mannered", until_on=timezone.localdate() + timedelta(days=9), by=None)
    words = texts(desk.get(f"/desk/members/{member.pk}/"))
    wanted = [
        "Mia",
        "C1",
        "Speaks softly",
        "2 Jan 2027",
        loan.copy.book.title,
        "3 days overdue",
        "€2.50",
        "ill-mannered",
    ]
    assert [each for each in wanted if each not in words] == []


@pytest.mark.parametrize("count", [1, 3])
def test_page_asks_the_database_fifteen_times_and_once_a_day_once_more(
    count: int, desk: Client, django_assert_num_queries: Any
) -> None:
    member = MemberFactory()
    give_first_password(member, password="paper", by=None)
    for _each in range(count):
        make_overdue_loan(member=member)
        charge_member(member, amount_minor=100, reason="x", by=None)
        restrict_member(member, reason="x", by=None)
    for queries in (16, 15):  # the first look of a day is noted
        with django_assert_num_queries(queries):
            desk.get(f"/desk/members/{member.pk}/")


ADDRESSES = ["", "edit/", "card.pdf", "replace-card/", "restrict/", "first-password/"]


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("pk", ["0", "999999", "9223372036854775807", "9" * 30])
def test_member_who_is_not_there_is_not_found(address: str, pk: str, desk: Client) -> None:
    method = desk.post if address.endswith(("card/", "restrict/", "password/")) else desk.get
    assert method(f"/desk/members/{pk}/{address}").status_code == 404


@pytest.mark.parametrize("pk", ["-1", "abc", "1.5", "%00"])
def test_address_that_is_none_is_not_found(pk: str, desk: Client) -> None:
    assert desk.get(f"/desk/members/{pk}/").status_code == 404


@pytest.mark.parametrize("address", ["", "edit/"])
def test_hostile_words_are_only_words_on_every_page_of_a_member(address: str, desk: Client, librarian: User) -> None:
    member = MemberFactory(
        name=HOSTILE, note=HOSTILE, address=HOSTILE, phone=HOSTILE[:40], group_name=HOSTILE, email=HOSTILE,
        category=MemberCategoryFactory(name=HOSTILE),
    )  # fmt: skip
    restrict_member(member, reason=HOSTILE, by=librarian)
    charge_member(member, amount_minor=1, reason=HOSTILE, by=librarian)
    assert_harmless(desk.get(f"/desk/members/{member.pk}/{address}"))


def assert_harmless(response: Any) -> None:
    content = response.content.decode()
    assert response.status_code == 200
    assert ("<script>alert" in content, "&lt;script&gt;alert" in content, "{% now" in html.unescape(content)) == (
        False, True, True,
    )  # fmt: skip


@pytest.mark.parametrize("address", ["?q=%3Cscript%3Ealert('x')%3C/script%3E{%25 now", ""])
def test_hostile_words_are_only_words_in_the_list(address: str, desk: Client) -> None:
    MemberFactory(name=HOSTILE, group_name=HOSTILE)
    assert_harmless(desk.get(f"/desk/members/{address}"))


def test_hostile_name_is_only_a_name_on_the_page_of_the_first_password(desk: Client) -> None:
    assert_harmless(desk.post(f"/desk/members/{MemberFactory(name=HOSTILE).pk}/first-password/"))


def test_hostile_name_is_only_a_name_in_the_message_after_registering(desk: Client) -> None:
    assert_harmless(desk.post("/desk/members/add/", sent(name=HOSTILE), follow=True))
