"""A server on loopback that answers as told, well or badly, for tests of the client."""

import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Answer = Callable[["Handler"], None]


@dataclass
class Stub:
    """``answers``: path (or "*") -> the answers one after another, the last for ever. ``requests``: what was asked."""

    url: str = ""
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    requests: list["Request"] = field(default_factory=list)

    def tell(self, path: str, *answers: Answer) -> None:
        self.answers[path] = list(answers)

    def next_answer(self, path: str) -> Answer:
        waiting = self.answers.get(path) or self.answers.get("*") or [page(404)]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]

    @property
    def paths(self) -> list[str]:
        return [request.path for request in self.requests]


@dataclass
class Request:
    path: str
    query: str
    headers: dict[str, str]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        asked = urlsplit(self.path)
        stub = self.server.stub
        stub.requests.append(Request(asked.path, asked.query, dict(self.headers)))
        stub.next_answer(asked.path)(self)

    def send(self, body: bytes, status: int = 200, **headers: str) -> None:
        self.head(status, **{"Content-Length": str(len(body)), **headers})
        self.write(body)

    def head(self, status: int = 200, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def write(self, data: bytes) -> None:
        self.wfile.write(data)
        self.wfile.flush()

    def reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, *_args):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_args):
        """The client went away: that is what most of these tests are about."""


def serve() -> tuple[Stub, Server]:
    """A running stub and the server to shut down in the end."""
    server = Server(("127.0.0.1", 0), Handler)
    server.stub = stub = Stub(url=f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return stub, server


def record(value: Any, **headers: str) -> Answer:
    return lambda handler: handler.send(json.dumps(value).encode(), **headers)


def raw(body: bytes, status: int = 200, **headers: str) -> Answer:
    return lambda handler: handler.send(body, status, **headers)


def page(status: int, **headers: str) -> Answer:
    return raw(b"<html><h1>A page</h1></html>", status, Content_Type="text/html", **headers)


def redirect(location: str) -> Answer:
    return raw(b"", 302, Location=location)


def silence(seconds: float) -> Answer:
    def answer(handler: Handler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return answer


def reset(after: bytes = b"") -> Answer:
    def answer(handler: Handler) -> None:
        if after:
            handler.head(Content_Length="1000")
            handler.write(after)
        handler.reset()

    return answer


def dripping_body(seconds: float) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(Content_Length="100000")
        _drip(handler, b" ", seconds)

    return answer


def dripping_headers(seconds: float) -> Answer:
    def answer(handler: Handler) -> None:
        handler.write(b"HTTP/1.1 200 OK\r\n")
        _drip(handler, b"X-Slow: 1\r\n", seconds)

    return answer


def endless(chunk: bytes = b"a" * 65_536, **headers: str) -> Answer:
    def answer(handler: Handler) -> None:
        handler.head(Connection="close", **headers)
        for _ in range(10_000):
            handler.write(chunk)

    return answer


def bomb(megabytes: int) -> Answer:
    """Few bytes that unpack to many."""
    return raw(gzip.compress(b"[" + b" " * (megabytes << 20) + b"]"), Content_Encoding="gzip")


def _drip(handler: Handler, piece: bytes, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        handler.write(piece)
        time.sleep(0.05)
