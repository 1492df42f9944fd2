"""Tables of the library and its people."""

from .actions import Action
from .library import Branch, LibrarySettings
from .members import Card, Member, MemberCategory, Restriction
from .messages import Message
from .numbers import NumberSequence
from .tokens import ApiAnswer, ApiToken
from .users import User
from .webhooks import Webhook
from .work import Work

__all__ = [
    "Action",
    "ApiAnswer",
    "ApiToken",
    "Branch",
    "Card",
    "LibrarySettings",
    "Member",
    "MemberCategory",
    "Message",
    "NumberSequence",
    "Restriction",
    "User",
    "Webhook",
    "Work",
]
