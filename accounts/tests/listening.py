"""A real https server on loopback that keeps what it is told, or answers as it is told."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

CERTIFICATE = Path(__file__).parent / "data" / "loopback.pem"


class Listener:
    """``heard``: headers and body of each request; ``status`` is the answer, after ``drip`` seconds for each header."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.status, self.location, self.drip = 204, "", 0.0
        self.url, self.port = "", 0


def _handler(listener: Listener) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            listener.heard.append((dict(self.headers), body))
            self.wfile.write(f"HTTP/1.1 {listener.status} As told\r\n".encode())
            with suppress(OSError):
                while listener.drip:
                    self.wfile.write(b"X-Slow: 1\r\n")
                    time.sleep(listener.drip)
            location = f"Location: {listener.location}\r\n" if listener.location else ""
            self.wfile.write(f"{location}Content-Length: 0\r\n\r\n".encode())

        def log_message(self, *_args: Any) -> None:
            pass

    return Handler


class _Quiet(HTTPServer):
    def handle_error(self, _request: Any, _address: Any) -> None:
        """Whoever goes away in the middle is no fault of the server."""


@contextmanager
def listening(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listener]:
    """A listener that webhooks may reach and whose certificate holds, for as long as this lasts."""
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    listener = Listener()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    with _Quiet(("127.0.0.1", 0), _handler(listener)) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        listener.port = server.socket.getsockname()[1]
        listener.url = f"https://127.0.0.1:{listener.port}/hooks?from=library"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield listener
        finally:
            listener.drip = 0.0
            server.shutdown()
            thread.join(timeout=5)


def names_lead_to(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name is found at these ``addresses``."""
    answer = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    monkeypatch.setattr("accounts.services.posting.getaddrinfo", lambda *_args, **_how: answer)
