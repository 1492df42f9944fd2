"""Tables of the catalogue."""

from .books import Author, Book, BookIdentifier, Contributor, Subject
from .borrowed import AlsoBorrowed, MostBorrowed
from .copies import Copy, CopyType
from .covers import Cover
from .imports import ImportBatch, ImportRow
from .mappings import ColumnMapping
from .merging import MergedRecord, NotTheSame, RecordKind
from .offline import OfflineIsbn, OfflineLoad, OfflineRecord
from .search import SearchDocument, SearchLanguage, SearchWord
from .sources import SourceRecord

__all__ = [
    "AlsoBorrowed",
    "Author",
    "Book",
    "BookIdentifier",
    "ColumnMapping",
    "Contributor",
    "Copy",
    "CopyType",
    "Cover",
    "ImportBatch",
    "ImportRow",
    "MergedRecord",
    "MostBorrowed",
    "NotTheSame",
    "OfflineIsbn",
    "OfflineLoad",
    "OfflineRecord",
    "RecordKind",
    "SearchDocument",
    "SearchLanguage",
    "SearchWord",
    "SourceRecord",
    "Subject",
]
