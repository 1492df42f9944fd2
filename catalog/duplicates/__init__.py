"""What is probably there twice: books, authors, subjects. Found anew each time, in memory that does not grow with them.

Pairs come the likeliest first, each with its reason; those of which a person said that they are two are left out.
"""

from .books import likely_books
from .names import likely_authors, likely_subjects
from .pairs import Pair

__all__ = ["Pair", "likely_authors", "likely_books", "likely_subjects"]
