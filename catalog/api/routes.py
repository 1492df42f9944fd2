"""Addresses of the API: of catalog."""

from django.urls import path

from catalog.api.books import Books, OneBook
from catalog.api.catalogue import Catalogue
from catalog.api.copies import Copies, OneCopy
from catalog.api.copy_types import CopyTypes
from catalog.api.import_files import ImportColumns, ImportFiles
from catalog.api.imports import (
    ApplyImport,
    ImportLines,
    Imports,
    OneImport,
    PauseImport,
    ResumeImport,
    UndoImport,
)
from catalog.api.openlibrary import Save, SavedBook, SavedBooks, Search

routes = [
    path("books", Books.as_view(), name="books"),
    path("books/<int:pk>", OneBook.as_view(), name="book"),
    path("copies", Copies.as_view(), name="copies"),
    path("copies/<int:pk>", OneCopy.as_view(), name="copy"),
    path("copy-types", CopyTypes.as_view(), name="copy_types"),
    path("catalogue/search", Catalogue.as_view(), name="catalogue"),
    path("imports", Imports.as_view(), name="imports"),
    path("imports/files", ImportFiles.as_view(), name="import_files"),
    path("imports/<int:pk>", OneImport.as_view(), name="import"),
    path("imports/<int:pk>/lines", ImportLines.as_view(), name="import_lines"),
    path("imports/<int:pk>/columns", ImportColumns.as_view(), name="import_columns"),
    path("imports/<int:pk>/apply", ApplyImport.as_view(), name="apply_import"),
    path("imports/<int:pk>/pause", PauseImport.as_view(), name="pause_import"),
    path("imports/<int:pk>/resume", ResumeImport.as_view(), name="resume_import"),
    path("imports/<int:pk>/undo", UndoImport.as_view(), name="undo_import"),
    path("search", Search.as_view(), name="search"),
    path("save", Save.as_view(), name="save"),
    path("saved", SavedBooks.as_view(), name="saved_books"),
    path("saved/<int:pk>", SavedBook.as_view(), name="saved_book"),
]
