"""The one exception for everything that can go wrong with Open Library, with words for the person waiting."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

MESSAGES = {
    "no_contact": _(
        "Open Library wants to know whom to write to. Ask an administrator to enter an e-mail address in the settings."
    ),
    "busy": _("Others are waiting for Open Library just now. Try again in a few seconds, or add the book by hand."),
    "limited": _("Open Library asks us to slow down. Try again in a minute, or add the book by hand."),
    "offline": _(
        "Open Library cannot be reached. Check the connection to the internet and try again, or add the book by hand."
    ),
    "timed_out": _("Open Library took too long to answer. Try again in a minute, or add the book by hand."),
    "unavailable": _("Open Library is out of order at the moment. Try again later, or add the book by hand."),
    "blocked": _(
        "Open Library refuses to talk to us. Ask an administrator to check the contact in the settings, "
        "or add the book by hand."
    ),
    "bad_answer": _("Open Library sent an answer that makes no sense. Try again later, or add the book by hand."),
    "too_large": _("Open Library sent far more than a book needs. Try another search, or add the book by hand."),
    "too_short": _("This is too little to search for. Type at least three letters."),
    "not_found": _("Open Library does not know this book. Check the number, or add the book by hand."),
}
# Failures of the other side: enough of them and we leave it alone for a while.
FAILURES = frozenset({"limited", "offline", "timed_out", "unavailable", "blocked", "bad_answer", "too_large"})
# Failures that may be over a moment later.
PASSING = frozenset({"limited", "offline", "timed_out", "unavailable"})


class OpenLibraryError(Exception):
    """Open Library could not help. ``code`` is a stable key of MESSAGES; ``message`` is for people.

    ``retry_after``: seconds after which trying again makes sense, where that is known.
    ``detail``: for the log, never for the screen.
    """

    def __init__(self, code: str, detail: str = "", retry_after: float | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail, self.retry_after = code, detail, retry_after

    @property
    def message(self) -> str:
        if self.code != "unavailable" or not self.retry_after:
            return str(MESSAGES[self.code])
        minutes = max(1, round(self.retry_after / 60))
        return ngettext(
            "Open Library has not been answering, so we leave it alone for %(minutes)d minute. "
            "You can add the book by hand meanwhile.",
            "Open Library has not been answering, so we leave it alone for %(minutes)d minutes. "
            "You can add the book by hand meanwhile.",
            minutes,
        ) % {"minutes": minutes}
