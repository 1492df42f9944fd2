from typing import Any

import pytest

from catalog.models import Author, Contributor, Cover
from catalog.search.hits import Person, hits_of
from catalog.tests.factories import AuthorFactory, BookFactory

pytestmark = pytest.mark.django_db


def test_hits_come_in_the_order_of_the_keys_without_books_that_are_gone() -> None:
    first, second = BookFactory.create(title="One", subtitle="a beginning", year=1999), BookFactory.create(title="Two")
    hits = hits_of([second.pk, 10**9, first.pk])
    assert [(hit.pk, hit.full_title, hit.get_absolute_url()) for hit in hits] == [
        (second.pk, "Two", second.get_absolute_url()), (first.pk, "One: a beginning", first.get_absolute_url()),
    ]  # fmt: skip
    assert hits[1].year == 1999


def test_people_come_once_in_the_order_of_the_title_page_with_all_their_parts() -> None:
    book = BookFactory.create()
    book.contributors.all().delete()
    ann, bo = AuthorFactory.create(name="Ann"), AuthorFactory.create(name="Bo")
    for order, (author, role) in enumerate([(bo, "aut"), (ann, "trl"), (bo, "ill")]):
        Contributor.objects.create(book=book, author=author, role=role, order=order)
    (hit,) = hits_of([book.pk])
    assert hit.people == (Person(bo.pk, "Bo", ("aut", "ill")), Person(ann.pk, "Ann", ("trl",)))
    assert hit.people[0].get_absolute_url() == Author.objects.get(name="Bo").get_absolute_url()


def test_a_cover_without_a_file_is_no_picture() -> None:
    drawn, wished, printed = (BookFactory.create() for _each in range(3))
    Cover.objects.create(book=wished)
    Cover.objects.create(book=printed, file="covers/a1b2.jpg", width=180, height=270)
    hits = hits_of([drawn.pk, wished.pk, printed.pk])
    assert [hit.cover is None for hit in hits] == [True, True, False]
    picture = hits[2].cover
    assert picture
    assert (picture.file.name, picture.version, picture.width, picture.small_size) == (
        "covers/a1b2.jpg", "a1b2", 180, (180, 270),
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 3])
def test_hits_are_two_queries(count: int, django_assert_num_queries: Any) -> None:
    keys = [BookFactory.create().pk for _each in range(count)]
    with django_assert_num_queries(2):
        hits_of(keys)
