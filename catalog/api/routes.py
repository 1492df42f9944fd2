"""Addresses of the API: of catalog."""

from django.urls import path

from catalog.api.books import Books, OneBook
from catalog.api.copies import Copies, OneCopy
from catalog.api.openlibrary import Save, SavedBook, SavedBooks, Search

routes = [
    path("books", Books.as_view(), name="books"),
    path("books/<int:pk>", OneBook.as_view(), name="book"),
    path("copies", Copies.as_view(), name="copies"),
    path("copies/<int:pk>", OneCopy.as_view(), name="copy"),
    path("search", Search.as_view(), name="search"),
    path("save", Save.as_view(), name="save"),
    path("saved", SavedBooks.as_view(), name="saved_books"),
    path("saved/<int:pk>", SavedBook.as_view(), name="saved_book"),
]
