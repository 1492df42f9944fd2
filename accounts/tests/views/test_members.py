"""Members at the desk."""

import html
import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Action, Card, Member, MemberCategory, Restriction, User
from accounts.numbering import numbered_code
from accounts.permissions import LIBRARIAN
from accounts.services.members import give_first_password, restrict_member
from accounts.tests.factories import MemberCategoryFactory, MemberFactory
from accounts.tests.views.shown import what_the_page_says_it_shows
from catalog.tests.factories import BookIdentifierFactory, CopyFactory
from circulation.services.ledger import charge_member
from circulation.tests.factories import make_loan, make_overdue_loan

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert('x')</script>\"'&{{ 7|add:7 }}{% now 'Y' %}"
KEY = "a-key-of-a-form"


def texts(response: Any) -> str:
    """What a person reads on the page."""
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def sent(**changes: Any) -> dict[str, Any]:
    return {"name": "Mia Member", "category": MemberCategory.objects.get(code="ADULT").pk, "key": KEY} | changes


# --- the list ---------------------------------------------------------------------------------------


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


# --- registering ------------------------------------------------------------------------------------


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


# --- the page of a member ---------------------------------------------------------------------------


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


# --- editing ----------------------------------------------------------------------------------------


def edited(member: Member, **changes: Any) -> dict[str, Any]:
    held = {"name": member.name, "category": member.category_id, "joined_on": "2020-01-01", "keep_history": "unknown"}
    return held | {"key": KEY} | changes


def test_edit_is_saved_once_and_recorded(desk: Client) -> None:
    member = MemberFactory(name="Old")
    for _each in range(2):
        page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, name="New", expires_on="2027-01-31"))
    member.refresh_from_db()
    assert (page.headers["Location"], member.name, member.expires_on) == (
        f"/desk/members/{member.pk}/", "New", date(2027, 1, 31),
    )  # fmt: skip
    assert Action.objects.get().after == {"name": "New", "expires_on": "2027-01-31"}


def test_stale_form_changes_what_was_typed_into_it_and_leaves_what_others_saved(desk: Client) -> None:
    member = MemberFactory(name="Old", phone="1", address="Road 1\r\nTown", note="old", expires_on=date(2027, 1, 31))
    address = f"/desk/members/{member.pk}/edit/"
    said = what_the_page_says_it_shows(desk.get(address))
    answers = {"phone": "1", "address": "Road 1\r\nTown", "expires_on": "2027-01-31", "note": ""}
    Member.objects.update(name="Newer", phone="2", expires_on=date(2028, 1, 31), keep_history=True)
    pages = [desk.post(address, said | edited(member, **answers)) for _each in range(2)]
    member.refresh_from_db()
    assert ([page.status_code for page in pages], Action.objects.get().after) == ([302, 302], {"note": ""})
    assert (member.name, member.phone, member.expires_on, member.keep_history, member.note) == (
        "Newer", "2", date(2028, 1, 31), True, "",
    )  # fmt: skip


def test_form_shown_again_with_an_error_still_says_what_it_showed_at_first(desk: Client) -> None:
    member = MemberFactory(name="Old")
    address = f"/desk/members/{member.pk}/edit/"
    said = what_the_page_says_it_shows(desk.get(address))
    Member.objects.update(name="Newer")
    page = desk.post(address, said | edited(member, email="nobody"))
    assert what_the_page_says_it_shows(page) == said


def test_wrong_edit_saves_nothing_and_shows_the_member_as_is(desk: Client) -> None:
    member = MemberFactory(name="Old")
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, name="New", email="nobody"))
    member.refresh_from_db()
    assert (page.status_code, list(page.context["form"].errors), member.name) == (200, ["email"], "Old")
    assert page.context["member"].name == "Old"


def test_edit_reaches_nothing_but_its_fields(desk: Client, librarian: User) -> None:
    member = MemberFactory(card_number="C1", loans_ever=5)
    extra = {"card_number": "C2", "user": librarian.pk, "loans_ever": "0", "pin_hash": "x", "balance": "0", "id": "9",
             "is_staff": "1", "is_superuser": "1", "groups": "1"}  # fmt: skip
    desk.post(f"/desk/members/{member.pk}/edit/", edited(member, **extra))
    member.refresh_from_db()
    assert (member.card_number, member.user, member.loans_ever, member.pin_hash) == ("C1", None, 5, "")


