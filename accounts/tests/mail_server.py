"""A real SMTP server on loopback that keeps what it is given, or answers as it is told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class MailServer:
    """What came in (``mails``), and what the server answers: to every recipient, to one of them, to the contents."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.to_recipient = self.to_contents = ""
        self.answers: dict[str, str] = {}
        self.tried = 0
        self.on_contents: Callable[[], None] = lambda: None

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:  # noqa: N802 # its name
        self.tried += 1
        refusal = self.answers.get(address, self.to_recipient)
        if not refusal:
            envelope.rcpt_tos.append(address)
        return refusal or "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 # its name
        self.on_contents()
        if not self.to_contents:
            self.mails.append(message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default))
        return self.to_contents or "250 OK"


class AnyFreePort(Controller):
    """A controller that learns its port from the system."""

    def _trigger_server(self) -> None:
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server(settings: Any) -> Iterator[MailServer]:
    """A server that Django's e-mail settings name for as long as this lasts."""
    server = MailServer()
    controller = AnyFreePort(server, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    try:
        yield server
    finally:
        controller.stop(no_assert=True)
