"""Open Library: search -> fetch -> normalize; what it says becomes a BookDraft, and it may fail in every way."""
