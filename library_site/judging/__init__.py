"""Judging search: a fixed library, questions with the hit that a librarian wants first, and how often it is first."""
