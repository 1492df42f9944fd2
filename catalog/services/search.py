"""Keeps the search documents: written in the transaction that changes a book, its copies or what circulation knows."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from itertools import islice
from operator import itemgetter

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import Count, DateTimeField, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.services.rows import insert_rows
from catalog.models import Book, SearchDocument, SearchLanguage, SearchWord
from catalog.search.documents import Document, Stock, branches_in, document, spelled, volatile_marks
from catalog.search.engine import engine
from catalog.search.facts import facts_of
from catalog.services.spelling import doubt, doubt_unused, learn_words

logger = logging.getLogger(__name__)

BATCH = 500
HANDFUL = 20  # documents that somebody who waits for a page can wait for
TOO_MUCH = "54"  # PostgreSQL's class of errors: a limit of the program, such as the length of a tsvector
AGAIN = timedelta(hours=1)  # until the worker tries once more what could not be written
WAITING = ("stale_since", "failed_at")
StockOf = Callable[[Iterable[int]], Mapping[int, Stock]]
FIELDS = [field.name for field in SearchDocument._meta.fields if field.name not in ("book", *WAITING)]
VALUES = itemgetter(*FIELDS)


def index_book(book: Book) -> None:
    """Write the document of ``book`` anew, inside the caller's transaction."""
    index_books([book.pk])


def index_books(pks: Iterable[int], stock: Mapping[int, Stock] | None = None) -> int:
    """Write the documents of these books anew; how many there were. Inside the caller's transaction.

    ``stock``: circulation's figures by book, counted after ``lock``; without, those that stand there stay.
    """
    wanted, done = iter(sorted(set(pks))), 0
    while batch := list(islice(wanted, BATCH)):  # SQLite takes no more than a thousand at once
        kept = {pk: figures for pk, _lendable, figures in engine().lock(batch)} if stock is None else stock
        documents = [document(book, kept.get(book.pk, Stock())) for book in facts_of(batch)]
        write(documents, is_counted=stock is not None)
        done += len(documents)
    return done


def write(documents: list[Document], *, is_counted: bool) -> None:
    """Put ``documents`` into the index, rows and words, in place of what was there.

    ``is_counted``: circulation's figures are of this moment; else what was stale stays so.
    """
    if not documents:
        return
    left = set(spelled(engine().words_of([each.pk for each in documents])))
    for part in (part for each in documents for part in each.parts) if left else ():
        left.difference_update(part.split())
    rows = [(each.pk, *VALUES(each.fields)) for each in documents]
    insert_rows(SearchDocument, ("book", *FIELDS), rows, replacing=[*FIELDS, *WAITING] if is_counted else FIELDS)
    engine().write(documents)
    if left:
        doubt(engine().unused(sorted(left)))
    learn_words(set().union(*(each.spellings for each in documents)))
    _learn_languages(Counter(str(each.fields["language"]) for each in documents))


def set_stock(pks: Iterable[int], stock_of: StockOf) -> None:
    """Write down what circulation says of these books, inside the caller's transaction.

    ``stock_of`` is asked once the documents are locked: then nobody changes a loan or a hold behind the count.
    Books without a document get one.
    """
    pks = sorted(set(pks))
    if not pks:
        return
    rows, stock = lock(pks), stock_of(pks)
    for pk, lendable, before in rows:
        if (now := stock[pk]) != before:
            left = branches_in(lendable, now)
            marks = volatile_marks(branches_in(lendable, before), before), volatile_marks(left, now)
            engine().write_stock(pk, now, left, *marks)
    if missing := set(pks).difference(row[0] for row in rows):
        index_books(missing, stock)


def follow(books: QuerySet[Book], first: Book | None = None) -> None:
    """Something that ``books`` share has changed: a handful gets its documents anew at once, more by the worker.

    ``first`` is one of them that does not wait for the worker. Inside the caller's transaction.
    """
    pks = list(books.order_by().values_list("pk", flat=True).distinct()[: HANDFUL + 1])
    if len(pks) > HANDFUL:
        mark_stale(books)
        pks = [first.pk] if first else []
    index_books(pks)


def mark_stale(books: QuerySet[Book]) -> None:
    """Have the worker write the documents of ``books`` anew: for changes that touch more than one request may do.

    They are locked by key, as everywhere: two who mark the same ones must not wait for each other.
    """
    documents = SearchDocument.objects.filter(book__in=books.order_by().values("pk"))
    _mark(documents.select_for_update().order_by("pk"), failed_at=None)


