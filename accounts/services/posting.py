"""Sending a body to an address of somebody else's choice: nothing inside our network is ever reached by it."""

import socket
import ssl
import threading
from contextlib import closing, suppress
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from socket import getaddrinfo
from time import monotonic

import certifi
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.networks import INSIDE, NO_ADDRESS, may_be_reached, read_address

CONNECT_SECONDS, SECONDS = 5.0, 10.0
MOST_ADDRESSES = 3  # of a name; the next one is tried where connecting fails
USER_AGENT = "Openshelf-Webhooks/1"


class PostFailed(Exception):
    """Nothing was answered, or nothing sent: why, in words for people."""


def post(url: str, body: bytes, headers: dict[str, str], seconds: float = SECONDS) -> int:
    """Post ``body`` to ``url`` and return the status of the answer, of which nothing else is read.

    The name is looked up once; if any of its addresses is inside a network (see WEBHOOK_NETWORKS), nothing is sent.
    Connected is to the addresses that were looked at. Redirects are not followed, proxies not used. It is all over
    after ``seconds``. Raises PostFailed.
    """
    place = read_address(url)
    if place is None:
        raise PostFailed(str(NO_ADDRESS))
    ends_at = monotonic() + seconds
    connection = _Checked(place.host, place.port, _addresses_of(place.host, place.port), ends_at)
    try:
        with closing(connection):
            connection.request("POST", place.target, body, {"User-Agent": USER_AGENT, **headers})
            status = connection.getresponse().status
            if monotonic() >= ends_at:  # a connection that was cut looks like the end of the headers
                raise TimeoutError
            return status
    except ssl.SSLError as error:
        raise PostFailed(_("No secure connection: %(error)s") % {"error": error}) from error
    except (OSError, HTTPException) as error:
        if monotonic() >= ends_at or isinstance(error, TimeoutError):
            raise PostFailed(_("There was no answer in time.")) from error
        raise PostFailed(_("The address cannot be reached: %(error)s") % {"error": error}) from error
    finally:
        connection.is_over.set()


class _Checked(HTTPSConnection):
    """Connects to addresses that were checked, whatever its name leads to by now, and ends when its time is over."""

    def __init__(self, host: str, port: int, addresses: list[str], ends_at: float) -> None:
        super().__init__(host, port, timeout=CONNECT_SECONDS, context=_trust())
        self._addresses, self._ends_at = addresses, ends_at
        self.is_over = threading.Event()

    def connect(self) -> None:
        """Called by http.client. Timeouts limit the silence between two bytes; the watch limits all of it."""
        plain = self._connected()
        self.sock = self._context.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)  # type: ignore[attr-defined] # of HTTPSConnection
        threading.Thread(target=self._watch, args=[self.sock], daemon=True).start()
        self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        for each in self._addresses[:-1]:
            with suppress(OSError):
                return socket.create_connection((each, self.port), self._left())
        return socket.create_connection((self._addresses[-1], self.port), self._left())

    def _left(self) -> float:
        return max(0.001, min(CONNECT_SECONDS, self._ends_at - monotonic()))

    def _watch(self, connected: socket.socket) -> None:
        if not self.is_over.wait(max(0.0, self._ends_at - monotonic())):
            with suppress(OSError):
                socket.socket.shutdown(connected, socket.SHUT_RDWR)


def _addresses_of(host: str, port: int) -> list[str]:
    """Every address of ``host``, in the order to try. Raises PostFailed if one of them is inside a network."""
    found = _looked_up(host, port)
    if not all(may_be_reached(ip_address(each.partition("%")[0]), settings.WEBHOOK_NETWORKS) for each in found):
        raise PostFailed(str(INSIDE))
    return found[:MOST_ADDRESSES]


def _looked_up(host: str, port: int) -> list[str]:
    """The addresses of ``host``; a name server that says nothing holds its own thread, not us."""
    found: list[str] = []
    answered = threading.Event()

    def look_up() -> None:
        with suppress(OSError, UnicodeError):
            found.extend(dict.fromkeys(str(each[4][0]) for each in getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        answered.set()

    threading.Thread(target=look_up, daemon=True).start()
    answered.wait(CONNECT_SECONDS)
    if not found:
        raise PostFailed(_("There is no address for the name %(host)s.") % {"host": host})
    return found


def _trust() -> ssl.SSLContext:
    """Certificates that hold: those of the internet, and those this machine is told to trust (SSL_CERT_FILE)."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context
