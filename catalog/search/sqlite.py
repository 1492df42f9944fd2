"""Search in SQLite: one FTS5 table with a column for each part of a document and one for its marks."""

import json
from collections.abc import Iterable, Sequence
from contextlib import nullcontext
from typing import Any

from django.db import connection
from django.db.models import Q

from .documents import Document, Stock, in_at
from .expressions import PARTS, And, Expression, Mark, Or, Words, all_of
from .marks import POPULARITIES, POPULARITY, mark

TABLE = "catalog_searchtext"
TABLES_OF_WORDS = (TABLE,)
COLUMNS = (*PARTS, "marks")
COUNTED = 10_000
COLLECTED = 15_000
FAR = 10
WALKED = 250
STAYS_SORTED = True
CLASS = " + ".join(f"(d.times_lent >= {2**n - 1})" for n in range(1, POPULARITIES))  # as marks.popularity
MERGED = 500  # pages of the index at a time
# What a database is made with. A migration has its own copy, which does not change any more.
# Tokens come folded and divided by blanks: whatever is no blank belongs to one.
CREATE = [
    """CREATE VIRTUAL TABLE catalog_searchtext USING fts5(
        title, author, subject, publisher, number, shelf, rest, marks,
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* M* Co' tokenchars '_'")""",
    """CREATE TRIGGER catalog_searchdocument_gone AFTER DELETE ON catalog_searchdocument
        BEGIN DELETE FROM catalog_searchtext WHERE rowid = old.book_id; END""",
]
DROP = ["DROP TRIGGER catalog_searchdocument_gone", "DROP TABLE catalog_searchtext"]
_STRAYS = f"SELECT id FROM {TABLE}_content WHERE id NOT IN (SELECT book_id FROM catalog_searchdocument)"  # noqa: S608 - constants
_INSERT = f"INSERT OR REPLACE INTO {TABLE}(rowid, {', '.join(COLUMNS)}) VALUES (%s{', %s' * len(COLUMNS)})"  # noqa: S608 - constants


def write(documents: Iterable[Document]) -> None:
    rows: list[Sequence[Any]] = [(each.pk, *each.parts, " ".join(each.marks)) for each in documents]
    with connection.cursor() as cursor:
        cursor.executemany(_INSERT, rows)


def lock(pks: Sequence[int]) -> list[tuple[int, str, Stock]]:
    holes = ", ".join(["%s"] * len(pks))  # whoever writes is alone: there is nothing to lock
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT book_id, lendable, out, times_lent, holds FROM catalog_searchdocument"  # noqa: S608
            f" WHERE book_id IN ({holes}) ORDER BY book_id",
            pks,
        )
        return [(pk, lendable, Stock(*stock)) for pk, lendable, *stock in cursor.fetchall()]


def write_stock(pk: int, stock: Stock, branches: list[int], old: Sequence[str], new: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE catalog_searchdocument SET out = %s, times_lent = %s, holds = %s, available = %s, in_at = %s"
            " WHERE book_id = %s",
            [stock.out, stock.times_lent, stock.holds, len(branches), in_at(branches), pk],
        )
        if old != new:
            _write_marks(cursor, pk, old, new)


def _write_marks(cursor: Any, pk: int, old: Sequence[str], new: Sequence[str]) -> None:
    kept = "' ' || marks || ' '"
    for _token in old:
        kept = f"replace({kept}, %s, ' ')"
    values = [*(f" {token} " for token in old), " ".join(new), pk]
    cursor.execute(f"UPDATE {TABLE} SET marks = trim({kept}) || ' ' || %s WHERE rowid = %s", values)  # noqa: S608


def words_of(pks: Sequence[int]) -> Iterable[str]:
    holes = ", ".join(["%s"] * len(pks))
    texts = _rows(f"SELECT {', '.join(PARTS)} FROM {TABLE} WHERE rowid IN ({holes})", pks)  # noqa: S608
    return (word for row in texts for text in row for word in text.split())


def unused(words: Sequence[str]) -> list[str]:
    """Of each word the index tells of one document at most."""
    has_none = f"NOT EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH '\"' || value || '\"')"  # noqa: S608 - a constant
    return [word for (word,) in _rows(f"SELECT value FROM json_each(%s) WHERE {has_none}", [json.dumps(list(words))])]  # noqa: S608


def strays() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(_STRAYS)
        return [pk for (pk,) in cursor.fetchall()]


def erase_strays() -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {TABLE} WHERE rowid IN ({_STRAYS})")  # noqa: S608 - constants
        return cursor.rowcount


def wrong(documents: Iterable[Document]) -> list[int]:
    wanted = {document.pk: (*document.parts, frozenset(document.marks)) for document in documents}
    with connection.cursor() as cursor:
        holes = ", ".join(["%s"] * len(wanted))
        cursor.execute(f"SELECT rowid, {', '.join(COLUMNS)} FROM {TABLE} WHERE rowid IN ({holes})", list(wanted))  # noqa: S608
        found = {pk: (*parts, frozenset(marks.split())) for pk, *parts, marks in cursor.fetchall()}
    return [pk for pk, words in wanted.items() if found.get(pk) != words]