def test_registering_reaches_nothing_but_its_fields(desk: Client, librarian: User) -> None:
    extra = {"user": librarian.pk, "loans_ever": "7", "pin_hash": "x", "expires_on": "2099-01-01", "is_staff": "1",
             "groups": "1", "joined_on": "1999-01-01", "balance": "-100"}  # fmt: skip
    desk.post("/desk/members/add/", sent(**extra))
    member = Member.objects.get()
    assert (member.user, member.loans_ever, member.pin_hash, member.expires_on) == (None, 0, "", None)
    assert (member.joined_on, User.objects.filter(is_staff=True).count()) == (timezone.localdate(), 0)


def test_new_email_reaches_the_sign_in(desk: Client) -> None:
    member = MemberFactory(email="old@example.org")
    give_first_password(member, password="paper", by=None)
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, email="new@example.org"), follow=True)
    assert (User.objects.get(member=member).email, "signs in with" in texts(page)) == ("new@example.org", False)


def test_email_that_somebody_else_signs_in_with_is_said(desk: Client, librarian: User) -> None:
    User.objects.filter(pk=librarian.pk).update(email="ada@example.org")
    member = MemberFactory(name="Mia")
    give_first_password(member, password="paper", by=None)
    page = desk.post(f"/desk/members/{member.pk}/edit/", edited(member, email="Ada@example.org"), follow=True)
    assert "Somebody else signs in with Ada@example.org. Mia signs in with the card number." in texts(page)
    assert User.objects.get(member=member).email == ""


# --- the card ---------------------------------------------------------------------------------------


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


# --- bars -------------------------------------------------------------------------------------------


def test_member_is_barred_once(desk: Client) -> None:
    member = MemberFactory(name="Mia")
    for _each in range(2):
        page = desk.post(f"/desk/members/{member.pk}/restrict/", {"reason": "ill-mannered", "key": KEY}, follow=True)
    assert (Restriction.objects.get().reason, "Mia may not borrow now." in texts(page)) == ("ill-mannered", True)


@pytest.mark.parametrize(
    ("answers", "wrong"),
    [({"reason": ""}, "reason"), ({"reason": "x", "until_on": "2020-01-01"}, "until_on"),
     ({"reason": "x", "until_on": "soon"}, "until_on"), ({"reason": "x" * 301}, "reason")],
)  # fmt: skip
def test_bar_that_cannot_be_is_refused_at_its_field(answers: dict[str, str], wrong: str, desk: Client) -> None:
    page = desk.post(f"/desk/members/{MemberFactory().pk}/restrict/", answers)
    assert (page.status_code, list(page.context["form"].errors)) == (200, [wrong])
    assert Restriction.objects.count() == 0


def test_bar_is_lifted_by_the_button_of_the_page_however_often_it_is_pressed(desk: Client) -> None:
    restriction = restrict_member(MemberFactory(), reason="x", by=None)
    page = desk.get(restriction.member.get_absolute_url()).content.decode()
    form = re.search(rf'action="/desk/restrictions/{restriction.pk}/lift/">(.*?)</form>', page, re.DOTALL)[1]
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    statuses = [desk.post(f"/desk/restrictions/{restriction.pk}/lift/", {"key": key}).status_code for _each in range(2)]
    restriction.refresh_from_db()
    assert (statuses, restriction.lifted_at is None, Action.objects.filter(verb="lift_restriction").count()) == (
        [302, 302], False, 1,
    )  # fmt: skip


def test_bar_that_was_lifted_already_is_not_lifted_again(desk: Client) -> None:
    restriction = restrict_member(MemberFactory(), reason="x", by=None)
    statuses = [desk.post(f"/desk/restrictions/{restriction.pk}/lift/").status_code for _each in range(2)]
    assert statuses == [302, 409]


# --- the first password -----------------------------------------------------------------------------


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
