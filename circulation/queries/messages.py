"""What a message says: its notices, each in the library's words, with greeting and close, as text and as HTML."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.formats import date_format

from accounts.models import LibrarySettings, Member, Message
from circulation.models import Notice
from circulation.models.notices import OF_HOLDS, OF_LOANS
from circulation.policy.notices import Kind, filled
from circulation.queries.notice_texts import Words, words
from circulation.queries.notices import notices_for_texts, still_holds

ORDER = (Kind.OVERDUE, Kind.DUE_SOON, Kind.HOLD_READY, Kind.HOLD_EXPIRED, Kind.MEMBERSHIP_ENDING)
MAIL_TO_NOBODY = ("console", "dummy")
AllWords = Mapping[tuple[str, str], Words]


@dataclass(frozen=True, slots=True)
class Written:
    """A message as it would go out now: its words, the notices it speaks of, and those that hold no more."""

    subject: str
    text: str
    html: str
    language: str
    notices: list[Notice] = field(default_factory=list)
    stale: list[Notice] = field(default_factory=list)


def written_now(messages: Iterable[Message], library: LibrarySettings, now: datetime) -> dict[int, Written]:
    """What each of ``messages`` would say if it went out ``now``, by key; three queries for any number of them.

    Only notices that are due are spoken of; one of which nothing is left has no ``notices``.
    """
    by_message: dict[int, list[Notice]] = defaultdict(list)
    due = Notice.objects.filter(message__in=[each.pk for each in messages], state=Notice.State.DUE)
    for notice in notices_for_texts(due):
        by_message[notice.message_id or 0].append(notice)
    languages = {language_of(each[0].member, library) for each in by_message.values()}
    all_words = words(languages) if languages else {}
    found = {}
    for pk, notices in by_message.items():
        holding = [each for each in notices if still_holds(each, library, now)]
        stale = [each for each in notices if each not in holding]
        found[pk] = compose(notices[0].member, holding, all_words=all_words, library=library, now=now, stale=stale)
    return found


def compose(
    member: Member, notices: list[Notice], *, all_words: AllWords, library: LibrarySettings, now: datetime,
    stale: list[Notice] | None = None,
) -> Written:  # fmt: skip
    """One message to ``member`` about ``notices``, in the member's language."""
    language = language_of(member, library)
    notices = sorted(notices, key=lambda each: (ORDER.index(Kind(each.kind)), each.due_on, each.pk or 0))
    with translation.override(language):
        always = {"name": member.name, "library": library.name, "contact": contact_of(library)}
        values = [_values(each, library, now) | always for each in notices]
        parts = [
            filled(all_words[each.kind, language].body, value) for each, value in zip(notices, values, strict=True)
        ]
        frame = all_words[Kind.FRAME, language]
        text = filled(frame.body, {**always, "items": "\n\n".join(parts)})
        html = render_to_string("messages/notice.html", {"text": text, "language": language})
    kinds = {each.kind for each in notices}
    subject = frame.subject if len(kinds) != 1 else all_words[notices[0].kind, language].subject
    return Written(
        filled(subject, values[0] if len(kinds) == 1 else always)[:300], text, html, language, notices, stale or []
    )


def language_of(member: Member, library: LibrarySettings) -> str:
    """The language ``member`` is written to in."""
    wanted = member.language or library.language
    return wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def contact_of(library: LibrarySettings) -> str:
    """How the library is reached, a line for each way."""
    return "\n".join(filter(None, [library.address, library.contact_phone, library.contact_email]))


def channel_of(member: Member) -> str:
    """How ``member`` is written to: as chosen, and by letter where no e-mail would reach anybody."""
    by_email = member.email and member.notices_by == "email" and mail_is_set_up()
    return Message.Channel.EMAIL if by_email else Message.Channel.LETTER


def mail_is_set_up() -> bool:
    """Whether e-mails reach anybody: not those that are only printed in the terminal, or thrown away."""
    return settings.EMAIL_BACKEND.split(".")[-2] not in MAIL_TO_NOBODY


def _values(notice: Notice, library: LibrarySettings, now: datetime) -> dict[str, str]:
    today = now.astimezone(library.zone).date()
    day, days = _day(notice.due_on), str(abs((notice.due_on - today).days))
    if notice.kind in OF_LOANS and notice.loan:
        copy = notice.loan.copy
        return {"title": copy.book.title, "barcode": copy.barcode, "due_on": day, "days": days}
    if notice.kind in OF_HOLDS and notice.hold:
        return {"title": notice.hold.book.title, "branch": notice.hold.branch.name, "pickup_by": day}
    return {"ends_on": day, "days": days}


def _day(day: date) -> str:
    return date_format(day, "DATE_FORMAT")
