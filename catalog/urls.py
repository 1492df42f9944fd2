"""Addresses of the catalogue."""

from django.urls import path

from catalog.views import batches, book_page, books, copies, covers, feeds, importing, lists, robots, search

app_name = "catalog"

urlpatterns = [
    path("search/", search.search, name="search"),
    path("books/<int:pk>/", book_page.book, name="book"),
    path("books/<int:pk>.jsonld", book_page.jsonld, name="jsonld"),
    path("books/<int:pk>/cite/<str:style>", book_page.cite, name="cite"),
    path("books/<int:pk>/cover.jpg", covers.cover, name="cover"),
    path("books/<int:pk>/cover-s.jpg", covers.small_cover, name="small_cover"),
    path("isbn/<str:isbn>/", search.isbn, name="isbn"),
    path("new/", lists.new, name="new"),
    path("popular/", lists.popular, name="popular"),
    path("feeds/new.atom", feeds.new, name="new_feed"),
    path("feeds/popular.atom", feeds.popular, name="popular_feed"),
    path("opensearch.xml", robots.opensearch, name="opensearch"),
    path("sitemap.xml", robots.sitemap_index, name="sitemap"),
    path("sitemap-books-<int:page>.xml", robots.sitemap_books, name="sitemap_books"),
    path("robots.txt", robots.robots, name="robots"),
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