def _mark(documents: QuerySet[SearchDocument], failed_at: datetime | None) -> None:
    since = Coalesce("stale_since", timezone.now(), output_field=DateTimeField())
    SearchDocument.objects.filter(pk__in=documents.values("pk")).update(stale_since=since, failed_at=failed_at)


def write_stale(stock_of: StockOf) -> int:
    """Write up to BATCH of the stale documents anew; how many were written. ``stock_of`` as for ``rebuild``.

    One that cannot be written is stepped over for a while; it stays stale.
    """
    is_due = Q(failed_at=None) | Q(failed_at__lt=timezone.now() - AGAIN)
    due = SearchDocument.objects.exclude(stale_since=None).filter(is_due).order_by("pk")
    pks = list(due.values_list("pk", flat=True)[:BATCH])
    return _rewrite_all_that_can_be(pks, stock_of) if pks else 0


def rebuild(stock_of: StockOf, *, after: int = 0, tell: Callable[[int, int], None] = lambda _done, _after: None) -> int:
    """Write every document anew, a transaction for each BATCH of books, so that search and desk go on meanwhile.

    ``stock_of``: circulation's figures for some books, asked within each transaction, the documents locked. ``after``:
    go on after the book with this key. ``tell`` hears how many are done and after which key to go on. Returns how many
    were written; one that cannot be is stepped over and marked as stale.
    """
    done = 0
    while pks := list(Book.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += _rewrite_all_that_can_be(pks, stock_of)
        after = pks[-1]
        tell(done, after)
    with transaction.atomic():
        engine().erase_strays()
        _count_languages()
    doubt_unused()
    return done


def _rewrite_all_that_can_be(pks: list[int], stock_of: StockOf) -> int:
    """Together, which is quick; if that fails, one by one, for nothing but the one that is to blame to wait."""
    try:
        return _rewrite(pks, stock_of)
    except Exception as error:  # whatever a book may hold that nobody thought of
        if _will_pass(error):
            raise
    return sum(_rewrite_or_mark(pk, stock_of) for pk in pks)


def _rewrite_or_mark(pk: int, stock_of: StockOf) -> int:
    try:
        return _rewrite([pk], stock_of)
    except Exception as error:
        if _will_pass(error):
            raise
        logger.exception("the search document of book %s cannot be written", pk)
        _mark(SearchDocument.objects.filter(pk=pk), failed_at=timezone.now())
        return 0


def _will_pass(error: Exception) -> bool:
    """Whether the database is to blame, busy or away, and not what was to be written."""
    state = getattr(error.__cause__, "sqlstate", None) or ""
    return isinstance(error, (OperationalError, InterfaceError)) and not state.startswith(TOO_MUCH)


@transaction.atomic
def _rewrite(pks: list[int], stock_of: StockOf) -> int:
    lock(pks)
    return index_books(pks, stock_of(pks))


def lock(pks: Iterable[int]) -> list[tuple[int, str, Stock]]:
    """Keep the documents of these books from changing until the transaction ends; the last locks of any service.

    Whoever then counts loans, holds and copies counts what nobody changes behind the count. Books without a document
    get an empty one, for something to be locked; whoever locks writes it. Returns what ``Engine.lock`` says of those
    that had one.
    """
    pks = sorted(pks)
    rows = engine().lock(pks)
    if len(rows) < len(pks):
        lacking = Book.objects.filter(pk__in=pks, search_document=None).order_by("pk").values_list("pk", flat=True)
        SearchDocument.objects.bulk_create([SearchDocument(book_id=pk) for pk in lacking], ignore_conflicts=True)
        engine().lock(pks)
    return rows


def forget_words_of_nothing() -> None:
    """Where no book is left, nothing known of their words is left either."""
    if not Book.objects.exists():
        SearchWord.objects.all().delete()
        SearchLanguage.objects.all().delete()


def _learn_languages(codes: Counter[str]) -> None:
    """Keep new ones in the order of their frequency, which is that of their keys."""
    known = set(SearchLanguage.objects.filter(code__in=codes).values_list("code", flat=True))
    new = [code for code, _count in sorted(codes.items(), key=lambda each: (-each[1], each[0])) if code not in known]
    SearchLanguage.objects.bulk_create([SearchLanguage(code=code) for code in new if code], ignore_conflicts=True)


def _count_languages() -> None:
    """Put the languages of the books in order, the most frequent first."""
    rows = SearchDocument.objects.exclude(language="").order_by().values("language").annotate(n=Count("pk"))
    SearchLanguage.objects.all().delete()
    codes = [row["language"] for row in sorted(rows, key=lambda row: (-row["n"], row["language"]))]
    SearchLanguage.objects.bulk_create(SearchLanguage(code=code) for code in codes)
