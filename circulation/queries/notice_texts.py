"""The words of notices: the library's own where it wrote some, else those the program brings."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from circulation.models import NoticeText
from circulation.policy.notices import Kind

SUBJECTS = {
    Kind.DUE_SOON: _("Due soon: {title}"),
    Kind.OVERDUE: _("Overdue: {title}"),
    Kind.HOLD_READY: _("Ready for you: {title}"),
    Kind.HOLD_EXPIRED: _("No longer kept for you: {title}"),
    Kind.MEMBERSHIP_ENDING: _("Your membership ends on {ends_on}"),
    Kind.FRAME: _("News from {library}"),
}
BODIES = {
    Kind.DUE_SOON: _("“{title}” is due on {due_on}."),
    Kind.OVERDUE: _("“{title}” was due on {due_on}. Please bring it back."),
    Kind.HOLD_READY: _("“{title}” stands ready for you at {branch} until {pickup_by}."),
    Kind.HOLD_EXPIRED: _("“{title}” was kept for you and not picked up in time. It went on to the next reader."),
    Kind.MEMBERSHIP_ENDING: _("Your membership ends on {ends_on}. Please have it renewed at the desk."),
    Kind.FRAME: pgettext_lazy("message", "Dear {name},\n\n{items}\n\nYours,\n{library}\n{contact}"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """Subject and text of one kind in one language."""

    subject: str
    body: str


def words_brought(kind: str, language: str) -> Words:
    """The words the program brings for ``kind``."""
    with translation.override(language):
        return Words(str(SUBJECTS[Kind(kind)]), str(BODIES[Kind(kind)]))


def words(languages: Iterable[str]) -> dict[tuple[str, str], Words]:
    """The words of every kind in these languages, by kind and language."""
    languages = set(languages)
    own = NoticeText.objects.filter(language__in=languages)
    found = {(kind.value, language): words_brought(kind, language) for kind in Kind for language in languages}
    return found | {(text.kind, text.language): Words(text.subject, text.body) for text in own}
