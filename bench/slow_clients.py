"""Visitors who send and fetch slowly, and one who sends far too much: does anybody else notice?"""

import socket
import threading
import time
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from clients import spread

HEAD = "POST /accounts/login/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
PIECE = b"x" * 65_536


def measure(url: str, *, clients: int, megabytes: int, seconds: float) -> dict[str, Any]:
    """Milliseconds of /healthz while so many dribble and one uploads; what the upload was answered."""
    ended = threading.Event()
    host, port = urlsplit(url).hostname or "", urlsplit(url).port or 80
    dribbling = [_dribble(host, port, number) for number in range(clients)]
    feeding = threading.Thread(target=_feed, args=(dribbling, ended))
    feeding.start()
    answer: list[str] = []
    uploading = threading.Thread(target=_upload, args=(host, port, megabytes, answer))
    uploading.start()
    times = _times_of_health(url, seconds)
    ended.set()
    feeding.join()
    uploading.join()
    for each in dribbling:
        each.close()
    return {"clients": clients, "health": spread(times), "asked": len(times), "upload": answer[0]}


def _dribble(host: str, port: int, number: int) -> socket.socket:
    """Half of them never finish their headers, half send a body byte by byte."""
    connection = socket.create_connection((host, port), timeout=10)
    head = HEAD.format(host=f"{host}:{port}")
    connection.sendall((head + ("Content-Length: 100000\r\n\r\n" if number % 2 else "")).encode())
    return connection


def _feed(connections: list[socket.socket], ended: threading.Event) -> None:
    while not ended.wait(1):
        for number, each in enumerate(connections):
            try:
                each.sendall(b"x" if number % 2 else b"X-Slow: x\r\n")
            except OSError:
                continue  # cut off: so it should be, sooner or later


def _upload(host: str, port: int, megabytes: int, answer: list[str]) -> None:
    try:
        with socket.create_connection((host, port), timeout=30) as connection:
            head = HEAD.format(host=f"{host}:{port}") + f"Content-Length: {megabytes * 1_000_000}\r\n\r\n"
            connection.sendall(head.encode())
            sent = 0
            while sent < megabytes * 1_000_000:
                sent += connection.send(PIECE)
            answer.append(connection.recv(200).decode(errors="replace").partition("\r\n")[0])
    except OSError as error:
        answer.append(f"cut off after {sent / 1e6:.1f} MB ({type(error).__name__})")


def _times_of_health(url: str, seconds: float) -> list[float]:
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        began = time.monotonic()
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
            answer.read()
        times.append((time.monotonic() - began) * 1_000)
        time.sleep(0.05)
    return times
