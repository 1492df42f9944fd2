"""The search in an address: in one order, with and without something."""

from catalog.views.searches import Search

SEARCH = Search.of(
    [("sort", "year"), ("q", "tea & cats"), ("subject", "9"), ("author", "7"), ("author", "3"), ("author", "7")]
)


def test_a_search_has_one_address_in_whatever_order_it_is_said() -> None:
    assert SEARCH.address == "?q=tea+%26+cats&author=3&author=7&subject=9&sort=year"
    assert Search().address == "?"


def test_a_value_takes_the_place_of_another_but_stands_beside_other_authors() -> None:
    assert (
        SEARCH.having(author=5, sort="title").address
        == "?q=tea+%26+cats&author=3&author=5&author=7&subject=9&sort=title"
    )
    assert SEARCH.having(author=3) == SEARCH
    assert Search().having(**{"from": 1990, "to": 1999}).address == "?from=1990&to=1999"


def test_what_is_so_anyway_is_not_said() -> None:
    assert SEARCH.having(sort="relevance") == SEARCH.without("sort")
    assert SEARCH.having(field="all") == SEARCH


def test_a_value_or_all_values_are_taken_away() -> None:
    assert SEARCH.without("author", value="3").only("author").address == "?author=7"
    assert SEARCH.without("author", "q", "sort").address == "?subject=9"


def test_a_page_stands_last_and_the_first_one_is_not_said() -> None:
    search = Search.of([("q", "x")])
    assert [search.page(1), search.page(2), search.page(3, "1-2-3")] == [
        "?q=x",
        "?q=x&page=2",
        "?q=x&page=3&after=1-2-3",
    ]
