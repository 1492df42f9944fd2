"""Many copies at once at the desk: chosen in any way, looked at, changed, taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Action
from accounts.tests.factories import BranchFactory
from catalog.models import Copy, ImportBatch, ImportRow
from catalog.services.search import index_book
from catalog.tests.factories import BookFactory, CopyFactory, CopyTypeFactory
from circulation.tests.factories import make_loan

pytestmark = pytest.mark.django_db
WHERE = reverse("catalog:change_copies")


@pytest.fixture
def copies(db: None) -> list[Copy]:
    """Three copies of one book."""
    book = BookFactory(title="Emma")
    made = [CopyFactory(book=book, barcode=f"E{n}") for n in range(3)]
    index_book(book)
    return made


def chosen(answer) -> list[int]:
    return [copy.pk for copy in answer.context["copies"]]


def keys(copies: list[Copy]) -> str:
    return ",".join(str(copy.pk) for copy in copies)


def test_copies_are_chosen_by_ticks_by_books_by_an_import_and_by_words(desk: Client, copies: list[Copy]) -> None:
    row = ImportRow.objects.create(batch=ImportBatch.objects.create(), n=1)
    row.created_copies.add(copies[1])
    every = [copy.pk for copy in copies]
    asked = [{"copies": every[:2]}, {"books": copies[0].book_id}, {"batch": row.batch_id}, {"q": "emma"}, {"q": "none"}]
    assert [chosen(desk.get(WHERE, each)) for each in asked] == [every[:2], every, every[1:2], every, []]


def test_addresses_that_mean_nothing_choose_nothing(desk: Client) -> None:
    asked = {"copies": ["x", "9" * 40], "books": "-1", "batch": "٣٣", "q": "\0"}
    assert (chosen(desk.get(WHERE, asked)), desk.get(WHERE, asked).status_code) == ([], 200)


def test_barcodes_are_added_to_what_is_chosen(desk: Client, copies: list[Copy]) -> None:
    answer = desk.post(WHERE, {"copies": copies[0].pk, "barcodes": " e1 \n*E2*\n\nE1", "location": "Store"})
    assert chosen(answer) == [copy.pk for copy in copies]
    form = answer.context["form"]
    assert (form["copies"].value(), form["barcodes"].value(), form["location"].value()) == (keys(copies), "", "Store")


def test_barcodes_that_nothing_has_are_named_and_nothing_is_lost(desk: Client, copies: list[Copy]) -> None:
    answer = desk.post(WHERE, {"copies": copies[0].pk, "barcodes": "E1\nGONE1", "preview": "1", "location": "Store"})
    form = answer.context["form"]
    assert form.errors["barcodes"] == ["No copy has these barcodes: GONE1"]
    assert (form["barcodes"].value(), chosen(answer)) == ("E1\nGONE1", [copies[0].pk])


def test_change_is_shown_before_copy_by_copy(desk: Client, copies: list[Copy]) -> None:
    branch, loan = BranchFactory(name="East"), make_loan(copies[2])
    Copy.objects.filter(pk=copies[0].pk).update(location="Store", home_branch=branch)
    form = {"copies": keys(copies), "location": "Store", "home_branch": branch.pk, "mark": "withdraw", "preview": "1"}
    context = desk.post(WHERE, form).context
    assert (context["changing"], context["same"], [each.copy for each in context["refused"]]) == (2, 0, [loan.copy])
    shown = [(copy.barcode, [(before, after) for _label, before, after in rows]) for copy, rows in context["rows"]]
    assert [(code, changes[:-1]) for code, changes in shown] == [
        ("E0", []), ("E1", [(copies[1].home_branch.name, "East"), ("–", "Store")])
    ]  # fmt: skip
    assert Copy.objects.exclude(withdrawn_on=None).count() == 0


def test_change_is_done_as_it_was_shown_and_taken_back_as_one(desk: Client, copies: list[Copy]) -> None:
    form = {"copies": keys(copies), "location": "Store", "price_minor": "12.50", "key": "one-form"}
    shown = desk.post(WHERE, form | {"preview": "1"})
    sent = dict(shown.context["sent"]) | {"copies": shown.context["chosen"], "seen": shown.context["seen"]}
    answer = desk.post(WHERE, sent | {"apply": "1"}, follow=True)
    assert "3 copies are changed" in answer.content.decode()
    assert set(Copy.objects.values_list("location", "price_minor")) == {("Store", 1250)}
    action = Action.objects.get(verb="change_copies")
    assert answer.context["lately"] == [action]
    desk.post(reverse("catalog:change_back", args=[action.pk]))
    assert set(Copy.objects.values_list("location", "price_minor")) == {("", None)}


def test_copies_that_changed_since_they_were_shown_are_not_changed(desk: Client, copies: list[Copy]) -> None:
    form = {"copies": keys(copies), "location": "Store"}
    seen = desk.post(WHERE, form | {"preview": "1"}).context["seen"]
    Copy.objects.filter(pk=copies[0].pk).update(location="Desk")
    answer = desk.post(WHERE, form | {"seen": seen, "apply": "1"})
    assert (answer.status_code, "changed since you looked" in answer.content.decode()) == (409, True)
    assert Copy.objects.filter(location="Store").count() == 0


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"copies": ""}, "Choose at least one copy"),
        ({"copies": "1,x"}, "cannot be read"),
        ({"location": ""}, "Nothing is to change yet"),
        ({"empty": ["location"]}, "not both"),
        ({"copies": ",".join(map(str, range(1, 2_002)))}, "2001 copies are too many: at most 2000"),
        ({"location": "x" * 81}, "at most 80"),
    ],
)
def test_what_cannot_be_done_is_said_in_words(said: dict, words: str, desk: Client, copies: list[Copy]) -> None:
    answer = desk.post(WHERE, {"copies": keys(copies), "location": "Store", "preview": "1"} | said)
    assert (words in answer.content.decode(), Action.objects.filter(verb="change_copies").count()) == (True, 0)


def test_types_and_empty_fields_are_changed_too(desk: Client, copies: list[Copy]) -> None:
    kind = CopyTypeFactory()
    Copy.objects.update(call_number="823", price_minor=900)
    form = {"copies": keys(copies), "copy_type": kind.pk, "empty": ["call_number", "price_minor"], "apply": "1"}
    desk.post(WHERE, form)
    assert set(Copy.objects.values_list("copy_type", "call_number", "price_minor")) == {(kind.pk, "", None)}
