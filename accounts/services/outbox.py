"""Handing one message over to the mail server. Never inside a transaction: the server may take its time."""

import smtplib
from contextlib import suppress
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.utils.translation import gettext as _

from accounts.models import LibrarySettings, Message
from accounts.services import work

PERMANENT = range(500, 600)


def deliver(message: Message, now: datetime | None = None) -> None:
    """Send the claimed ``message`` by Django's e-mail settings, or note why not.

    What the server refuses for good has failed at once, with its reason; anything else is tried again after growing
    pauses. Whoever dies between sending and noting it sends once more, with the same Message-ID.
    """
    try:
        _send(message)
    except (smtplib.SMTPException, OSError) as error:
        if _is_permanent(error):
            work.fail(message, _reason(error), now)
        else:
            work.try_later(message, _reason(error), now)
    except ValueError as error:  # an address or a subject that no e-mail can have
        work.fail(message, str(error), now)
    else:
        work.finish(message, now)


def _send(message: Message) -> None:
    """Hand ``message`` over. A server that fails at the farewell has taken it all the same."""
    connection = get_connection()
    try:
        connection.open()
        _email(message, connection).send()
    finally:
        with suppress(smtplib.SMTPException, OSError):
            connection.close()


def _email(message: Message, connection: BaseEmailBackend) -> EmailMultiAlternatives:
    library = LibrarySettings.current()
    email = EmailMultiAlternatives(
        subject=" ".join(message.subject.split()),
        body=message.text,
        to=[message.to],
        connection=connection,
        reply_to=[library.contact_email] if library.contact_email else None,
        headers={
            "Message-ID": f"<{message.message_id}@{urlsplit(settings.SITE_URL).hostname}>",
            "Auto-Submitted": "auto-generated",
        },
    )
    if message.html:
        email.attach_alternative(message.html, "text/html")
    return email


def _is_permanent(error: Exception) -> bool:
    """Whether the server said that it will never take this message. A wrong password is the library's to mend."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(code in PERMANENT for code, _text in error.recipients.values())
    refusals = (smtplib.SMTPSenderRefused, smtplib.SMTPDataError)
    return isinstance(error, refusals) and error.smtp_code in PERMANENT


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "; ".join(f"{code} {_words(text)}" for code, text in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return f"{error.smtp_code} {_words(error.smtp_error)}"
    return _("The mail server cannot be reached: %(error)s") % {"error": error}


def _words(text: bytes | str) -> str:
    return text.decode(errors="replace") if isinstance(text, bytes) else text
