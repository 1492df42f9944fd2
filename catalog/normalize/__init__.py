"""Cleaning what sources say about books: pure functions, one noun a module, shared by every importer."""
