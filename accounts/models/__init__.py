"""Tables of the library and its people."""

from .actions import Action
from .library import Branch, LibrarySettings
from .members import Member, MemberCategory, Restriction
from .numbers import NumberSequence
from .users import User
from .work import Work

__all__ = [
    "Action",
    "Branch",
    "LibrarySettings",
    "Member",
    "MemberCategory",
    "NumberSequence",
    "Restriction",
    "User",
    "Work",
]
