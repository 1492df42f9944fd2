"""What search keeps of each book. The words themselves stand in an index of the database in use (catalog.search)."""

from typing import Any

from django.db import models
from django.db.models import Q

from .books import Book


class BookAsKey(models.OneToOneField):
    """The book whose row this is. SQLite finds a row by an INTEGER PRIMARY KEY at once; where the key is a bigint it
    looks into an index first, which takes as long again. A migration names it: it stays where it is."""

    def db_type(self, connection: Any) -> str | None:
        return "integer" if connection.vendor == "sqlite" else super().db_type(connection)


class SearchDocument(models.Model):
    """One book as search sees it, beside its words: what hits are sorted, filtered and counted by.

    ``out`` (keys of the copies that are out), ``times_lent`` and ``holds`` are circulation's; all else follows from
    book and copies. ``lendable``: the copies that could be lent, each with where it is ("copy:branch"); ``in_at``: the
    facets of the branches where one is in.
    """

    book = BookAsKey(Book, on_delete=models.CASCADE, primary_key=True, related_name="search_document")
    is_hidden = models.BooleanField(default=False)
    stale_since = models.DateTimeField(null=True)  # the worker writes it anew
    failed_at = models.DateTimeField(null=True)  # when it last tried in vain
    title_key = models.CharField(max_length=500)
    sort_title = models.CharField(max_length=60)
    sort_author = models.CharField(max_length=60)
    year = models.PositiveSmallIntegerField(default=0)
    language = models.CharField(max_length=3)
    copies = models.PositiveIntegerField(default=0)
    lendable = models.TextField(default="")
    out = models.TextField(default="")
    available = models.PositiveIntegerField(default=0)
    times_lent = models.PositiveIntegerField(default=0)
    holds = models.PositiveIntegerField(default=0)
    facets = models.TextField(default="")
    in_at = models.TextField(default="")

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["title_key"], name="search_by_title_key"),
            models.Index(fields=["sort_title", "book"], name="search_by_title"),
            models.Index(fields=["sort_author", "book"], name="search_by_author"),
            models.Index(fields=["year", "book"], name="search_by_year"),
            models.Index(fields=["times_lent", "book"], name="search_by_popularity"),
            models.Index(fields=["book"], condition=Q(stale_since__isnull=False), name="search_stale"),
        ]

    def __str__(self) -> str:
        return str(self.book)


class SearchWord(models.Model):
    """A word that some book has in its title, its people or its subjects: what misspelt words are compared with.

    ``skeleton``: its consonants, by which words that look alike are found (catalog.search.sounding). ``doubted_at``:
    when a book lost it; the worker forgets it if no other has it.
    """

    word = models.CharField(max_length=40, unique=True)
    skeleton = models.CharField(max_length=40, default="")
    doubted_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        indexes = [
            models.Index(fields=["skeleton", "word"], name="search_by_skeleton"),
            models.Index(fields=["id"], condition=Q(doubted_at__isnull=False), name="search_doubted"),
        ]

    def __str__(self) -> str:
        return self.word


class SearchLanguage(models.Model):
    """A language that some book is in, by and large the most frequent ones first: in these roots are looked for."""

    code = models.CharField(max_length=3, unique=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return self.code
