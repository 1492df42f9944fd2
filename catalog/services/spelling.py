"""Keeps the words that misspelt ones are compared with: learned with the first book that has one, forgotten after the
last."""

from collections.abc import Iterable, Iterator
from datetime import timedelta
from itertools import islice

from django.db import transaction
from django.utils import timezone

from accounts.services.rows import insert_rows
from catalog.models import SearchWord
from catalog.search.documents import spelled
from catalog.search.engine import engine
from catalog.search.sounding import skeleton

BATCH = 500
AGAIN = timedelta(hours=1)  # longer than anybody is at writing one document
DAY = timedelta(days=1)


def doubt_words_of(pks: Iterable[int]) -> None:
    """These books are about to be deleted, inside the caller's transaction: perhaps no other book has their words."""
    wanted = iter(pks)
    while batch := list(islice(wanted, BATCH)):
        doubt(set(spelled(engine().words_of(batch))))


def doubt(words: Iterable[str]) -> None:
    """Books have lost these words, inside the caller's transaction: perhaps no other has them."""
    wanted = sorted(words)
    for n in range(0, len(wanted), BATCH):
        doubted = SearchWord.objects.filter(word__in=wanted[n : n + BATCH], doubted_at=None).order_by("pk")
        locked = doubted.select_for_update().values("pk")
        SearchWord.objects.filter(pk__in=locked).update(doubted_at=timezone.now())


@transaction.atomic
def forget_words() -> int:
    """Forget those of up to BATCH words in doubt that no document has; how many were looked up.

    They have been in doubt so long that whoever was writing a document with one of them has finished: who finds a word
    known does not write it down again, but who finds it in doubt takes the doubt away.
    """
    due = SearchWord.objects.filter(doubted_at__lt=timezone.now() - AGAIN)
    words = list(due.order_by("pk").values_list("word", flat=True)[:BATCH])
    gone = engine().unused(words)
    due.filter(word__in=gone).delete()
    due.filter(word__in=set(words).difference(gone)).update(doubted_at=None)
    return len(words)


def unused_words() -> Iterator[list[str]]:
    """The known words that stand in no document, but for those in doubt for less than a day; piece by piece."""
    after, new = 0, timezone.now() - DAY
    while rows := list(SearchWord.objects.filter(pk__gt=after).order_by("pk").values_list("pk", "word")[:BATCH]):
        if unused := engine().unused([word for _pk, word in rows]):
            told = SearchWord.objects.filter(word__in=unused).exclude(doubted_at__gt=new)
            yield list(told.order_by("word").values_list("word", flat=True))
        after = rows[-1][0]


def doubt_unused() -> None:
    """Doubt every known word that stands in no document."""
    for words in unused_words():
        SearchWord.objects.filter(word__in=words).update(doubted_at=timezone.now())


def unknown_words(words: set[str]) -> set[str]:
    """Those of ``words``, of which documents are made, that misspelt ones are not compared with."""
    return words - set(SearchWord.objects.filter(word__in=words).values_list("word", flat=True))


def learn_words(words: set[str]) -> None:
    """Documents with these words are being written, inside the caller's transaction: know them without a doubt."""
    known = set(SearchWord.objects.filter(word__among=words, doubted_at=None).values_list("word", flat=True))
    new = [(word, skeleton(word)) for word in sorted(words - known)]
    insert_rows(SearchWord, ("word", "skeleton"), new, replacing=["doubted_at"], known_by="word")
