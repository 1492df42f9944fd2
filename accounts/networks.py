"""Addresses that a message may be sent to: https only, and nothing inside of anybody's own network."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NamedTuple
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LONGEST_ADDRESS = 500
# Public by their numbers, yet they lead back into a network: what translates IPv4, and services of clouds.
INWARD = [
    ip_network(each)
    for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "192.0.0.0/24", "168.63.129.16/32")
]
NO_ADDRESS = _("Write an address that begins with https://, like https://example.org/openshelf.")
INSIDE = _("Messages do not go to addresses inside a network, unless the setting WEBHOOK_NETWORKS allows it.")


class Place(NamedTuple):
    """Where a message goes: host and port to connect to, and what to ask there."""

    host: str
    port: int
    target: str


def read_address(url: str) -> Place | None:
    """What ``url`` names, or None if it is no https address without a name and password in it."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port or 443
    except (ValueError, UnicodeError):
        return None
    is_plain = url.isascii() and url.isprintable() and " " not in url and "\\" not in url
    if parts.scheme != "https" or not host or "@" in parts.netloc or parts.fragment or not is_plain:
        return None
    return Place(host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else ""))


def problem_of_address(url: str, allowed: Iterable[Network] = ()) -> str:
    """Why nothing is ever sent to ``url``, as far as it can be told without asking; "" if it may be."""
    place = read_address(url)
    if place is None or len(url) > LONGEST_ADDRESS:
        return str(NO_ADDRESS)
    if place.host == "localhost" or place.host.endswith(".localhost"):
        return "" if allowed else str(INSIDE)
    address = _as_address(place.host)
    return str(INSIDE) if address and not may_be_reached(address, allowed) else ""


def may_be_reached(address: Address, allowed: Iterable[Network] = ()) -> bool:
    """Whether ``address`` is a public one, or in one of the ``allowed`` networks."""
    plain = getattr(address, "ipv4_mapped", None) or address
    if any(plain in network for network in allowed if network.version == plain.version):
        return True
    is_inward = any(plain in network for network in INWARD if network.version == plain.version)
    return plain.is_global and not plain.is_multicast and not plain.is_reserved and not is_inward


def _as_address(host: str) -> Address | None:
    try:
        return ip_address(host.partition("%")[0])
    except ValueError:
        return None
