"""The admin site's view of the library and its people: set-up and repair."""

from . import actions, library, members, users

__all__ = ["actions", "library", "members", "users"]
