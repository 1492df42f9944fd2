"""Which of several editions is described best."""

from typing import Any

from catalog.normalize.languages import read_language, read_languages
from catalog.normalize.years import YEAR

from .hits import edition_isbns
from .json_values import integer, items, strings

MOST_REVISIONS = 10


def rank_editions(editions: list[dict[str, Any]], *, isbn: str = "", language: str = "") -> list[dict[str, Any]]:
    """``editions`` (records), the best described first; equal ones keep their order.

    ``isbn``: the number that was asked for (``Isbn.value``), else any number counts; ``language``: a code of a
    language that the reader prefers, else any language counts.
    """
    return sorted(editions, key=lambda edition: -edition_score(edition, isbn=isbn, language=language))


def edition_score(edition: dict[str, Any], *, isbn: str = "", language: str = "") -> float:
    """How much there is to know of an edition, 0 to 13: an ISBN counts 5, a work 2, the rest 1 each."""
    numbers, languages = edition_isbns(edition), read_languages(items(edition.get("languages")))
    language = read_language(language)
    return (
        5 * (isbn in numbers if isbn else bool(numbers))
        + 2 * bool(items(edition.get("works")))
        + bool(strings(edition.get("publishers")))
        + bool(YEAR.search(" ".join(strings(edition.get("publish_date")))))
        + bool(integer(edition.get("number_of_pages")) or strings(edition.get("pagination")))
        + any(integer(cover, 1, 2**62) for cover in items(edition.get("covers")))
        + (language in languages if language else bool(languages))
        + min(integer(edition.get("revision")) or 0, MOST_REVISIONS) / MOST_REVISIONS
    )
