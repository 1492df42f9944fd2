"""A stand-in for Open Library: knows every ISBN, has no covers. Run in a container of its own."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        family, _slash, name = urlsplit(self.path).path.strip("/").partition("/")
        isbn = name.removesuffix(".json")
        if family != "isbn":
            self._send(404, {})
        else:
            self._send(200, {"key": f"/books/OL{isbn[-7:]}M", "title": f"Book {isbn}", f"isbn_{len(isbn)}": [isbn]})

    def _send(self, status: int, answer: dict[str, object]) -> None:
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Nobody reads it."""


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", 8000), Handler).serve_forever()  # noqa: S104 - alone with the site
