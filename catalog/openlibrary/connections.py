"""Connections that end when their time is over, however slowly the other side goes on sending."""

import socket
import threading
from contextlib import suppress
from http.cookiejar import DefaultCookiePolicy
from types import TracebackType
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import NameResolutionError

_of_thread = threading.local()


class Watch:
    """Within it, the connection used by this thread is cut after ``seconds``.

    The timeouts of requests only limit the silence between two bytes; a server that sends a byte now and then,
    in its headers or its body, would hold us for ever.
    """

    def __init__(self, seconds: float) -> None:
        self.is_over = False
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(max(0.0, seconds), self._end)
        self._timer.daemon = True

    def __enter__(self) -> "Watch":
        _of_thread.watch = self
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _of_thread.watch = None

    def hold(self, connected: socket.socket | None) -> None:
        """Cut this one when the time is over, or now if it is."""
        with self._lock:
            self._socket = connected
        if self.is_over:
            self._cut()

    def _end(self) -> None:
        self.is_over = True
        self._cut()

    def _cut(self) -> None:
        with self._lock, suppress(OSError):
            if self._socket is not None:
                self._socket.shutdown(socket.SHUT_RDWR)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        _resolve(self)
        return super()._new_conn()

    def getresponse(self) -> Any:
        _show(self.sock)
        return super().getresponse()


class _SecureConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        _resolve(self)
        return super()._new_conn()

    def getresponse(self) -> Any:
        _show(self.sock)
        return super().getresponse()


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection


POOLS = {"http": _Pool, "https": _SecurePool}


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


def new_session() -> requests.Session:
    """A session whose connections obey a Watch, that keeps no cookies. It belongs to one thread; close it."""
    session = requests.Session()
    session.mount("http://", _Adapter())
    session.mount("https://", _Adapter())
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


def _resolve(connection: HTTPConnection) -> None:
    """Look the host up within the time for connecting: a name server that says nothing holds a thread for long.

    Raises: NameResolutionError. The look-up goes on in its own thread until the system gives up.
    """
    host, answered = connection.host, threading.Event()

    def look_up() -> None:
        with suppress(OSError):  # connecting meets the same error and tells it
            socket.getaddrinfo(host, connection.port)
        answered.set()

    threading.Thread(target=look_up, name="look-up", daemon=True).start()
    if not answered.wait(connection.timeout):
        raise NameResolutionError(host, connection, socket.gaierror("the name server does not answer"))


def _show(connected: socket.socket | None) -> None:
    watch = getattr(_of_thread, "watch", None)
    if watch is not None:
        watch.hold(connected)
