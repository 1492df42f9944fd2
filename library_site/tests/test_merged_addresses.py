"""Old addresses of what was merged lead to what stayed."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from catalog.models import Book, MergedRecord
from catalog.tests.factories import AuthorFactory, BookFactory, CopyFactory
from circulation.models import Hold

pytestmark = pytest.mark.django_db


def merged(kind: str, kept: int, old: int = 1_234) -> None:
    MergedRecord.objects.create(kind=kind, old=old, kept=kept, merged_at=timezone.now())


@pytest.fixture
def book(db: None) -> Book:
    """A book that 1234 is part of by way of 1233."""
    kept = BookFactory(searchable=True)
    merged("book", 1_233)
    merged("book", kept.pk, old=1_233)
    return kept


@pytest.mark.parametrize(
    ("name", "more"), [("book", {}), ("jsonld", {}), ("cite", {"style": "apa"}), ("cover", {}), ("small_cover", {})]
)
def test_address_of_a_merged_book_leads_for_good_to_the_one_that_stayed(
    name: str, more: dict, book: Book, client: Client
) -> None:  # fmt: skip
    answer = client.get(reverse(f"catalog:{name}", kwargs={"pk": 1_234, **more}), {"v": "1"})
    wanted = reverse(f"catalog:{name}", kwargs={"pk": book.pk, **more})
    assert (answer.status_code, answer["Location"]) == (301, f"{wanted}?v=1")


def test_desk_is_led_too(book: Book, desk: Client) -> None:
    answer = desk.get(reverse("catalog:edit_book", args=[1_234]))
    assert (answer.status_code, answer["Location"]) == (301, reverse("catalog:edit_book", args=[book.pk]))


def test_authors_too(client: Client) -> None:
    author = AuthorFactory()
    merged("author", author.pk)
    answer = client.get(reverse("catalog:author", args=[1_234]))
    assert (answer.status_code, answer["Location"]) == (301, author.get_absolute_url())


def test_what_was_never_there_and_what_stayed_and_is_gone_are_not_found(client: Client, book: Book) -> None:
    book.delete()
    asked = [client.get(reverse("catalog:book", args=[pk]), follow=True) for pk in (1_234, 99_999)]
    assert [answer.status_code for answer in asked] == [404, 404]


def test_hold_sent_to_the_old_address_is_not_placed_and_says_so(mine: Client, book: Book) -> None:
    CopyFactory(book=book)
    answer = mine.post(reverse("circulation:place_mine", args=[1_234]), {"key": "one-form"}, follow=True)
    assert answer.redirect_chain == [(reverse("circulation:place_mine", args=[book.pk]), 302)]
    assert ("merged with this one meanwhile" in answer.content.decode(), Hold.objects.count()) == (True, 0)
