"""What readers of one book borrowed too: counted every night, and kept only where enough of them did.

Memory grows with the loans that still know their member, by some thirty bytes each; time with the loans too, because
of every member only the latest books count.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby, islice
from operator import itemgetter

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import LibrarySettings
from catalog.discovery.neighbours import MOST_ALSO
from catalog.models import AlsoBorrowed, Book
from catalog.queries import public_books
from circulation.models import Loan

BOOKS_OF_A_MEMBER = 50
AT_ONCE = 500

Shared = dict[int, int]  # another book -> how many readers it shares with the one that is looked at


def count_also_borrowed() -> int:
    """Bring AlsoBorrowed up to date with the loans that know their member; returns for how many books it changed.

    Only books that readers may see, only others that the setting's number of different members borrowed as well, of
    these the eight that most did. Each batch of books is a transaction of its own: a run that was killed has done
    some of them, and the next one does the rest.
    """
    least = LibrarySettings.current().also_borrowed_least
    readers = _Readers(_books_by_member(), least, _hidden()) if least else None
    listed = AlsoBorrowed.objects.order_by("book").values_list("book", flat=True).distinct()
    books = iter(sorted({*listed.iterator(), *(readers.by_book if readers else ())}))
    changed = 0
    while batch := list(islice(books, AT_ONCE)):
        changed += _write({book: readers.shared(book) if readers else {} for book in batch})
    return changed


class _Readers:
    """Who read what: only the books that ``least`` members read, because the others can share no more."""

    def __init__(self, books_by_member: Iterable[Iterable[int]], least: int, hidden: set[int]) -> None:
        self.least = least
        self.by_member = [array("q", books) for books in books_by_member]
        self.by_book: dict[int, array[int]] = {}
        counts = Counter[int]()
        for books in self.by_member:
            counts.update(books)
        known = {book for book, count in counts.items() if count >= least} - hidden
        for member, books in enumerate(self.by_member):
            self.by_member[member] = array("q", filter(known.__contains__, books))
            for book in self.by_member[member]:
                self.by_book.setdefault(book, array("l")).append(member)

    def shared(self, book: int) -> Shared:
        """The others that enough readers of ``book`` read, at most eight, and how many did; newer books first."""
        counts = Counter[int]()
        for member in self.by_book.get(book, ()):
            counts.update(self.by_member[member])
        enough = [(count, other) for other, count in counts.items() if count >= self.least and other != book]
        return {other: count for count, other in sorted(enough, reverse=True)[:MOST_ALSO]}


def _books_by_member() -> Iterator[list[int]]:
    """The latest books of each member, each once. Who wants no history kept is not looked at."""
    loans = Loan.objects.filter(member__isnull=False, member__removed_at=None)
    loans = loans.exclude(outcome=Loan.Outcome.UNDONE).exclude(member__keep_history=False)
    rows = loans.order_by("-member", "-pk").values_list("member_id", "copy__book_id")
    for _member, of_member in groupby(rows.iterator(chunk_size=5_000), key=itemgetter(0)):
        yield list(islice(dict.fromkeys(book for _member, book in of_member), BOOKS_OF_A_MEMBER))


def _hidden() -> set[int]:
    """The books that readers may not see."""
    withdrawn: QuerySet[Book] = Book.objects.filter(copies__withdrawn_on__isnull=False)
    return set(withdrawn.exclude(pk__in=public_books().values("pk")).values_list("pk", flat=True))


@transaction.atomic
def _write(wanted: dict[int, Shared]) -> int:
    """Let AlsoBorrowed say what is ``wanted`` of these books; of how many it said something else."""
    said: dict[int, Shared] = {book: {} for book in wanted}
    for book, other, readers in AlsoBorrowed.objects.filter(book__in=wanted).values_list("book", "other", "readers"):
        said[book][other] = readers
    differing = [book for book in wanted if said[book] != wanted[book]]
    AlsoBorrowed.objects.filter(book__in=differing).delete()
    AlsoBorrowed.objects.bulk_create(
        AlsoBorrowed(book_id=book, other_id=other, readers=readers)
        for book in differing
        for other, readers in wanted[book].items()
    )
    return len(differing)
