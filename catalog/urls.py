"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import batches, books, copies, importing, search, suggesting

app_name = "catalog"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("search/suggest", suggesting.suggest, name="suggest"),
    path("books/<int:pk>/", search.book, name="book"),
    path("books/<int:pk>/cover.jpg", search.cover, name="cover"),
    path("isbn/<str:isbn>/", search.isbn, name="isbn"),
    path("authors/<int:pk>/", search.author, name="author"),
    path("subjects/<int:pk>/", search.subject, name="subject"),
    path("desk/books/", books.books, name="books"),
    path("desk/books/add/", books.add_book, name="add_book"),
    path("desk/books/<int:pk>/", books.edit_book, name="edit_book"),
    path("desk/books/<int:pk>/delete/", books.delete_book, name="delete_book"),
    path("desk/books/<int:pk>/cover/", books.upload_cover, name="upload_cover"),
    path("desk/books/<int:pk>/cover/remove/", books.remove_cover, name="remove_cover"),
    path("desk/books/<int:pk>/copies/", copies.add_copies, name="add_copies"),
    path("desk/books/<int:pk>/refresh/", importing.refresh, name="refresh"),
    path("desk/copies/<int:pk>/", copies.edit_copy, name="edit_copy"),
    path("desk/copies/<int:pk>/mark/", copies.mark, name="mark_copy"),
    path("desk/copies/<int:pk>/delete/", copies.delete_copy, name="delete_copy"),
    path("desk/labels.pdf", copies.labels, name="labels"),
    path("desk/import/", importing.importing, name="import"),
    path("desk/import/save/", importing.save, name="import_save"),
    path("desk/import/review/<str:record>/", importing.review, name="import_review"),
    path("desk/import/cover/<int:cover_id>/", importing.found_cover, name="found_cover"),
    path("desk/import/list/", batches.paste, name="import_list"),
    path("desk/import/<int:pk>/", batches.batch, name="batch"),
    path("desk/import/<int:pk>/pause/", batches.pause, name="pause_import"),
    path("desk/import/<int:pk>/resume/", batches.resume, name="resume_import"),
]
