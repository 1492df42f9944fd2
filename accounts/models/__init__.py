"""Tables of the library and its people."""

from .actions import Action
from .backups import Backup
from .library import Branch, LibrarySettings
from .lookups import Among
from .members import Card, Member, MemberCategory, Restriction
from .messages import Message
from .numbers import NumberSequence
from .sign_ins import Look, OpenSignIn
from .tokens import ApiAnswer, ApiToken
from .users import User
from .webhooks import Webhook
from .work import Work

__all__ = [
    "Action",
    "Among",
    "ApiAnswer",
    "ApiToken",
    "Backup",
    "Branch",
    "Card",
    "LibrarySettings",
    "Look",
    "Member",
    "MemberCategory",
    "Message",
    "NumberSequence",
    "OpenSignIn",
    "Restriction",
    "User",
    "Webhook",
    "Work",
]
