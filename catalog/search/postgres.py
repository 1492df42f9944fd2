"""Search in PostgreSQL: a tsvector beside each document, with a letter for its part before each word, under GIN."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from accounts.databases import reading
from catalog.models import SearchDocument

from .documents import Document, Stock, in_at
from .expressions import (
    AUTHOR,
    NUMBER,
    PARTS,
    PUBLISHER,
    REST,
    SHELF,
    SUBJECT,
    TITLE,
    And,
    Expression,
    Mark,
    Or,
    Words,
    all_of,
)  # fmt: skip
from .marks import POPULARITIES, SAMPLE, mark

TABLE = "catalog_searchdocument"
LETTERS = {TITLE: "t", AUTHOR: "a", SUBJECT: "s", PUBLISHER: "p", NUMBER: "n", SHELF: "c"}
COUNTED = 2_000
COLLECTED = 20_000
FAR = 1  # it sees for itself whether to sort
WALKED = 20_000
STAYS_SORTED = False
GUESSED_FROM = 5  # the sample from which the number of hits is guessed
TOLD_FROM = 9  # the sample that tells that there are many
SURE = 30  # hits of it from which there is no doubt
# The class of popularity of a document, as marks.popularity has it.
CLASS = f"width_bucket(times_lent, ARRAY[{', '.join(str(2**n - 1) for n in range(1, POPULARITIES))}])"
LAST_POSITION = 16_383  # PostgreSQL counts no further
MOST_POSITIONS = 255  # of one word
# What a database is made with. A migration has its own copy, which does not change any more.
CREATE = [
    # By code point as in SQLite: the words are folded, and beginnings are found by these indexes.
    'ALTER TABLE catalog_author ALTER COLUMN match_key TYPE varchar(300) COLLATE "C"',
    'ALTER TABLE catalog_subject ALTER COLUMN match_key TYPE varchar(300) COLLATE "C"',
    f'ALTER TABLE {TABLE} ALTER COLUMN title_key TYPE varchar(500) COLLATE "C",'
    ' ALTER COLUMN sort_title TYPE varchar(60) COLLATE "C", ALTER COLUMN sort_author TYPE varchar(60) COLLATE "C"',
    "ALTER TABLE catalog_searchdocument ADD COLUMN tokens tsvector",
    f"CREATE INDEX search_by_class ON {TABLE} ({CLASS}, book_id)",
    "CREATE INDEX search_tokens ON catalog_searchdocument USING gin (tokens)",
]
DROP = [
    "DROP INDEX search_by_class", "DROP INDEX search_tokens",
    "ALTER TABLE catalog_searchdocument DROP COLUMN tokens",
]  # fmt: skip


def write(documents: Iterable[Document]) -> None:
    rows = [(vector(document), document.pk) for document in documents]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET tokens = %s::tsvector WHERE book_id = %s", rows)  # noqa: S608


def lock(pks: Sequence[int]) -> list[tuple[int, str, Stock]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT book_id, lendable, out, times_lent, holds FROM catalog_searchdocument"
            " WHERE book_id = ANY(%s) ORDER BY book_id FOR UPDATE",
            [list(pks)],
        )
        return [(pk, lendable, Stock(*stock)) for pk, lendable, *stock in cursor.fetchall()]


def write_stock(pk: int, stock: Stock, branches: list[int], old: Sequence[str], new: Sequence[str]) -> None:
    figures: list[Any] = [stock.out, stock.times_lent, stock.holds, len(branches), in_at(branches)]
    marks: list[Any] = [list(old), " ".join(f"'{token}'" for token in new)] if old != new else []
    tokens = ", tokens = ts_delete(tokens, %s::text[]) || %s::tsvector" if marks else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_searchdocument SET out = %s, times_lent = %s, holds = %s, available = %s, in_at = %s"  # noqa: S608
            f"{tokens} WHERE book_id = %s",
            [*figures, *marks, pk],
        )


def words_of(pks: Sequence[int]) -> Iterable[str]:
    found = f"SELECT DISTINCT unnest(tsvector_to_array(tokens)) AS word FROM {TABLE} WHERE book_id = ANY(%s)"  # noqa: S608
    return (word for (word,) in _rows(f"SELECT word FROM ({found}) w WHERE word !~ '[:_]'", [list(pks)]))  # noqa: S608


def unused(words: Sequence[str]) -> list[str]:
    has_none = f"NOT EXISTS (SELECT 1 FROM {TABLE} WHERE tokens @@ quote_literal(word)::tsquery)"  # noqa: S608
    with looking():
        found = _rows(f"SELECT word FROM unnest(%s::text[]) AS w(word) WHERE {has_none}", [list(words)])  # noqa: S608
    return [word for (word,) in found]


def strays() -> list[int]:
    return []  # the words stand in the row of the document


def erase_strays() -> int:
    return 0


def wrong(documents: Iterable[Document]) -> list[int]:
    wanted = [(document.pk, vector(document)) for document in documents]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT w.pk FROM unnest(%s::bigint[], %s::text[]) AS w(pk, tokens)"
            " LEFT JOIN catalog_searchdocument d ON d.book_id = w.pk"
            " WHERE d.tokens IS DISTINCT FROM w.tokens::tsvector",
            [[pk for pk, _vector in wanted], [vector for _pk, vector in wanted]],
        )
        return [pk for (pk,) in cursor.fetchall()]


@contextmanager
def looking() -> Iterator[None]:
    """PostgreSQL takes rare words for much less rare than they are and would read the whole table."""
    with transaction.atomic(using=reading(SearchDocument).alias):
        _run("SET LOCAL enable_seqscan = off")
        yield
        _run("SET LOCAL enable_seqscan TO DEFAULT")


def ids(expression: Expression) -> tuple[str, list[Any]]:
    return f"SELECT book_id AS id FROM {TABLE} WHERE tokens @@ %s::tsquery", [query(expression)]  # noqa: S608


def counting(expression: Expression, most: int) -> tuple[str, list[Any]]:
    """PostgreSQL collects all that fits before it counts the first. So a small sample is asked before: where it alone
    has so many, or several times what it would have of ``most``, the rest need not be looked at."""
    whole, values = ids(expression)
    sample, sampled = ids(all_of([expression, Mark(mark(SAMPLE, TOLD_FROM))]))
    enough = min(most, max(SURE, most >> (TOLD_FROM - 3)))
    sql = (
        f"SELECT CASE WHEN (SELECT count(*) FROM (SELECT 1 FROM ({sample}) s LIMIT %s) n) >= %s THEN %s"  # noqa: S608
        f" ELSE (SELECT count(*) FROM (SELECT 1 FROM ({whole}) i LIMIT %s) n) END"
    )
    return sql, [*sampled, enough, enough, most, *values, most]


def facets(expression: Expression) -> list[tuple[str, str]]:
    return _rows(f"SELECT facets, in_at FROM {TABLE} WHERE tokens @@ %s::tsquery", [query(expression)])  # noqa: S608


def newest(expression: Expression, *, limit: int, offset: int, before: int | None) -> list[int]:
    place = "" if before is None else "AND book_id < %s"
    order = "book_id DESC" if _is_walked(expression) else "(book_id + 0) DESC"  # the latter no index can serve
    sql = f"SELECT book_id FROM {TABLE} WHERE {_fits(order)} {place} ORDER BY {order} LIMIT %s OFFSET %s"  # noqa: S608
    values = [query(expression), *([] if before is None else [before]), limit, offset]
    return [pk for (pk,) in _rows(sql, values)]


def most_popular(
    expression: Expression, *, limit: int, offset: int = 0, after: tuple[int, int] | None = None,
    but: Sequence[int] = (), is_few: bool = False,
) -> list[tuple[int, int]]:  # fmt: skip
    place = "" if after is None else f"AND ({CLASS}, book_id) < (%s, %s)"
    order = f"{CLASS} DESC, book_id DESC" if _is_walked(expression) else f"{CLASS} DESC, (book_id + 0) DESC"
    sql = (
        f"SELECT {CLASS}, book_id FROM {TABLE} WHERE {_fits(order)} {place} AND book_id <> ALL(%s::bigint[])"  # noqa: S608
        f" ORDER BY {order} LIMIT %s OFFSET %s"
    )
    return _rows(sql, [query(expression), *(after or ()), list(but), limit, offset])


def _is_walked(expression: Expression) -> bool:
    """Whether it is less work to go along an order until a page is full than to sort everything that fits.

    Going along looks at one in so many books as fit, sorting at all that fit: equal where the square of what fits is
    about 140 times the number of books.
    """
    sample = all_of([expression, Mark(mark(SAMPLE, GUESSED_FROM))])
    sql = f"SELECT count(*), (SELECT reltuples FROM pg_class WHERE oid = '{TABLE}'::regclass) FROM {TABLE}"  # noqa: S608
    ((found, books),) = _rows(f"{sql} WHERE tokens @@ %s::tsquery", [query(sample)])
    return (found << GUESSED_FROM) ** 2 > 140 * max(books, 1)


def _fits(order: str) -> str:
    """The condition on a row, in a form that the index of words serves only where it is to."""
    return "tokens @@ %s::tsquery" if "+ 0" in order else "(tokens @@ %s::tsquery) IS TRUE"


def probe(expression: Expression) -> tuple[str, list[Any]]:
    return "(d.tokens @@ %s::tsquery) IS TRUE", [query(expression)]


def begins(field: str, text: str) -> Q:
    return Q(**{f"{field}__startswith": text})


def tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_tokens')")
        cursor.execute(f"ANALYZE {TABLE}")


def vector(document: Document) -> str:
    """The document as text of a tsvector: every word with its places, and once more for the part it stands in.

    REST has no field of its own in which somebody could look: its words stand there once.
    """
    places: dict[str, list[int]] = {}
    position = 1
    for name, text in zip(PARTS, document.parts, strict=True):
        for word in text.split():
            place = min(position, LAST_POSITION)
            places.setdefault(word, []).append(place)
            if name != REST:
                places.setdefault(f"{LETTERS[name]}:{word}", []).append(place)
            position += 1
        position += 1  # no phrase runs from one part into the next
    words = [f"'{word}':{','.join(map(str, found[:MOST_POSITIONS]))}" for word, found in places.items()]
    return " ".join([*words, *(f"'{token}'" for token in document.marks)])


def query(expression: Expression) -> str:
    """``expression`` in PostgreSQL's language. Every token stands in quotes: nothing in it is an operator."""
    match expression:
        case Mark(token):
            return f"'{token}'"
        case Words(tokens, parts, is_prefix):
            letters = [f"{LETTERS[part]}:" for part in parts] or [""]
            return " | ".join(_side_by_side(tokens, letter, is_prefix) for letter in letters)
        case And(parts):
            return " & ".join(f"({query(part)})" for part in parts)
        case Or(parts):
            return " | ".join(f"({query(part)})" for part in parts)
        case _:
            return f"({query(expression.wanted)}) & !({query(expression.unwanted)})"


def _side_by_side(tokens: tuple[str, ...], letter: str, is_prefix: bool) -> str:
    words = [f"'{letter}{token}'" for token in tokens]
    if is_prefix:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"


def _run(sql: str) -> None:
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(sql)


def _rows(sql: str, values: Sequence[Any]) -> list[Any]:
    with reading(SearchDocument).cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