looking = nullcontext  # FTS5 knows no other way


def ids(expression: Expression) -> tuple[str, list[Any]]:
    return f"SELECT rowid AS id FROM {TABLE} WHERE {TABLE} MATCH %s", [query(expression)]  # noqa: S608


def counting(expression: Expression, most: int) -> tuple[str, list[Any]]:
    sql, values = ids(expression)
    return f"SELECT count(*) FROM (SELECT 1 FROM ({sql}) i LIMIT %s) n", [*values, most]  # noqa: S608


def facets(expression: Expression) -> list[tuple[str, str]]:
    sql, values = ids(expression)
    documents = "JOIN catalog_searchdocument d ON d.book_id = i.id"
    return _rows(f"SELECT d.facets, d.in_at FROM ({sql}) i {documents}", values)  # noqa: S608 - our own pieces


def newest(expression: Expression, *, limit: int, offset: int, before: int | None) -> list[int]:
    sql, values = _descending(expression, before)
    return [pk for (pk,) in _rows(f"{sql} LIMIT %s OFFSET %s", [*values, limit, offset])]


def most_popular(
    expression: Expression, *, limit: int, offset: int = 0, after: tuple[int, int] | None = None,
    but: Sequence[int] = (), is_few: bool = False,
) -> list[tuple[int, int]]:  # fmt: skip
    """Class by class, each a query of its own that is not begun before it is needed; all at once where they are few."""
    if is_few:
        return _sorted_by_class(expression, limit, offset, but)
    highest, before = after or (POPULARITIES - 1, None)
    selects, values = [], []
    for popularity in range(highest, -1, -1):
        popular = all_of([expression, Mark(mark(POPULARITY, popularity))])
        sql, more = _descending(popular, before if popularity == highest else None, but)
        selects.append(f"SELECT {popularity} AS popularity, id FROM ({sql} LIMIT %s) i{popularity}")  # noqa: S608
        values += [*more, offset + limit]
    return _rows(f"SELECT * FROM ({' UNION ALL '.join(selects)}) t LIMIT %s OFFSET %s", [*values, limit, offset])  # noqa: S608


def _sorted_by_class(expression: Expression, limit: int, offset: int, but: Sequence[int]) -> list[tuple[int, int]]:
    sql, values = ids(expression)
    others = f" WHERE id NOT IN ({', '.join(['%s'] * len(but))})" if but else ""
    return _rows(
        f"SELECT {CLASS} AS popularity, id FROM ({sql}) i JOIN catalog_searchdocument d ON d.book_id = i.id{others}"  # noqa: S608
        " ORDER BY popularity DESC, id DESC LIMIT %s OFFSET %s",
        [*values, *but, limit, offset],
    )


def _descending(expression: Expression, before: int | None, but: Sequence[int] = ()) -> tuple[str, list[Any]]:
    sql, values = ids(expression)
    if before is not None:
        sql, values = f"{sql} AND rowid < %s", [*values, before]
    if but:
        sql, values = f"{sql} AND rowid NOT IN ({', '.join(['%s'] * len(but))})", [*values, *but]
    return f"{sql} ORDER BY rowid DESC", values


def probe(expression: Expression) -> tuple[str, list[Any]]:
    return f"EXISTS (SELECT 1 FROM {TABLE} WHERE {TABLE} MATCH %s AND rowid = d.book_id)", [query(expression)]  # noqa: S608


def begins(field: str, text: str) -> Q:
    return Q(**{f"{field}__gte": text, f"{field}__lt": f"{text}\U0010ffff"})


def tidy() -> None:
    """Merge the parts of the index little by little: who wants to write meanwhile gets a turn."""
    with connection.cursor() as cursor:
        merge = f"INSERT INTO {TABLE}({TABLE}, rank) VALUES ('merge', %s)"  # noqa: S608 - a constant
        before, pages = -2, -MERGED  # below zero: all parts, whatever their number
        while connection.connection.total_changes - before >= 2:
            before = connection.connection.total_changes
            cursor.execute(merge, [pages])
            pages = MERGED


def query(expression: Expression) -> str:
    """``expression`` in FTS5's language. Every token stands in quotes: nothing in it is an operator."""
    match expression:
        case Mark(token):
            return f'"{token}"'
        case Words(tokens, parts, is_prefix):
            words = f'"{" ".join(tokens)}"{" *" if is_prefix else ""}'
            return f"{{{' '.join(parts)}}} : {words}" if parts else words
        case And(parts):
            return " AND ".join(f"({query(part)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({query(part)})" for part in parts)
        case _:
            return f"({query(expression.wanted)}) NOT ({query(expression.unwanted)})"


def _rows(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()
