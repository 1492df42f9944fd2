"""26, slow visitors: a few do not block the site by itself; for many there is the proxy, which waits in its place.

`make containers` sends four hundred through the real proxy (bench/slow_clients.py).
"""

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from django.conf import settings

from library_site.tests.running import free_port, wait_for
from library_site.tests.threats.breaking import Break

BREAKS = [
    Break("library_site/web_server.py", "threads = 8", "threads = 1"),
    Break("nginx.conf", "client_header_timeout 10s;", "client_header_timeout 10m;"),
    Break("nginx.conf", "client_max_body_size 200k;", "client_max_body_size 200k;\n    proxy_request_buffering off;"),
    Break("docker-compose.yml", "    networks: [front, back]\n    depends_on: {migrate",
          "    ports: [\"8000:8000\"]\n    networks: [front, back]\n    depends_on: {migrate"),
]  # fmt: skip
ROOT = Path(settings.BASE_DIR)
NGINX = (ROOT / "nginx.conf").read_text(encoding="utf-8")
SLOW, MOST_SECONDS = 5, 5
HALF_A_HEAD = b"POST / HTTP/1.1\r\nHost: library.example.org\r\nX-Slow: "


@pytest.fixture
def port() -> Iterator[int]:
    """Where one process of our web server answers, with a program behind it that says what it was sent."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "library_site.tests.threats.test_26_slow_visitors:application",
         "--config", "python:library_site.web_server", "--workers", "1", "--bind", f"127.0.0.1:{port}"],
        cwd=ROOT, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    wait_for(port)
    yield port
    server.kill()
    server.wait()


def application(_environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """A program behind the web server that needs nothing."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok"]


def test_few_who_send_half_a_head_do_not_keep_others_from_their_answer(port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port), timeout=10) for _each in range(SLOW)]
    for each in slow:
        each.sendall(HALF_A_HEAD)
    time.sleep(0.2)
    assert requests.get(f"http://127.0.0.1:{port}/", timeout=MOST_SECONDS).text == "ok"
    for each in slow:
        each.close()


def seconds(name: str) -> int:
    [found] = re.findall(rf"^    {name} (\d+)s;", NGINX, re.MULTILINE)
    return int(found)


def test_proxy_waits_for_slow_visitors_itself_and_not_for_long() -> None:
    """It hands on what is whole: with buffering off each of them would take a thread of the site."""
    assert re.findall(r"(proxy_request_buffering|proxy_buffering)", NGINX) == []
    waits = [seconds(name) for name in ("client_header_timeout", "client_body_timeout", "send_timeout")]
    assert max(waits) <= 20
    assert int(re.search(r"worker_connections (\d+);", NGINX)[1]) >= 1_000


def test_containers_are_reached_through_the_proxy_alone() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"]
    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert "which also keeps slow clients away" in (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
