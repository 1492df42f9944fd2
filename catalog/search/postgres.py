"""Search in PostgreSQL: a tsvector beside each document, with a letter for its part before each word, under GIN."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection
from django.db.models import Q

from .documents import Document, Stock
from .expressions import AUTHOR, NUMBER, PARTS, PUBLISHER, REST, SHELF, SUBJECT, TITLE, And, Expression, Mark, Or, Words

TABLE = "catalog_searchdocument"
LETTERS = {TITLE: "t", AUTHOR: "a", SUBJECT: "s", PUBLISHER: "p", NUMBER: "n", SHELF: "c", REST: "r"}
LAST_POSITION = 16_383  # PostgreSQL counts no further
MOST_POSITIONS = 255  # of one word
CREATE = [
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    # By code point as in SQLite: the words are folded, and beginnings are found by these indexes.
    f'ALTER TABLE {TABLE} ALTER COLUMN title_key TYPE varchar(500) COLLATE "C",'
    ' ALTER COLUMN sort_title TYPE varchar(60) COLLATE "C", ALTER COLUMN sort_author TYPE varchar(60) COLLATE "C"',
    "ALTER TABLE catalog_searchdocument ADD COLUMN tokens tsvector",
    "CREATE INDEX search_tokens ON catalog_searchdocument USING gin (tokens)",
    "CREATE INDEX search_spelling ON catalog_searchword USING gin (word gin_trgm_ops)",
]
DROP = [
    "DROP INDEX search_spelling", "DROP INDEX search_tokens", "ALTER TABLE catalog_searchdocument DROP COLUMN tokens",
]  # fmt: skip


def write(documents: Iterable[Document]) -> None:
    rows = [(vector(document), document.pk) for document in documents]
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {TABLE} SET tokens = %s::tsvector WHERE book_id = %s", rows)  # noqa: S608


def lock(pks: Sequence[int]) -> list[tuple[int, int, int, Stock]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT book_id, lendable, available, out, times_lent, holds FROM catalog_searchdocument"
            " WHERE book_id = ANY(%s) ORDER BY book_id FOR UPDATE",
            [list(pks)],
        )
        return [(pk, lendable, available, Stock(*stock)) for pk, lendable, available, *stock in cursor.fetchall()]


def write_stock(pk: int, stock: Stock, available: int, old: Sequence[str], new: Sequence[str]) -> None:
    figures = [stock.out, stock.times_lent, stock.holds, available]
    marks = [list(old), " ".join(f"'{token}'" for token in new)] if old != new else []
    tokens = ", tokens = ts_delete(tokens, %s::text[]) || %s::tsvector" if marks else ""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_searchdocument SET out = %s, times_lent = %s, holds = %s, available = %s"  # noqa: S608
            f"{tokens} WHERE book_id = %s",
            [*figures, *marks, pk],
        )


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


def ids(expression: Expression, *, before: int | None = None, is_ordered: bool = False) -> tuple[str, list[Any]]:
    values: list[Any] = [query(expression)]
    sql = f"SELECT book_id AS id FROM {TABLE} WHERE tokens @@ %s::tsquery"  # noqa: S608
    if before is not None:
        sql, values = f"{sql} AND book_id < %s", [*values, before]
    return (f"{sql} ORDER BY book_id DESC" if is_ordered else sql), values


def probe(expression: Expression) -> tuple[str, list[Any]]:
    return "d.tokens @@ %s::tsquery", [query(expression)]


def begins(field: str, text: str) -> Q:
    return Q(**{f"{field}__startswith": text})


def near_words(word: str, limit: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT word FROM catalog_searchword WHERE word %% %s ORDER BY similarity(word, %s) DESC, word LIMIT %s",
            [word, word, limit],
        )
        return [found for (found,) in cursor.fetchall()]


def tidy() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT gin_clean_pending_list('search_tokens')")
        cursor.execute(f"ANALYZE {TABLE}")


def vector(document: Document) -> str:
    """The document as text of a tsvector: every word once for each part it stands in, with its places."""
    places: dict[str, list[int]] = {}
    position = 1
    for name, text in zip(PARTS, document.parts, strict=True):
        letter = LETTERS[name]
        for word in text.split():
            places.setdefault(f"{letter}:{word}", []).append(min(position, LAST_POSITION))
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
            return " | ".join(_side_by_side(tokens, LETTERS[part], is_prefix) for part in parts or PARTS)
        case And(parts):
            return " & ".join(f"({query(part)})" for part in parts)
        case Or(parts):
            return " | ".join(f"({query(part)})" for part in parts)
        case _:
            return f"({query(expression.wanted)}) & !({query(expression.unwanted)})"


def _side_by_side(tokens: tuple[str, ...], letter: str, is_prefix: bool) -> str:
    words = [f"'{letter}:{token}'" for token in tokens]
    if is_prefix:
        words[-1] += ":*"
    return f"({' <-> '.join(words)})"
