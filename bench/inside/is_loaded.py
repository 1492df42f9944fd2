"""Says whether the library has books, as JSON."""

import json

from catalog.models import Book

print(json.dumps(Book.objects.exists()))
