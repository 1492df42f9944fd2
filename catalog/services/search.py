"""Keeps the search documents: written in the transaction that changes a book, its copies or what circulation knows."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from itertools import islice

from django.db import transaction
from django.db.models import Count, DateTimeField, Prefetch, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from catalog.models import Book, Contributor, Copy, SearchDocument, SearchLanguage, SearchWord
from catalog.search.documents import Document, Stock, branches_in, document, volatile_marks
from catalog.search.engine import engine
from catalog.search.sounding import skeleton

BATCH = 500
HANDFUL = 20  # documents that somebody who waits for a page can wait for
StockOf = Callable[[Iterable[int]], Mapping[int, Stock]]
FIELDS = [field.name for field in SearchDocument._meta.fields if field.name not in ("book", "stale_since")]


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
        documents = [document(book, kept.get(book.pk, Stock())) for book in to_be_indexed(batch)]
        write(documents, is_counted=stock is not None)
        done += len(documents)
    return done


def to_be_indexed(pks: Iterable[int]) -> QuerySet[Book]:
    """These books with everything that their documents are made of, by key, in a constant number of queries."""
    people = Prefetch("contributors", Contributor.objects.select_related("author"))
    copies = Prefetch("copies", Copy.objects.select_related("copy_type"))
    return Book.objects.filter(pk__in=pks).prefetch_related(people, "subjects", "identifiers", copies).order_by("pk")


def write(documents: list[Document], *, is_counted: bool) -> None:
    """Put ``documents`` into the index, rows and words, in place of what was there.

    ``is_counted``: circulation's figures are of this moment; else what was stale stays so.
    """
    if not documents:
        return
    rows = [SearchDocument(book_id=each.pk, **each.fields) for each in documents]
    fields = [*FIELDS, "stale_since"] if is_counted else FIELDS
    SearchDocument.objects.bulk_create(rows, update_conflicts=True, unique_fields=["book"], update_fields=fields)
    engine().write(documents)
    _learn_words({word for each in documents for word in each.spellings})
    _learn_languages(Counter(row.language for row in rows))


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
    """Have the worker write the documents of ``books`` anew: for changes that touch more than one request may do."""
    stale = SearchDocument.objects.filter(book__in=books.order_by().values("pk"))
    stale.update(stale_since=Coalesce("stale_since", timezone.now(), output_field=DateTimeField()))


def write_stale(stock_of: StockOf) -> int:
    """Write up to BATCH of the stale documents anew; how many there were. ``stock_of`` as for ``rebuild``."""
    pks = list(SearchDocument.objects.exclude(stale_since=None).order_by("pk").values_list("pk", flat=True)[:BATCH])
    if pks:
        _rewrite(pks, stock_of)
    return len(pks)


def rebuild(stock_of: StockOf, *, after: int = 0, tell: Callable[[int], None] = lambda _done: None) -> int:
    """Write every document anew, a transaction for each BATCH of books, so that search and desk go on meanwhile.

    ``stock_of``: circulation's figures for some books, asked within each transaction, the documents locked. ``after``:
    go on after the book with this key. ``tell`` hears how many are done. Returns how many were written.
    """
    done = 0
    while pks := list(Book.objects.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        done += _rewrite(pks, stock_of)
        after = pks[-1]
        tell(done)
    with transaction.atomic():
        engine().erase_strays()
        _count_languages()
    return done


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


def _learn_words(words: set[str]) -> None:
    known = set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))
    new = [SearchWord(word=word, skeleton=skeleton(word)) for word in sorted(words - known)]
    SearchWord.objects.bulk_create(new, ignore_conflicts=True)


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
